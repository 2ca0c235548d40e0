import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { SetupError } from '../errors.ts'
import { NONCE_BYTES, TAG_BYTES } from './box.ts'
import type { Keyring } from './keyring.ts'

/**
 * Format 1: version(1) secretId(1) nonce(12) AES-256-GCM( text ) tag(16), bound to what it belongs
 * to.
 */
const VERSION = 1
const HEADER_BYTES = 2

/**
 * Seals a text that somebody wrote, so that a copy of the database does not show it. `belongsTo` is
 * its row's id.
 */
export function sealText(keyring: Keyring, belongsTo: string, text: string): Buffer {
  const header = Buffer.from([VERSION, keyring.current])
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', keyOf(keyring, keyring.current), nonce)
  cipher.setAAD(Buffer.concat([header, Buffer.from(belongsTo)]))
  return Buffer.concat([header, nonce, cipher.update(text), cipher.final(), cipher.getAuthTag()])
}

/**
 * The text again. Throws when it was changed or moved to another row, or SetupError when its secret
 * is gone.
 */
export function openText(keyring: Keyring, belongsTo: string, sealed: Uint8Array): string {
  const bytes = Buffer.from(sealed)
  if (bytes.length < HEADER_BYTES + NONCE_BYTES + TAG_BYTES || bytes[0] !== VERSION)
    throw new Error('a sealed text has an unknown format')
  const header = bytes.subarray(0, HEADER_BYTES)
  const start = HEADER_BYTES + NONCE_BYTES
  const nonce = bytes.subarray(HEADER_BYTES, start)
  const decipher = createDecipheriv('aes-256-gcm', keyOf(keyring, bytes.readUInt8(1)), nonce)
  decipher.setAAD(Buffer.concat([header, Buffer.from(belongsTo)]))
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES))
  return Buffer.concat([
    decipher.update(bytes.subarray(start, -TAG_BYTES)),
    decipher.final(),
  ]).toString()
}

function keyOf(keyring: Keyring, secretId: number): Buffer {
  const keys = keyring.keys.get(secretId)
  if (!keys)
    throw new SetupError(
      `GROUPWELL_SECRET: key ${secretId} is still needed by contact requests. Keep it for as long as they are kept.`,
    )
  return keys.text
}
