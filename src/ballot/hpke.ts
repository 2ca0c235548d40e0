import {
  createCipheriv,
  createHmac,
  createPublicKey,
  createSecretKey,
  encapsulate,
} from 'node:crypto'

/**
 * Sealing by RFC 9180, mode_psk, single shot: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM.
 * Written on Node's own cryptography because everybody answers within a few minutes and a library
 * took four times as long. It only seals: opening is
 *
 * @hpke/core's (open.ts), so each release also checks one implementation by another.
 */

/** KEM, KDF and AEAD of the suite (RFC 9180, section 7). */
const SUITE_ID = Buffer.concat([Buffer.from('HPKE'), Buffer.from([0, 0x20, 0, 1, 0, 2])])
const VERSION_LABEL = Buffer.from('HPKE-v1')
const MODE_PSK = 1
const KEY_BYTES = 32
const NONCE_BYTES = 12
const NOTHING = Buffer.alloc(0)
/** The head of an X25519 key’s SubjectPublicKeyInfo (RFC 8410); a JWK takes three times as long. */
const X25519_SPKI = Buffer.from('302a300506032b656e032100', 'hex')

export type Psk = { id: Uint8Array; key: Uint8Array }

/** `enc` (32 bytes), then the ciphertext with its tag of 16. `publicKey` is raw X25519. */
export function sealWithPsk(
  { publicKey, psk, info }: { publicKey: Uint8Array; psk: Psk; info: Uint8Array },
  { aad, plaintext }: { aad: Uint8Array; plaintext: Uint8Array },
): Buffer {
  const key = createPublicKey({
    key: Buffer.concat([X25519_SPKI, publicKey]),
    format: 'der',
    type: 'spki',
  })
  const { sharedKey, ciphertext: enc } = encapsulate(key)
  const schedule = Buffer.concat([
    Buffer.from([MODE_PSK]),
    labeledExtract(NOTHING, 'psk_id_hash', psk.id),
    labeledExtract(NOTHING, 'info_hash', info),
  ])
  const secret = labeledExtract(sharedKey, 'secret', psk.key)
  const contentKey = labeledExpand(secret, 'key', schedule, KEY_BYTES)
  const nonce = labeledExpand(secret, 'base_nonce', schedule, NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', createSecretKey(contentKey), nonce)
  cipher.setAAD(aad)
  return Buffer.concat([enc, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()])
}

/** RFC 9180, section 4. */
function labeledExtract(salt: Uint8Array, label: string, keyMaterial: Uint8Array): Buffer {
  return createHmac('sha256', createSecretKey(salt))
    .update(Buffer.concat([VERSION_LABEL, SUITE_ID, Buffer.from(label), keyMaterial]))
    .digest()
}

/** RFC 9180, section 4, for at most the 32 bytes of one block: then HKDF-Expand is one HMAC. */
function labeledExpand(prk: Uint8Array, label: string, info: Uint8Array, length: number): Buffer {
  return createHmac('sha256', createSecretKey(prk))
    .update(
      Buffer.concat([
        Buffer.from([0, length]),
        VERSION_LABEL,
        SUITE_ID,
        Buffer.from(label),
        info,
        Buffer.from([1]),
      ]),
    )
    .digest()
    .subarray(0, length)
}
