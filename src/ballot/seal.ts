import { generateKeyPairSync } from 'node:crypto'
import type { Answers } from '../domain/score.ts'
import { associatedData, type BoxContext, encodeAnswers, HPKE_INFO, pskIdOf, SUITE, toArrayBuffer } from './box.ts'
import type { Keyring } from './keyring.ts'
import { keysOf, unwrap, wrap } from './wrap.ts'

/** A unit's key pair, raw X25519 (32 bytes each). The private half goes to the key store and nowhere else. */
export function newUnitKey(): { publicKey: Buffer; privateKey: Buffer } {
  const { privateKey } = generateKeyPairSync('x25519')
  const { x, d } = privateKey.export({ format: 'jwk' })
  return { publicKey: Buffer.from(x ?? '', 'base64url'), privateKey: Buffer.from(d ?? '', 'base64url') }
}

/** Seals one member's answers to the unit's key; no answers at all is a blank, and looks the same. */
export async function sealBallot(
  keyring: Keyring,
  publicKey: Uint8Array,
  context: BoxContext,
  answers: Answers,
): Promise<Buffer> {
  const { psk } = keysOf(keyring, keyring.current)
  const sender = await SUITE.createSenderContext({
    recipientPublicKey: await SUITE.kem.deserializePublicKey(toArrayBuffer(publicKey)),
    info: toArrayBuffer(HPKE_INFO),
    psk: { id: toArrayBuffer(pskIdOf(keyring.current)), key: toArrayBuffer(psk) },
  })
  const sealed = await sender.seal(toArrayBuffer(encodeAnswers(answers)), toArrayBuffer(associatedData(context)))
  const inner = Buffer.concat([Buffer.from([keyring.current]), Buffer.from(sender.enc), Buffer.from(sealed)])
  return wrap(keyring, context, inner)
}

/** The same sealed ballot in a fresh outer layer, so that every row changes when one does. Throws BoxError. */
export function rewrap(keyring: Keyring, context: BoxContext, box: Uint8Array): Buffer {
  return wrap(keyring, context, unwrap(keyring, context, box))
}
