import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from 'node:crypto'
import { SetupError } from '../errors.ts'
import { NONCE_BYTES, TAG_BYTES } from './box.ts'
import type { Keyring } from './keyring.ts'

/**
 * Format 2: version(1) secretId(1) nonce(12) AES-256-GCM( length(2) text padding ) tag(16), bound
 * to what it belongs to. Every text takes the same room, so that its size tells nothing. Format 1
 * had neither length nor padding.
 */
const VERSION = 2
const UNPADDED_VERSION = 1
const HEADER_BYTES = 2
const LENGTH_BYTES = 2
/** Room for the longest that anybody may write, in whatever letters. */
const PLAINTEXT_BYTES = 2_048

/**
 * Seals a text, so that a copy of the database does not show it. `belongsTo` is its row's id.
 * Throws when it is longer than any that can be written.
 */
export function sealText(keyring: Keyring, belongsTo: string, text: string): Buffer {
  const header = Buffer.from([VERSION, keyring.current])
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', keyOf(keyring, keyring.current), nonce)
  cipher.setAAD(Buffer.concat([header, Buffer.from(belongsTo)]))
  const bytes = Buffer.from(text)
  if (bytes.length > PLAINTEXT_BYTES - LENGTH_BYTES)
    throw new Error(`a text of ${bytes.length} bytes does not fit its seal`)
  const plaintext = Buffer.alloc(PLAINTEXT_BYTES)
  plaintext.writeUInt16BE(bytes.length)
  bytes.copy(plaintext, LENGTH_BYTES)
  return Buffer.concat([
    header,
    nonce,
    cipher.update(plaintext),
    cipher.final(),
    cipher.getAuthTag(),
  ])
}

/** Whether the secret that sealed it is still among those given. */
export const isOpenable = (keyring: Keyring, sealed: Uint8Array): boolean =>
  keyring.keys.has(sealed[1] ?? 0)

/**
 * The text again. Throws when it was changed or moved to another row, or SetupError when its secret
 * is gone.
 */
export function openText(keyring: Keyring, belongsTo: string, sealed: Uint8Array): string {
  const bytes = Buffer.from(sealed)
  const isPadded = bytes[0] === VERSION
  if (
    bytes.length < HEADER_BYTES + NONCE_BYTES + TAG_BYTES ||
    (!isPadded && bytes[0] !== UNPADDED_VERSION)
  )
    throw new Error('a sealed text has an unknown format')
  const header = bytes.subarray(0, HEADER_BYTES)
  const start = HEADER_BYTES + NONCE_BYTES
  const nonce = bytes.subarray(HEADER_BYTES, start)
  const decipher = createDecipheriv('aes-256-gcm', keyOf(keyring, bytes.readUInt8(1)), nonce)
  decipher.setAAD(Buffer.concat([header, Buffer.from(belongsTo)]))
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES))
  const plaintext = Buffer.concat([
    decipher.update(bytes.subarray(start, -TAG_BYTES)),
    decipher.final(),
  ])
  if (!isPadded) return plaintext.toString()
  return plaintext.subarray(LENGTH_BYTES, LENGTH_BYTES + plaintext.readUInt16BE(0)).toString()
}

function keyOf(keyring: Keyring, secretId: number): KeyObject {
  const keys = keyring.keys.get(secretId)
  if (!keys)
    throw new SetupError(
      `GROUPWELL_SECRET: key ${secretId} is still needed by what was sealed with it: contact requests, wins and words for 30 days, sums for comparisons for a year. Keep it for as long.`,
    )
  return keys.text
}
