import type { KeyObject } from 'node:crypto'
import { generateKeyPairSync } from 'node:crypto'
import {
  associatedData,
  type BallotAnswers,
  BLANK,
  type BoxContext,
  encodeBallot,
  HPKE_INFO,
  pskIdOf,
} from './box.ts'
import { sealWithPsk } from './hpke.ts'
import { KeyUnreadableError } from './key-store.ts'
import type { Keyring } from './keyring.ts'
import { hideTime, readTime } from './sent-at.ts'
import { keysOf, unwrap, wrap } from './wrap.ts'

/**
 * A unit's key pair, raw X25519 (32 bytes each). The private half goes to the key store and nowhere
 * else.
 */
export function newUnitKey(): { publicKey: Buffer; privateKey: Buffer } {
  const { privateKey } = generateKeyPairSync('x25519')
  const { x, d } = privateKey.export({ format: 'jwk' })
  return {
    publicKey: Buffer.from(x ?? '', 'base64url'),
    privateKey: Buffer.from(d ?? '', 'base64url'),
  }
}

/**
 * The sealed blank that each member's box holds before they answer. It looks like any other. With a
 * `timeKey` it is of the second format, and earlier than anything.
 */
export const sealBlank = (
  keyring: Keyring,
  publicKey: Uint8Array,
  context: BoxContext,
  timeKey: KeyObject | null,
): Buffer =>
  wrap(keyring, context, {
    format: timeKey ? 2 : 1,
    time: timeKey ? hideTime(timeKey, context, 0) : Buffer.alloc(0),
    inner: seal(keyring, publicKey, context, BLANK),
  })

/**
 * A ballot as it is to be sealed: `sentAt` is when it was sent, in ms since 1970; `timeKey` null:
 * there is none, as for boxes of the first format.
 */
type Filled = {
  box: Uint8Array
  ballot: BallotAnswers
  sentAt: number
  timeKey: KeyObject | null
}

/**
 * The box with these answers in place of what it held; with what it held where that was sent later.
 * Throws BoxError; KeyUnreadableError when it has a time and the key to it is not here.
 */
export function refill(
  keyring: Keyring,
  publicKey: Uint8Array,
  context: BoxContext,
  { box, ballot, sentAt, timeKey }: Filled,
): Buffer {
  const held = unwrap(keyring, context, box)
  if (held.format === 1)
    return wrap(keyring, context, { ...held, inner: seal(keyring, publicKey, context, ballot) })
  if (!timeKey) throw new KeyUnreadableError('the key to the times of a unit is not here')
  if (sentAt < readTime(timeKey, context, held.time)) return wrap(keyring, context, held)
  const time = hideTime(timeKey, context, sentAt)
  return wrap(keyring, context, { ...held, time, inner: seal(keyring, publicKey, context, ballot) })
}

/** The box with a blank in place of what it held, of the same time. Throws BoxError. */
export function empty(
  keyring: Keyring,
  publicKey: Uint8Array,
  context: BoxContext,
  box: Uint8Array,
): Buffer {
  const held = unwrap(keyring, context, box)
  return wrap(keyring, context, { ...held, inner: seal(keyring, publicKey, context, BLANK) })
}

/**
 * The same sealed ballot in a fresh outer layer, so that every row changes when one does. Throws
 * BoxError.
 */
export function rewrap(keyring: Keyring, context: BoxContext, box: Uint8Array): Buffer {
  return wrap(keyring, context, unwrap(keyring, context, box))
}

/** Seals one member's ballot to the unit's key. */
function seal(
  keyring: Keyring,
  publicKey: Uint8Array,
  context: BoxContext,
  ballot: BallotAnswers,
): Buffer {
  const psk = { id: pskIdOf(keyring.current), key: keysOf(keyring, keyring.current).psk }
  const sealed = sealWithPsk(
    { publicKey, psk, info: HPKE_INFO },
    { aad: associatedData(context), plaintext: encodeBallot(context, ballot) },
  )
  return Buffer.concat([Buffer.from([keyring.current]), sealed])
}
