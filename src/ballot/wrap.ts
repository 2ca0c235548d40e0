import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { SetupError } from '../errors.ts'
import {
  associatedData,
  type BoxContext,
  type BoxFormat,
  LAYER_BYTES,
  NONCE_BYTES,
  plaintextBytes,
  TAG_BYTES,
  TIME_BYTES,
} from './box.ts'
import type { Keyring } from './keyring.ts'

const HEADER_BYTES = 2

/** A box that cannot be read: not of this format, bound to another context, or changed. */
export class BoxError extends Error {
  override readonly name = 'BoxError'
}

/** Everything in the outer layer. `time` is empty in boxes of the first format. */
export type Wrapped = { format: BoxFormat; time: Buffer; inner: Buffer }

/** Puts the outer layer round a sealed ballot, with a fresh nonce. */
export function wrap(keyring: Keyring, context: BoxContext, wrapped: Wrapped): Buffer {
  const { format, time, inner } = wrapped
  if (time.length !== TIME_BYTES[format]) throw new Error('a box without its time')
  const header = Buffer.from([format, keyring.current])
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', keysOf(keyring, keyring.current).wrap, nonce)
  cipher.setAAD(Buffer.concat([header, associatedData(context)]))
  const sealed = [cipher.update(time), cipher.update(inner), cipher.final()]
  return Buffer.concat([header, nonce, ...sealed, cipher.getAuthTag()])
}

/** Takes the outer layer off; what remains is still sealed to the unit's key. Throws BoxError. */
export function unwrap(keyring: Keyring, context: BoxContext, box: Uint8Array): Wrapped {
  const bytes = Buffer.from(box)
  const format = formatOf(bytes[0])
  if (format === null || bytes.length !== boxBytes(format, context))
    throw new BoxError('a ballot box has an unknown format')
  const header = bytes.subarray(0, HEADER_BYTES)
  const nonce = bytes.subarray(HEADER_BYTES, HEADER_BYTES + NONCE_BYTES)
  const decipher = createDecipheriv('aes-256-gcm', keysOf(keyring, bytes.readUInt8(1)).wrap, nonce)
  decipher.setAAD(Buffer.concat([header, associatedData(context)]))
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES))
  try {
    const held = decipher.update(bytes.subarray(HEADER_BYTES + NONCE_BYTES, -TAG_BYTES))
    decipher.final()
    const time = held.subarray(0, TIME_BYTES[format])
    return { format, time, inner: held.subarray(TIME_BYTES[format]) }
  } catch (error) {
    throw new BoxError('a ballot box was changed, or belongs to somebody else', { cause: error })
  }
}

const formatOf = (byte: number | undefined): BoxFormat | null =>
  byte === 1 || byte === 2 ? byte : null

/** The one size of all boxes of a check-in. */
export const boxBytes = (format: BoxFormat, context: Pick<BoxContext, 'asksText'>): number =>
  LAYER_BYTES + TIME_BYTES[format] + plaintextBytes(context)

/**
 * The secret of an id. Throws when the environment no longer holds it: a set-up mistake, which must
 * not cost a ballot.
 */
export function keysOf(keyring: Keyring, secretId: number) {
  const keys = keyring.keys.get(secretId)
  if (!keys)
    throw new SetupError(
      `GROUPWELL_SECRET: key ${secretId} is still needed by an open check-in. Keep it until that has closed.`,
    )
  return keys
}
