import { randomBytes, randomUUID } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'

/** The unit's key is not there: it was destroyed, or the store is from before it was made. */
export class KeyMissingError extends Error {
  override readonly name = 'KeyMissingError'
}

/** Something stands in the key's place that is none: no waiting brings it back. */
export class KeySpoiltError extends Error {
  override readonly name = 'KeySpoiltError'
}

/** The key may well be there and cannot be read now: a permission, a disk, a newer release. */
export class KeyUnreadableError extends Error {
  override readonly name = 'KeyUnreadableError'
}

/**
 * A unit's private key (32 bytes), and beside it what the form promised: the answers that it needs
 * and who sees the result. Somebody who can write to the database can change its own copy of both,
 * and must not get by it a result of fewer people, or one shown to others.
 */
type UnitKey = {
  privateKey: Uint8Array
  k: number
  audience: 'shared' | 'staff'
  /** Hides the times in the unit's boxes; left out: they have none. */
  timeKey?: Uint8Array
}
/** `k` 0 and `audience` null: the key was put before they stood beside it. */
type KeptKey = { privateKey: Buffer; k: number; audience: UnitKey['audience'] | null }
const AUDIENCES = ['shared', 'staff'] as const

/**
 * Where units' private keys live. Destroying a key is what makes ballots unreadable, also in old
 * backups. Asynchronous, so that a store on another machine fits.
 */
export type KeyStore = {
  /**
   * Keeps a key durably before it is done. Throws when the unit has one already, and
   * KeyUnreadableError when the key store is not there.
   */
  put(unitId: string, key: UnitKey): Promise<void>
  /** Lends the key to `use`. Throws KeyMissingError, KeySpoiltError or KeyUnreadableError. */
  use<T>(unitId: string, use: (key: KeptKey) => Promise<T>): Promise<T>
  /**
   * The key to the times in a unit's boxes; null: it has none. Answering alone asks for it. Throws
   * KeyUnreadableError.
   */
  timeKey(unitId: string): Promise<Buffer | null>
  /** Destroys the key, and that to the times; nothing happens when it is gone already. */
  destroy(unitId: string): Promise<void>
  /** Units that have a key of either kind, and when it was put, in ms by the key store's clock. */
  list(): Promise<{ unitId: string; putAt: number }[]>
  /** Whether a unit has a key, asked for by itself. Throws when nobody can tell. */
  has(unitId: string): Promise<boolean>
  /** The time by the key store's own clock, in ms. */
  now(): Promise<number>
  /** The key store's own id; null: it has none, or is not there. Another one never has the same. */
  id(): Promise<string | null>
}

const KEY_BYTES = 32
/**
 * The fourth part of a key file, behind key, k and audience. Older files have none and are told by
 * their size. 2: the unit's boxes hold times; a release that cannot read those waits, as for any
 * key of a newer release.
 */
const FORMATS = { plain: 1, timed: 2 } as const
/** Older files: the key alone, with k, with k and the audience. */
const OLDER_SIZES: readonly number[] = [KEY_BYTES, KEY_BYTES + 1, KEY_BYTES + 2]
const FORMAT_SIZE = KEY_BYTES + 3

/** Keys as files, mode 0600, in a directory that no backup may include. */
export function directoryKeyStore(directory: string): KeyStore {
  const fileOf = (unitId: string, ending: '.key' | '.time' = '.key') => {
    if (!/^[0-9a-f-]{36}$/.test(unitId)) throw new Error('a unit id is a UUID')
    return path.join(directory, unitId + ending)
  }
  return {
    async put(unitId, { privateKey, k, audience, timeKey }) {
      // A directory without an id is none that a store knows: a mount that has vanished.
      if (readDirectoryId(directory) === null)
        throw new KeyUnreadableError('the directory of keys is not there')
      const format = timeKey ? FORMATS.timed : FORMATS.plain
      const facts = [k, AUDIENCES.indexOf(audience), format]
      if (timeKey) writeDurably(fileOf(unitId, '.time'), timeKey, 'wx')
      const bytes = Buffer.concat([privateKey, Buffer.from(facts)])
      writeDurably(fileOf(unitId), bytes, 'wx')
      bytes.fill(0)
      syncDirectory(directory)
    },
    async use(unitId, use) {
      const bytes = readKey(fileOf(unitId))
      try {
        return await use(keyIn(bytes))
      } finally {
        bytes.fill(0)
      }
    },
    async timeKey(unitId) {
      try {
        return await fs.promises.readFile(fileOf(unitId, '.time'))
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException
        // A directory without its id is none that a store knows: nothing is told by it.
        if (code === 'ENOENT' && readDirectoryId(directory) !== null) return null
        throw new KeyUnreadableError(`the key to times cannot be read: ${code}`, { cause: error })
      }
    },
    async destroy(unitId) {
      destroyFile(fileOf(unitId))
      destroyFile(fileOf(unitId, '.time'))
    },
    async list() {
      const names = fs.existsSync(directory) ? fs.readdirSync(directory) : []
      const units = new Map<string, number>()
      for (const name of names) {
        const unitId = /^(.+)\.(?:key|time)$/.exec(name)?.[1]
        // Another process may have destroyed it a moment ago.
        const stat = unitId && fs.statSync(path.join(directory, name), { throwIfNoEntry: false })
        if (stat) units.set(unitId, Math.max(stat.mtimeMs, units.get(unitId) ?? 0))
      }
      return [...units].map(([unitId, putAt]) => ({ unitId, putAt }))
    },
    has: async (unitId) => fs.statSync(fileOf(unitId), { throwIfNoEntry: false }) !== undefined,
    now: async () => clockOf(directory),
    id: async () => readDirectoryId(directory),
  }
}

/** Destroys one file durably; nothing happens when it is not there. */
function destroyFile(file: string): void {
  const stat = fs.statSync(file, { throwIfNoEntry: false })
  if (stat === undefined) return
  // Overwriting helps on disks that write in place; on others the file system's own encryption has
  // to.
  if (stat.isFile()) writeDurably(file, randomBytes(stat.size), 'r+')
  fs.rmSync(file, { recursive: true })
  syncDirectory(path.dirname(file))
}

const ID_FILE = 'keys.id'

/** A key directory's own id; null: it has none. */
function readDirectoryId(directory: string): string | null {
  const file = path.join(directory, ID_FILE)
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8').trim() : null
}

/** The same, made when there is none yet; of several processes one makes it. */
export function ensureDirectoryId(directory: string): string {
  const known = readDirectoryId(directory)
  if (known !== null) return known
  fs.mkdirSync(directory, { recursive: true, mode: 0o700 })
  const own = path.join(directory, `${ID_FILE}.${randomUUID()}`)
  const id = Buffer.from(`${randomUUID()}\n`)
  writeDurably(own, id, 'wx')
  try {
    // A link is there whole or not at all, and is refused where there is one.
    fs.linkSync(own, path.join(directory, ID_FILE))
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    // Not every file system has links.
    if (code !== 'EEXIST')
      fs.writeFileSync(path.join(directory, ID_FILE), id, { mode: 0o600, flag: 'wx' })
  } finally {
    fs.rmSync(own)
  }
  syncDirectory(directory)
  return readDirectoryId(directory) ?? ''
}

/** Free room where a directory is, in bytes. Throws when it is not there. */
export async function roomIn(directory: string): Promise<number> {
  const { bavail, bsize } = await fs.promises.statfs(directory)
  return bavail * bsize
}

/** The time by the clock that dates the files there, in ms: a file server's may be another. */
function clockOf(directory: string): number {
  const file = path.join(directory, `clock.${randomUUID()}`)
  fs.writeFileSync(file, '', { mode: 0o600 })
  try {
    return fs.statSync(file).mtimeMs
  } finally {
    fs.rmSync(file)
  }
}

/** The parts of a key file. */
function keyIn(bytes: Buffer): KeptKey {
  const isOlder = OLDER_SIZES.includes(bytes.length)
  const format = bytes[FORMAT_SIZE - 1] ?? 0
  if (!isOlder && format > FORMATS.timed)
    throw new KeyUnreadableError('the key is of a newer release')
  if (!isOlder && (bytes.length !== FORMAT_SIZE || format < FORMATS.plain))
    throw new KeySpoiltError('the key of a unit is spoilt')
  return {
    privateKey: bytes.subarray(0, KEY_BYTES),
    k: bytes[KEY_BYTES] ?? 0,
    audience: AUDIENCES[bytes[KEY_BYTES + 1] ?? AUDIENCES.length] ?? null,
  }
}

function readKey(file: string): Buffer {
  try {
    return fs.readFileSync(file)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') throw new KeyMissingError('the key of a unit is gone', { cause: error })
    throw new KeyUnreadableError(`the key of a unit cannot be read: ${code}`, { cause: error })
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
  // Windows opens no directory.
  if (process.platform === 'win32') return
  const descriptor = fs.openSync(directory, 'r')
  fs.fsyncSync(descriptor)
  fs.closeSync(descriptor)
}
