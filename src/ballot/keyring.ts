import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto'
import { SetupError } from '../errors.ts'

/** The application's secrets by id (1 to 255). New boxes use the first; older ids still open. */
export type Keyring = { current: number; keys: ReadonlyMap<number, SecretKeys> }
/**
 * `fingerprint` tells two secrets apart without telling either. Keys of a cipher or a MAC are key
 * objects: Node 24 takes eight times as long for one that comes as bytes. `psk` is what a key is
 * made of.
 */
type SecretKeys = {
  psk: Buffer
  wrap: KeyObject
  calendar: KeyObject
  report: KeyObject
  mydata: KeyObject
  text: KeyObject
  audit: KeyObject
  request: KeyObject
  fingerprint: string
}

const SECRET_BYTES = 32

/**
 * Reads "1:base64" or "2:base64,1:base64" (current first). Throws SetupError when a part is not an
 * id from 1 to 255 and 32 bytes. The secret itself is used for nothing: each purpose gets its own
 * key by HKDF-SHA256 (RFC 5869).
 */
export function parseKeyring(secret: string): Keyring {
  const entries = secret.split(',').map((part): [number, SecretKeys] => {
    const match = /^(\d{1,3}):([A-Za-z0-9+/=_-]+)$/.exec(part.trim())
    const id = Number(match?.[1])
    const bytes = Buffer.from(match?.[2] ?? '', 'base64')
    if (!match || id < 1 || id > 255 || bytes.length !== SECRET_BYTES) {
      throw new SetupError(
        'GROUPWELL_SECRET: expected "1:" and 32 random bytes in base64. Make one with: echo "1:$(openssl rand -base64 32)"',
      )
    }
    const fingerprint = derive(bytes, 'groupwell/fingerprint/v1').toString('hex')
    return [
      id,
      {
        psk: derive(bytes, 'groupwell/ballot/psk/v1'),
        wrap: createSecretKey(derive(bytes, 'groupwell/ballot/wrap/v1')),
        calendar: createSecretKey(derive(bytes, 'groupwell/calendar/v1')),
        report: createSecretKey(derive(bytes, 'groupwell/report/v1')),
        mydata: createSecretKey(derive(bytes, 'groupwell/mydata/v1')),
        text: createSecretKey(derive(bytes, 'groupwell/text/v1')),
        audit: createSecretKey(derive(bytes, 'groupwell/audit/v1')),
        request: createSecretKey(derive(bytes, 'groupwell/request/v1')),
        fingerprint,
      },
    ]
  })
  const current = entries[0]?.[0]
  if (current === undefined || new Set(entries.map(([id]) => id)).size !== entries.length) {
    throw new SetupError('GROUPWELL_SECRET: each id may stand there once, for example "2:…,1:…".')
  }
  return { current, keys: new Map(entries) }
}

function derive(secret: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, Buffer.alloc(0), purpose, SECRET_BYTES))
}
