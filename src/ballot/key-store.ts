import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'

/** The unit's key is not there: it was destroyed, or the store is from before it was made. */
export class KeyMissingError extends Error {
  override readonly name = 'KeyMissingError'
}

/**
 * A unit's private key (32 bytes), and beside it what the form promised: the answers that it needs
 * and who sees the result. Somebody who can write to the database can change its own copy of both,
 * and must not get by it a result of fewer people, or one shown to others.
 */
type UnitKey = { privateKey: Uint8Array; k: number; audience: 'shared' | 'staff' }
/** Null: the key was put before the audience stood beside it. */
type KeptKey = { privateKey: Buffer; k: number; audience: UnitKey['audience'] | null }
const AUDIENCES = ['shared', 'staff'] as const

/**
 * Where units' private keys live. Destroying a key is what makes ballots unreadable, also in old
 * backups.
 */
export type KeyStore = {
  /** Keeps a key durably before it returns. Throws when the unit has one already. */
  put(unitId: string, key: UnitKey): void
  /** Lends the key to `use`. Throws KeyMissingError. */
  use<T>(unitId: string, use: (key: KeptKey) => Promise<T>): Promise<T>
  /** Destroys the key; nothing happens when it is gone already. */
  destroy(unitId: string): void
  /** Units that have a key, and how long ago it was put, by the wall clock. */
  list(): { unitId: string; ageMs: number }[]
}

const KEY_BYTES = 32

/** Keys as files, mode 0600, in a directory that no backup may include. */
export function directoryKeyStore(directory: string): KeyStore {
  const fileOf = (unitId: string) => {
    if (!/^[0-9a-f-]{36}$/.test(unitId)) throw new Error('a unit id is a UUID')
    return path.join(directory, `${unitId}.key`)
  }
  return {
    put(unitId, { privateKey, k, audience }) {
      fs.mkdirSync(directory, { recursive: true, mode: 0o700 })
      writeDurably(
        fileOf(unitId),
        Buffer.concat([privateKey, Buffer.from([k, AUDIENCES.indexOf(audience)])]),
        'wx',
      )
      syncDirectory(directory)
    },
    async use(unitId, use) {
      const bytes = readKey(fileOf(unitId))
      try {
        return await use({
          privateKey: bytes.subarray(0, KEY_BYTES),
          k: bytes.readUInt8(KEY_BYTES),
          audience: AUDIENCES[bytes[KEY_BYTES + 1] ?? AUDIENCES.length] ?? null,
        })
      } finally {
        bytes.fill(0)
      }
    },
    destroy(unitId) {
      const file = fileOf(unitId)
      const size = fs.statSync(file, { throwIfNoEntry: false })?.size
      if (size === undefined) return
      // Overwriting helps on disks that write in place; on others the file system's own encryption
      // has to.
      writeDurably(file, randomBytes(size), 'r+')
      fs.rmSync(file)
      syncDirectory(directory)
    },
    list() {
      const names = fs.existsSync(directory) ? fs.readdirSync(directory) : []
      const files = names.filter((name) => name.endsWith('.key'))
      return files.map((name) => ({
        unitId: name.slice(0, -'.key'.length),
        ageMs: Date.now() - fs.statSync(path.join(directory, name)).mtimeMs,
      }))
    },
  }
}

function readKey(file: string): Buffer {
  try {
    return fs.readFileSync(file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      throw new KeyMissingError('the key of a unit is gone', { cause: error })
    throw error
  }
}

function writeDurably(file: string, bytes: Uint8Array, flags: 'wx' | 'r+'): void {
  const descriptor = fs.openSync(file, flags, 0o600)
  try {
    fs.writeSync(descriptor, bytes)
    fs.fsyncSync(descriptor)
  } finally {
    fs.closeSync(descriptor)
  }
}

function syncDirectory(directory: string): void {
  const descriptor = fs.openSync(directory, 'r')
  fs.fsyncSync(descriptor)
  fs.closeSync(descriptor)
}
