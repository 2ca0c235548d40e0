import { createPrivateKey, createPublicKey, hkdfSync, KeyObject, randomUUID } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { ensureDirectoryId, roomIn } from '../../src/ballot/key-directory.ts'
import {
  directoryKeyStore,
  KeyMissingError,
  KeySpoiltError,
  type KeyStore,
  KeyUnreadableError,
} from '../../src/ballot/key-store.ts'
import { parseKeyring } from '../../src/ballot/keyring.ts'
import { newUnitKey } from '../../src/ballot/seal.ts'
import { keysOf } from '../../src/ballot/wrap.ts'
import { ownDir } from '../ends.ts'

const bytes = Buffer.alloc(32, 7)
const secret = (id: number | string) => `${id}:${bytes.toString('base64')}`

const KEY = { privateKey: bytes, k: 6, audience: 'shared' } as const

describe('the key store', () => {
  let home: string
  let store: KeyStore
  const fileOf = (id: string) => path.join(home, 'keys', `${id}.key`)
  beforeEach(async () => {
    home = ownDir()
    await ensureDirectoryId(path.join(home, 'keys'))
    store = directoryKeyStore(path.join(home, 'keys'))
  })

  it('is empty before anything was put, and its directory is for its owner alone', async () => {
    expect(await store.list()).toEqual([])
    expect(fs.statSync(path.join(home, 'keys')).mode & 0o777).toBe(0o700)
  })

  it('has an id of its own, which stays, and takes no key where it has none', async () => {
    const id = await store.id()
    expect(id).toMatch(/^[0-9a-f-]{36}$/)
    expect(await ensureDirectoryId(path.join(home, 'keys'))).toBe(id)
    const other = directoryKeyStore(path.join(home, 'elsewhere'))
    expect(await other.id()).toBeNull()
    await expect(other.put(randomUUID(), KEY)).rejects.toBeInstanceOf(KeyUnreadableError)
    expect(await ensureDirectoryId(path.join(home, 'elsewhere'))).not.toBe(id)
    expect(fs.readdirSync(path.join(home, 'elsewhere'))).toEqual(['keys.id'])
  })

  it('has an id also where the file system has no links, and room that is told in bytes', async () => {
    const noLinks = vi.spyOn(fs.promises, 'link').mockImplementation(async () => {
      throw Object.assign(new Error('no links'), { code: 'EPERM' })
    })
    const directory = path.join(home, 'without-links')
    const id = await ensureDirectoryId(directory)
    noLinks.mockRestore()
    expect(id).toMatch(/^[0-9a-f-]{36}$/)
    expect(await ensureDirectoryId(directory)).toBe(id)
    expect(fs.statSync(path.join(directory, 'keys.id')).mode & 0o777).toBe(0o600)
    expect(fs.readdirSync(directory)).toEqual(['keys.id'])
    const { bavail, bsize } = fs.statfsSync(directory)
    expect((await roomIn(directory)) / (bavail * bsize)).toBeCloseTo(1, 1)
    await expect(roomIn(path.join(home, 'nowhere'))).rejects.toThrow(/ENOENT/)
  })

  it('takes the id that another process made a moment before', async () => {
    const directory = path.join(home, 'at-once')
    const { link } = fs.promises
    const meeting = vi.spyOn(fs.promises, 'link').mockImplementation(async (from, to) => {
      fs.writeFileSync(String(to), 'made by another\n')
      await link(from, to)
    })
    const id = await ensureDirectoryId(directory)
    meeting.mockRestore()
    expect(id).toBe('made by another')
    expect(fs.readdirSync(directory)).toEqual(['keys.id'])
  })

  it('takes nothing but a whole UUID for a unit: no path, nothing before or after', async () => {
    const id = randomUUID()
    for (const wrong of [`../${id}`, `${id}/../x`, `${id}.key`, `x${id}`, id.slice(1)])
      await expect(store.put(wrong, KEY), wrong).rejects.toThrow('a unit id is a UUID')
  })

  it('lists keys with when they were put, and no other file', async () => {
    const id = randomUUID()
    await store.put(id, KEY)
    fs.writeFileSync(path.join(home, 'keys', 'notes.txt'), 'x')
    const hourAgo = new Date(Date.now() - 3_600_000)
    fs.utimesSync(fileOf(id), hourAgo, hourAgo)
    const [found, ...others] = await store.list()
    expect(others).toEqual([])
    expect(found).toMatchObject({ unitId: id, canOpen: true })
    expect(Math.abs((found?.putAt ?? 0) - hourAgo.getTime())).toBeLessThan(1_000)
    expect(await store.has(id)).toBe(true)
    expect(await store.has(randomUUID())).toBe(false)
  })

  it('tells the time by the clock of the files, whatever this process takes for now', async () => {
    const real = Date.now()
    vi.useFakeTimers({ now: real + 3_600_000, toFake: ['Date'] })
    try {
      expect(Math.abs((await store.now()) - real)).toBeLessThan(60_000)
    } finally {
      vi.useRealTimers()
    }
    expect(fs.readdirSync(path.join(home, 'keys'))).toEqual(['keys.id'])
  })

  it('tells a key that is gone from one that is spoilt, and from one that cannot be read now', async () => {
    const id = randomUUID()
    const missing = await store.use(id, async () => 0).catch((error: unknown) => error)
    expect(missing).toBeInstanceOf(KeyMissingError)
    expect(missing).toMatchObject({ name: 'KeyMissingError', message: 'the key of a unit is gone' })
    expect((missing as Error).cause).toMatchObject({ code: 'ENOENT' })
    fs.mkdirSync(fileOf(id), { recursive: true })
    const unreadable = await store.use(id, async () => 0).catch((error: unknown) => error)
    expect(unreadable).toBeInstanceOf(KeyUnreadableError)
    expect(unreadable).toMatchObject({
      name: 'KeyUnreadableError',
      message: 'the key of a unit cannot be read: EISDIR',
    })
    await store.destroy(id)
    expect(fs.existsSync(fileOf(id))).toBe(false)
  })

  it.each([
    ['empty', Buffer.alloc(0)],
    ['cut off', Buffer.alloc(31)],
    ['of no format', Buffer.concat([bytes, Buffer.from([6, 0, 0])])],
    ['too long for its format', Buffer.concat([bytes, Buffer.from([6, 0, 1, 0])])],
  ])('says of a file that is %s that it is spoilt', async (_, content) => {
    const id = randomUUID()
    fs.writeFileSync(fileOf(id), content)
    const spoilt = await store.use(id, async () => 0).catch((error: unknown) => error)
    expect(spoilt).toBeInstanceOf(KeySpoiltError)
    expect(spoilt).toMatchObject({
      name: 'KeySpoiltError',
      message: 'the key of a unit is spoilt',
    })
  })

  it.each([
    ['the key alone', bytes, { k: 0, audience: null }],
    ['the key and k', Buffer.concat([bytes, Buffer.from([7])]), { k: 7, audience: null }],
    [
      'the key, k and the audience',
      Buffer.concat([bytes, Buffer.from([7, 1])]),
      { k: 7, audience: 'staff' },
    ],
    ['format 1', Buffer.concat([bytes, Buffer.from([8, 0, 1])]), { k: 8, audience: 'shared' }],
    ['format 2', Buffer.concat([bytes, Buffer.from([8, 0, 2])]), { k: 8, audience: 'shared' }],
  ])('reads files of every release: %s', async (_, content, expected) => {
    const id = randomUUID()
    fs.writeFileSync(fileOf(id), content)
    const read = await store.use(id, async ({ privateKey, ...facts }) => ({
      isSame: privateKey.equals(bytes),
      ...facts,
    }))
    expect(read).toEqual({ isSame: true, ...expected })
  })

  it('waits with a file of a newer release', async () => {
    const id = randomUUID()
    fs.writeFileSync(fileOf(id), Buffer.concat([bytes, Buffer.from([6, 0, 3]), Buffer.alloc(9)]))
    await expect(store.use(id, async () => 0)).rejects.toThrow('the key is of a newer release')
    await expect(store.use(id, async () => 0)).rejects.toBeInstanceOf(KeyUnreadableError)
  })

  it('keeps a key to times beside it, which goes with it', async () => {
    const id = randomUUID()
    const timeKey = Buffer.alloc(32, 3)
    await store.put(id, { ...KEY, timeKey })
    expect((await store.timeKey(id))?.export()).toEqual(timeKey)
    expect((await store.list()).map(({ unitId }) => unitId)).toEqual([id])
    // A release that reads no times takes it for a key of a newer one, and waits.
    expect(fs.readFileSync(fileOf(id)).at(-1)).toBe(2)
    await store.destroy(id)
    expect(fs.readdirSync(path.join(home, 'keys'))).toEqual(['keys.id'])
    expect(await store.timeKey(id)).toBeNull()
    // A crash between the two leaves the one: it is found, and goes.
    fs.writeFileSync(path.join(home, 'keys', `${id}.time`), timeKey)
    expect((await store.list()).map(({ unitId }) => unitId)).toEqual([id])
    await store.destroy(id)
    expect(await store.list()).toEqual([])
  })

  it('remembers a key to times for ten seconds, and not one that it destroyed', async () => {
    const id = randomUUID()
    await store.put(id, { ...KEY, timeKey: Buffer.alloc(32, 3) })
    const known = await store.timeKey(id)
    fs.rmSync(path.join(home, 'keys', `${id}.time`))
    expect(await store.timeKey(id)).toBe(known)
    const later = performance.now() + 10_001
    onTestFinished(() => void vi.restoreAllMocks())
    vi.spyOn(performance, 'now').mockReturnValue(later)
    await expect.poll(() => store.timeKey(id)).toBeNull()
  })

  it('says nothing of times where the directory is not one that a store knows', async () => {
    fs.rmSync(path.join(home, 'keys', 'keys.id'))
    await expect(store.timeKey(randomUUID())).rejects.toBeInstanceOf(KeyUnreadableError)
    await expect(store.timeKey(randomUUID())).rejects.toThrow('to times cannot be read: ENOENT')
    await expect(store.put(randomUUID(), KEY)).rejects.toThrow('the directory of keys is not there')
  })

  it('says nothing of times that cannot be read, though they are there', async () => {
    const id = randomUUID()
    fs.mkdirSync(path.join(home, 'keys', `${id}.time`))
    const failed = await store.timeKey(id).catch((error: unknown) => error)
    expect(failed).toBeInstanceOf(KeyUnreadableError)
    expect(failed).toMatchObject({
      message: 'the key to times cannot be read: EISDIR',
      cause: expect.objectContaining({ code: 'EISDIR' }),
    })
  })

  it('lends a key only for as long as it is used, and keeps the one that is there', async () => {
    const id = randomUUID()
    await store.put(id, KEY)
    const other = { ...KEY, privateKey: Buffer.alloc(32, 6) }
    await expect(store.put(id, other)).rejects.toThrow(/EEXIST/)
    let lent: Buffer = Buffer.alloc(0)
    const used = await store.use(id, async ({ privateKey, k }) => {
      lent = privateKey
      return { isSame: privateKey.equals(bytes), k }
    })
    expect(used).toEqual({ isSame: true, k: 6 })
    expect(lent.equals(Buffer.alloc(32, 0))).toBe(true)
    await expect(store.use(id, () => Promise.reject(new Error('failed')))).rejects.toThrow('failed')
  })

  it('is readable by its owner alone, and destroying what is gone does nothing', async () => {
    const id = randomUUID()
    await store.destroy(id)
    await store.put(id, KEY)
    expect(fs.statSync(fileOf(id)).mode & 0o777).toBe(0o600)
    await store.destroy(id)
    await store.destroy(id)
    expect(await store.list()).toEqual([])
  })

  it('writes over a key before it removes it', async () => {
    const id = randomUUID()
    await store.put(id, KEY)
    fs.linkSync(fileOf(id), path.join(home, 'same-bytes'))
    await store.destroy(id)
    const left = fs.readFileSync(path.join(home, 'same-bytes'))
    expect(left.length).toBe(35)
    expect(left.includes(bytes)).toBe(false)
    expect(fs.existsSync(fileOf(id))).toBe(false)
  })
})

describe('the secret', () => {
  it.each(['1', '12', '123', '255'])('takes the id %s', (id) => {
    expect(parseKeyring(secret(id)).current).toBe(Number(id))
  })

  it.each(['0', '256', '1234', 'x1', '-1'])('refuses the id %s, and says how to make one', (id) => {
    expect(() => parseKeyring(secret(id))).toThrow(
      /expected "1:" and 32 random bytes.*openssl rand/,
    )
  })

  it('reads the current one first, with spaces between, and refuses bytes that are not base64 or too few', () => {
    expect([...parseKeyring(`${secret(2)} , ${secret(1)}`).keys.keys()]).toEqual([2, 1])
    expect(() => parseKeyring(`${secret(1)}!`)).toThrow(/expected/)
    expect(() => parseKeyring(`1:${Buffer.alloc(31).toString('base64')}`)).toThrow(/expected/)
    expect(() => parseKeyring(`1:${Buffer.alloc(33).toString('base64')}`)).toThrow(/expected/)
    expect(() => parseKeyring(`${secret(1)},${secret(1)}`)).toThrow(/each id may stand there once/)
  })

  it('is used for nothing itself: each purpose has a key of its own by HKDF', () => {
    const of = (purpose: string) =>
      Buffer.from(hkdfSync('sha256', bytes, Buffer.alloc(0), purpose, 32))
    const keys = Object.entries(parseKeyring(secret(1)).keys.get(1) ?? {}).map(([name, key]) => [
      name,
      key instanceof KeyObject ? key.export() : key,
    ])
    expect(Object.fromEntries(keys)).toEqual({
      psk: of('groupwell/ballot/psk/v1'),
      wrap: of('groupwell/ballot/wrap/v1'),
      calendar: of('groupwell/calendar/v1'),
      report: of('groupwell/report/v1'),
      mydata: of('groupwell/mydata/v1'),
      text: of('groupwell/text/v1'),
      audit: of('groupwell/audit/v1'),
      request: of('groupwell/request/v1'),
      fingerprint: of('groupwell/fingerprint/v1').toString('hex'),
    })
  })

  it('says which key is missing', () => {
    expect(() => keysOf(parseKeyring(secret(1)), 7)).toThrow(
      /key 7 is still needed by an open check-in/,
    )
  })
})

describe('a unit’s key pair', () => {
  it('is X25519, raw, and the halves belong together', () => {
    const { publicKey, privateKey } = newUnitKey()
    expect([publicKey.length, privateKey.length]).toEqual([32, 32])
    const jwk = {
      kty: 'OKP',
      crv: 'X25519',
      x: publicKey.toString('base64url'),
      d: privateKey.toString('base64url'),
    }
    const derived = createPublicKey(createPrivateKey({ key: jwk, format: 'jwk' })).export({
      format: 'jwk',
    })
    expect(derived.x).toBe(jwk.x)
  })
})
