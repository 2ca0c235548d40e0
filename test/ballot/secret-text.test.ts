import { randomBytes } from 'node:crypto'
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

  it('shows nothing of itself but its length, and is never the same twice', () => {
    const [one, other] = [sealText(keyring, 'row', WORDS), sealText(keyring, 'row', WORDS)]
    expect(one.equals(other)).toBe(false)
    // version, secret id, nonce of 12, the words, tag of 16
    expect(one.length).toBe(2 + 12 + Buffer.byteLength(WORDS) + 16)
    expect([one[0], one[1]]).toEqual([1, 1])
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
    ['of another version', Buffer.concat([Buffer.from([2, 1]), randomBytes(60)])],
  ])('is refused when it is %s', (_what, bytes) => {
    expect(() => openText(keyring, 'row', bytes)).toThrow('a sealed text has an unknown format')
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
