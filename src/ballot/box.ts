import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from '@hpke/core'
import type { Answers } from '../domain/score.ts'

/**
 * The sealed ballot. A box is two layers of one fixed size:
 *
 *     outer  format(1) secretId(1) nonce(12) AES-256-GCM( time(12) inner ) tag(16)
 *            by the application's wrap key
 *     inner  secretId(1) enc(32) HPKE( plaintext ) tag(16)
 *            RFC 9180 mode_psk, to the unit's key
 *
 * Both layers bind the same context (unit, check-in, member, question set and version), so a box
 * cannot be moved. `time` is when the platform says that the answers were sent, hidden
 * (sent-at.ts). Answering alone reads it: an earlier answer never replaces a later one. Format 1
 * has no time. All boxes of a check-in have the format that they were made in.
 */
export type BoxFormat = 1 | 2
export const TIME_BYTES: Readonly<Record<BoxFormat, number>> = { 1: 0, 2: 12 }
export const ENC_BYTES = 32
export const NONCE_BYTES = 12
export const TAG_BYTES = 16

/**
 * Room for eight answers; and in a unit that asks for words, for those too, whatever their letters
 * take.
 */
export const PLAINTEXT_BYTES = { choices: 512, withText: 2_048 } as const
/** Bytes that the two layers add, besides the time. */
export const LAYER_BYTES = 2 + NONCE_BYTES + 1 + ENC_BYTES + TAG_BYTES + TAG_BYTES

/** One ballot's contents; a blank has neither. */
export type BallotAnswers = { answers: Answers; text?: string }
export const BLANK: BallotAnswers = { answers: {} }

/**
 * Everything that a box is bound to. `asksText` decides its size, and so is the same for the whole
 * unit.
 */
export type BoxContext = {
  asksText: boolean
  unitId: string
  checkInId: string
  memberId: string
  questionSetId: string
  questionSetVersion: number
}

/** DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM. */
export const SUITE = new CipherSuite({
  kem: new DhkemX25519HkdfSha256(),
  kdf: new HkdfSha256(),
  aead: new Aes256Gcm(),
})
export const HPKE_INFO = new TextEncoder().encode('groupwell/ballot/v1')
export const pskIdOf = (secretId: number): Uint8Array =>
  new TextEncoder().encode(`groupwell/psk/${secretId}`)

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
      const bytes = Buffer.from(part)
      const length = Buffer.alloc(2)
      length.writeUInt16BE(bytes.length)
      return [length, bytes]
    }),
  )
}

export const plaintextBytes = ({ asksText }: Pick<BoxContext, 'asksText'>): number =>
  asksText ? PLAINTEXT_BYTES.withText : PLAINTEXT_BYTES.choices

/**
 * A ballot as plaintext of its unit's size. Throws when it does not fit, or holds words in a unit
 * that asks for none.
 */
export function encodeBallot(context: BoxContext, ballot: BallotAnswers): Buffer {
  if (ballot.text !== undefined && !context.asksText) throw new Error('the unit asks for no words')
  const json = Buffer.from(JSON.stringify(ballot))
  const plaintext = Buffer.alloc(plaintextBytes(context))
  if (json.length > plaintext.length - 2)
    throw new Error(`answers of ${json.length} bytes do not fit a ballot`)
  plaintext.writeUInt16BE(json.length)
  json.copy(plaintext, 2)
  return plaintext
}

/** A buffer of its own, as WebCrypto wants it: a Node Buffer may be a window on a shared pool. */
export function toArrayBuffer(bytes: Uint8Array): ArrayBuffer {
  return Uint8Array.from(bytes).buffer
}
