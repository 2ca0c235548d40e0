import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Keyring } from '../ballot/keyring.ts'

/**
 * Pages that a signed link opens. Each has a key of its own, so that one is never taken for the
 * other.
 */
export type Purpose = 'calendar' | 'report' | 'mydata'

/**
 * The person that a link is for, and what it opens. `until` is wall-clock time in ms; null: as long
 * as they are in the group.
 */
export type Holder = {
  organisationId: string
  groupId: string
  personId: string
  until: number | null
}

/** 128 bits: nobody guesses one. */
const MAC_BYTES = 16
const UUID_BYTES = 16
const IDS_BYTES = 3 * UUID_BYTES
/** Milliseconds since 1970 fit until the year 10889. */
const UNTIL_BYTES = 6

/** A token that only this service can make; it says nothing to somebody who finds it. */
export function signLink(keyring: Keyring, purpose: Purpose, { until, ...ids }: Holder): string {
  const parts = [ids.organisationId, ids.groupId, ids.personId].map((id) =>
    Buffer.from(id.replaceAll('-', ''), 'hex'),
  )
  const end = Buffer.alloc(until === null ? 0 : UNTIL_BYTES)
  if (until !== null) end.writeUIntBE(until, 0, UNTIL_BYTES)
  const body = Buffer.concat([Buffer.from([keyring.current]), ...parts, end])
  return Buffer.concat([body, macOf(keyring, purpose, body)]).toString('base64url')
}

/**
 * The holder of a token; null when this service did not make it for that purpose. Whether its time
 * is over is the caller's.
 */
export function readLink(keyring: Keyring, purpose: Purpose, token: string): Holder | null {
  const bytes = Buffer.from(token, 'base64url')
  const rest = bytes.length - 1 - IDS_BYTES - MAC_BYTES
  if (rest !== 0 && rest !== UNTIL_BYTES) return null
  const body = bytes.subarray(0, -MAC_BYTES)
  if (!keyring.keys.has(body[0] ?? 0)) return null
  if (!timingSafeEqual(macOf(keyring, purpose, body), bytes.subarray(-MAC_BYTES))) return null
  const id = (index: number) =>
    toUuid(body.toString('hex', 1 + index * UUID_BYTES, 1 + (index + 1) * UUID_BYTES))
  const until = rest === 0 ? null : body.readUIntBE(1 + IDS_BYTES, UNTIL_BYTES)
  return { organisationId: id(0), groupId: id(1), personId: id(2), until }
}

const toUuid = (hex: string): string =>
  hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')

/** By the key that the body's first byte names. Throws where there is none. */
function macOf(keyring: Keyring, purpose: Purpose, body: Buffer): Buffer {
  const key = keyring.keys.get(body[0] ?? 0)?.[purpose]
  if (!key) throw new Error('the secret that a link names is not there')
  return createHmac('sha256', key).update(body).digest().subarray(0, MAC_BYTES)
}
