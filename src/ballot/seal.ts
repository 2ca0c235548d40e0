import { generateKeyPairSync } from 'node:crypto'
import {
  associatedData,
  type BallotAnswers,
  type BoxContext,
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

/** Seals one member's ballot to the unit's key; a blank looks the same. */
export function sealBallot(
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
  return wrap(keyring, context, Buffer.concat([Buffer.from([keyring.current]), sealed]))
}

/**
 * The same sealed ballot in a fresh outer layer, so that every row changes when one does. Throws
 * BoxError.
 */
export function rewrap(keyring: Keyring, context: BoxContext, box: Uint8Array): Buffer {
  return wrap(keyring, context, unwrap(keyring, context, box))
}
