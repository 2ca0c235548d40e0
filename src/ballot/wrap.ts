import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { SetupError } from '../errors.ts'
import {
  associatedData,
  BOX_VERSION,
  type BoxContext,
  LAYER_BYTES,
  NONCE_BYTES,
  plaintextBytes,
  TAG_BYTES,
} from './box.ts'
import type { Keyring } from './keyring.ts'

const HEADER_BYTES = 2

/** A box that cannot be read: not of this format, bound to another context, or changed. */
export class BoxError extends Error {
  override readonly name = 'BoxError'
}

/** Puts the outer layer round a sealed ballot, with a fresh nonce. */
export function wrap(keyring: Keyring, context: BoxContext, inner: Uint8Array): Buffer {
  const header = Buffer.from([BOX_VERSION, keyring.current])
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', keysOf(keyring, keyring.current).wrap, nonce)
  cipher.setAAD(Buffer.concat([header, associatedData(context)]))
  return Buffer.concat([header, nonce, cipher.update(inner), cipher.final(), cipher.getAuthTag()])
}

/** Takes the outer layer off; what remains is still sealed to the unit's key. Throws BoxError. */
export function unwrap(keyring: Keyring, context: BoxContext, box: Uint8Array): Buffer {
  const bytes = Buffer.from(box)
  if (bytes.length !== LAYER_BYTES + plaintextBytes(context) || bytes[0] !== BOX_VERSION) {
    throw new BoxError('a ballot box has an unknown format')
  }
  const header = bytes.subarray(0, HEADER_BYTES)
  const nonce = bytes.subarray(HEADER_BYTES, HEADER_BYTES + NONCE_BYTES)
  const decipher = createDecipheriv('aes-256-gcm', keysOf(keyring, bytes.readUInt8(1)).wrap, nonce)
  decipher.setAAD(Buffer.concat([header, associatedData(context)]))
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES))
  try {
    return Buffer.concat([
      decipher.update(bytes.subarray(HEADER_BYTES + NONCE_BYTES, -TAG_BYTES)),
      decipher.final(),
    ])
  } catch (error) {
    throw new BoxError('a ballot box was changed, or belongs to somebody else', { cause: error })
  }
}

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
