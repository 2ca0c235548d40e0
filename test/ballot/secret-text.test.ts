import { createCipheriv, randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { parseKeyring } from '../../src/ballot/keyring.ts'
import { openText, sealText } from '../../src/ballot/secret-text.ts'
import { SECRET } from '../helpers.ts'

const keyring = parseKeyring(SECRET)
const WORDS = 'Bitte rufen Sie an. ¿Cuándo? \u{1F642}'

describe('a text that is sealed', () => {
  it('opens again as it was, for its own row alone', () => {
    const sealed = sealText(keyring, 'row-1', WORDS)
    expect(openText(keyring, 'row-1', sealed)).toBe(WORDS)
    expect(() => openText(keyring, 'row-2', sealed)).toThrow(/unable to authenticate/)
    expect(openText(keyring, 'row-1', sealText(keyring, 'row-1', ''))).toBe('')
  })

  it('shows nothing of itself, not even its length, and is never the same twice', () => {
    const [one, other] = [sealText(keyring, 'row', WORDS), sealText(keyring, 'row', WORDS)]
    expect(one.equals(other)).toBe(false)
    // version, secret id, nonce of 12, the room for words, tag of 16
    expect(one.length).toBe(2 + 12 + 2_048 + 16)
    expect(sealText(keyring, 'row', '').length).toBe(one.length)
    expect(sealText(keyring, 'row', 'x'.repeat(2_046)).length).toBe(one.length)
    expect(() => sealText(keyring, 'row', 'x'.repeat(2_047))).toThrow('does not fit its seal')
    expect([one[0], one[1]]).toEqual([2, 1])
    expect(one.includes(Buffer.from('rufen'))).toBe(false)
  })

  it('does not open when any byte of it was changed', () => {
    const sealed = sealText(keyring, 'row', WORDS)
    for (let index = 0; index < sealed.length; index += 1) {
      const changed = Buffer.from(sealed)
      changed.writeUInt8(changed.readUInt8(index) ^ 1, index)
      expect(() => openText(keyring, 'row', changed)).toThrow()
    }
  })

  it.each([
    ['shorter than an empty one', Buffer.alloc(29, 1)],
    ['of another version', Buffer.concat([Buffer.from([3, 1]), randomBytes(60)])],
  ])('is refused when it is %s', (_what, bytes) => {
    expect(() => openText(keyring, 'row', bytes)).toThrow('a sealed text has an unknown format')
  })

  it('of the first format, which was not padded, opens as well', () => {
    const keys = keyring.keys.get(1)
    if (!keys) throw new Error('no key')
    const [header, nonce] = [Buffer.from([1, 1]), randomBytes(12)]
    const cipher = createCipheriv('aes-256-gcm', keys.text, nonce)
    cipher.setAAD(Buffer.concat([header, Buffer.from('row')]))
    const parts = [header, nonce, cipher.update(WORDS), cipher.final()]
    expect(openText(keyring, 'row', Buffer.concat([...parts, cipher.getAuthTag()]))).toBe(WORDS)
  })

  it('opens with an older secret while both are given; without it the error says what is missing', () => {
    const newer = `2:${Buffer.alloc(32, 9).toString('base64')}`
    const sealed = sealText(keyring, 'row', WORDS)
    const both = parseKeyring(`${newer},${SECRET}`)
    expect(openText(both, 'row', sealed)).toBe(WORDS)
    expect(sealText(both, 'row', WORDS)[1]).toBe(2)
    expect(() => openText(parseKeyring(newer), 'row', sealed)).toThrow(/key 1 is still needed/)
  })
})
