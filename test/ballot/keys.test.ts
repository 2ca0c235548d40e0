import { createPrivateKey, createPublicKey, hkdfSync, randomUUID } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { directoryKeyStore, KeyMissingError } from '../../src/ballot/key-store.ts'
import { parseKeyring } from '../../src/ballot/keyring.ts'
import { newUnitKey } from '../../src/ballot/seal.ts'
import { keysOf } from '../../src/ballot/wrap.ts'
import { ownDir } from '../ends.ts'

const bytes = Buffer.alloc(32, 7)
const secret = (id: number | string) => `${id}:${bytes.toString('base64')}`

describe('the key store', () => {
  let home: string
  let store: ReturnType<typeof directoryKeyStore>
  beforeEach(() => {
    home = ownDir()
    store = directoryKeyStore(path.join(home, 'keys'))
  })

  it('is empty before anything was put, and makes its directory for its owner alone', () => {
    expect(store.list()).toEqual([])
    store.put(randomUUID(), { privateKey: bytes, k: 6, audience: 'shared' })
    expect(fs.statSync(path.join(home, 'keys')).mode & 0o777).toBe(0o700)
  })

  it('takes nothing but a whole UUID for a unit: no path, nothing before or after', () => {
    const id = randomUUID()
    for (const wrong of [`../${id}`, `${id}/../x`, `${id}.key`, `x${id}`, id.slice(1)])
      expect(
        () => store.put(wrong, { privateKey: bytes, k: 6, audience: 'shared' }),
        wrong,
      ).toThrow('a unit id is a UUID')
  })

  it('lists keys with their age, and no other file', () => {
    const id = randomUUID()
    store.put(id, { privateKey: bytes, k: 6, audience: 'shared' })
    fs.writeFileSync(path.join(home, 'keys', 'notes.txt'), 'x')
    const hourAgo = new Date(Date.now() - 3_600_000)
    fs.utimesSync(path.join(home, 'keys', `${id}.key`), hourAgo, hourAgo)
    const [found, ...others] = store.list()
    expect(others).toEqual([])
    expect(found?.unitId).toBe(id)
    expect(Math.abs((found?.ageMs ?? 0) - 3_600_000)).toBeLessThan(60_000)
  })

  it('tells a key that is gone from one that cannot be read', async () => {
    const id = randomUUID()
    const missing = await store.use(id, async () => 0).catch((error: unknown) => error)
    expect(missing).toBeInstanceOf(KeyMissingError)
    expect(missing).toMatchObject({ name: 'KeyMissingError', message: 'the key of a unit is gone' })
    expect((missing as Error).cause).toMatchObject({ code: 'ENOENT' })
    fs.mkdirSync(path.join(home, 'keys', `${id}.key`), { recursive: true })
    await expect(store.use(id, async () => 0)).rejects.toThrow(/EISDIR/)
  })

  it('lends a key only for as long as it is used, and keeps the one that is there', async () => {
    const id = randomUUID()
    store.put(id, { privateKey: bytes, k: 6, audience: 'shared' })
    expect(() =>
      store.put(id, { privateKey: Buffer.alloc(32, 6), k: 5, audience: 'shared' }),
    ).toThrow(/EEXIST/)
    let lent: Buffer = Buffer.alloc(0)
    const used = await store.use(id, async ({ privateKey, k }) => {
      lent = privateKey
      return { isSame: privateKey.equals(bytes), k }
    })
    expect(used).toEqual({ isSame: true, k: 6 })
    expect(lent.equals(Buffer.alloc(32, 0))).toBe(true)
    await expect(store.use(id, () => Promise.reject(new Error('failed')))).rejects.toThrow('failed')
  })

  it('is readable by its owner alone, and destroying what is gone does nothing', () => {
    const id = randomUUID()
    store.destroy(id)
    store.put(id, { privateKey: bytes, k: 6, audience: 'shared' })
    expect(fs.statSync(path.join(home, 'keys', `${id}.key`)).mode & 0o777).toBe(0o600)
    store.destroy(id)
    store.destroy(id)
    expect(store.list()).toEqual([])
  })

  it('writes over a key before it removes it', () => {
    const id = randomUUID()
    store.put(id, { privateKey: bytes, k: 6, audience: 'shared' })
    const file = path.join(home, 'keys', `${id}.key`)
    fs.linkSync(file, path.join(home, 'same-bytes'))
    store.destroy(id)
    const left = fs.readFileSync(path.join(home, 'same-bytes'))
    expect(left.length).toBe(34)
    expect(left.subarray(0, 32).equals(bytes)).toBe(false)
    expect(fs.existsSync(file)).toBe(false)
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
    expect(parseKeyring(secret(1)).keys.get(1)).toEqual({
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
