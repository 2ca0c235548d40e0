import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from '@hpke/core'
import type { Answers } from '../domain/score.ts'

/**
 * The sealed ballot, format 1. A box is two layers of one fixed size:
 *
 *   outer  version(1) secretId(1) nonce(12) AES-256-GCM( inner ) tag(16)          the application's wrap key
 *   inner  secretId(1) enc(32) HPKE( plaintext ) tag(16)                           RFC 9180 mode_psk, the unit's key
 *
 * Both layers bind the same context (unit, check-in, member, question set and version), so a box cannot be moved.
 */
export const BOX_VERSION = 1
export const ENC_BYTES = 32
export const NONCE_BYTES = 12
export const TAG_BYTES = 16

/** Room for eight answers; a set with text answers will need a format of its own. */
export const PLAINTEXT_BYTES = 512
export const INNER_BYTES = 1 + ENC_BYTES + PLAINTEXT_BYTES + TAG_BYTES
export const BOX_BYTES = 2 + NONCE_BYTES + INNER_BYTES + TAG_BYTES

/** What a box is bound to. */
export type BoxContext = {
  unitId: string
  checkInId: string
  memberId: string
  questionSetId: string
  questionSetVersion: number
}

/** DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM. */
export const SUITE = new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() })
export const HPKE_INFO = new TextEncoder().encode('groupwell/ballot/v1')
export const pskIdOf = (secretId: number): Uint8Array => new TextEncoder().encode(`groupwell/psk/${secretId}`)

/** Associated data: each part with its length before it, so that no two contexts read alike. */
export function associatedData(context: BoxContext): Buffer {
  const parts = [
    context.unitId,
    context.checkInId,
    context.memberId,
    context.questionSetId,
    String(context.questionSetVersion),
  ]
  return Buffer.concat(
    parts.flatMap((part) => {
      const bytes = Buffer.from(part, 'utf8')
      const length = Buffer.alloc(2)
      length.writeUInt16BE(bytes.length)
      return [length, bytes]
    }),
  )
}

/** Answers as plaintext of the fixed size; a blank is no answers at all. Throws when they do not fit. */
export function encodeAnswers(answers: Answers): Buffer {
  const json = Buffer.from(JSON.stringify(answers), 'utf8')
  if (json.length > PLAINTEXT_BYTES - 2) throw new Error(`answers of ${json.length} bytes do not fit a ballot`)
  const plaintext = Buffer.alloc(PLAINTEXT_BYTES)
  plaintext.writeUInt16BE(json.length)
  json.copy(plaintext, 2)
  return plaintext
}

/** A buffer of its own, as WebCrypto wants it: a Node Buffer may be a window on a shared pool. */
export function toArrayBuffer(bytes: Uint8Array): ArrayBuffer {
  return Uint8Array.from(bytes).buffer
}
