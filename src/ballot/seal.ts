import { generateKeyPairSync } from 'node:crypto'
import {
  associatedData,
  type BallotAnswers,
  BLANK,
  type BoxContext,
  type BoxFormat,
  encodeBallot,
  HPKE_INFO,
  pskIdOf,
} from './box.ts'
import { sealWithPsk } from './hpke.ts'
import type { Keyring } from './keyring.ts'
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

/** A ballot as it is to be sealed, and when it was sent. */
type Filled = { ballot: BallotAnswers; sentAt: number }

/** The sealed blank that each member's box holds before they answer. It looks like any other. */
export const sealBlank = (
  keyring: Keyring,
  publicKey: Uint8Array,
  context: BoxContext,
  format: BoxFormat,
): Buffer =>
  wrap(keyring, context, {
    format,
    sentAt: 0,
    inner: seal(keyring, publicKey, context, BLANK),
  })

/**
 * The box with these answers in place of what it held; with what it held where that was sent later.
 * Throws BoxError.
 */
export function refill(
  keyring: Keyring,
  publicKey: Uint8Array,
  context: BoxContext,
  { box, ballot, sentAt }: Filled & { box: Uint8Array },
): Buffer {
  const held = unwrap(keyring, context, box)
  if (sentAt < held.sentAt) return wrap(keyring, context, held)
  const inner = seal(keyring, publicKey, context, ballot)
  return wrap(keyring, context, { format: held.format, sentAt, inner })
}

/**
 * The box with a blank in place of what it held, later than anything that was sent for it. Throws
 * BoxError.
 */
export function empty(
  keyring: Keyring,
  publicKey: Uint8Array,
  context: BoxContext,
  box: Uint8Array,
): Buffer {
  const { sentAt } = unwrap(keyring, context, box)
  return refill(keyring, publicKey, context, { box, ballot: BLANK, sentAt: sentAt + 1 })
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
