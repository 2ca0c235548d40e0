import { createSecretKey, type KeyObject } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { LRUCache } from 'lru-cache'
import { clockOf, readDirectoryId } from './key-directory.ts'
import { destroyFile, statOf, syncDirectory, writeDurably } from './key-files.ts'

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
   * The key to the times in a unit's boxes; null: it has none. Answering alone asks for it, a whole
   * group within a few minutes, so one that was read may be told from memory for ten seconds.
   * Throws KeyUnreadableError.
   */
  timeKey(unitId: string): Promise<KeyObject | null>
  /** Destroys the key, and that to the times; nothing happens when it is gone already. */
  destroy(unitId: string): Promise<void>
  /**
   * Units that have a key of either kind, and when it was put, in ms by the key store's clock.
   * `canOpen`: the key that opens boxes is among them.
   */
  list(): Promise<{ unitId: string; putAt: number; canOpen: boolean }[]>
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
/** Reading a file took an eighth of an answer. No key is kept for longer, destroyed or not. */
const REMEMBERED = { ttl: 10_000, ttlAutopurge: true, max: 500 } as const

/** Keys as files, mode 0600, in a directory that no backup may include. */
export function directoryKeyStore(directory: string): KeyStore {
  const fileOf = (unitId: string, ending: '.key' | '.time' = '.key') => {
    if (!/^[0-9a-f-]{36}$/.test(unitId)) throw new Error('a unit id is a UUID')
    return path.join(directory, unitId + ending)
  }
  const timeKeys = new LRUCache<string, KeyObject>(REMEMBERED)
  return {
    async put(unitId, { privateKey, k, audience, timeKey }) {
      // A directory without an id is none that a store knows: a mount that has vanished.
      if ((await readDirectoryId(directory)) === null)
        throw new KeyUnreadableError('the directory of keys is not there')
      const format = timeKey ? FORMATS.timed : FORMATS.plain
      const facts = [k, AUDIENCES.indexOf(audience), format]
      if (timeKey) await writeDurably(fileOf(unitId, '.time'), timeKey, 'wx')
      const bytes = Buffer.concat([privateKey, Buffer.from(facts)])
      await writeDurably(fileOf(unitId), bytes, 'wx')
      bytes.fill(0)
      await syncDirectory(directory)
    },
    async use(unitId, use) {
      const bytes = await readKey(fileOf(unitId))
      try {
        return await use(keyIn(bytes))
      } finally {
        bytes.fill(0)
      }
    },
    async timeKey(unitId) {
      const known = timeKeys.get(unitId)
      if (known) return known
      try {
        const bytes = await fs.promises.readFile(fileOf(unitId, '.time'))
        const key = createSecretKey(bytes)
        bytes.fill(0)
        timeKeys.set(unitId, key)
        return key
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException
        // A directory without its id is none that a store knows: nothing is told by it.
        if (code === 'ENOENT' && (await readDirectoryId(directory)) !== null) return null
        throw new KeyUnreadableError(`the key to times cannot be read: ${code}`, { cause: error })
      }
    },
    async destroy(unitId) {
      await destroyFile(fileOf(unitId))
      await destroyFile(fileOf(unitId, '.time'))
      // Somebody may have read it a moment ago.
      timeKeys.delete(unitId)
    },
    async list() {
      const names = (await statOf(directory)) ? await fs.promises.readdir(directory) : []
      const units = new Map<string, { putAt: number; canOpen: boolean }>()
      for (const name of names) {
        const [, unitId, ending] = /^(.+)\.(key|time)$/.exec(name) ?? []
        // Another process may have destroyed it a moment ago.
        const stat = unitId && (await statOf(path.join(directory, name)))
        if (!stat) continue
        const known = units.get(unitId)
        units.set(unitId, {
          putAt: Math.max(stat.mtimeMs, known?.putAt ?? 0),
          canOpen: ending === 'key' || (known?.canOpen ?? false),
        })
      }
      return [...units].map(([unitId, facts]) => ({ unitId, ...facts }))
    },
    has: async (unitId) => (await statOf(fileOf(unitId))) !== null,
    now: () => clockOf(directory),
    id: () => readDirectoryId(directory),
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

async function readKey(file: string): Promise<Buffer> {
  try {
    return await fs.promises.readFile(file)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') throw new KeyMissingError('the key of a unit is gone', { cause: error })
    throw new KeyUnreadableError(`the key of a unit cannot be read: ${code}`, { cause: error })
  }
}
