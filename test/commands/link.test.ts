import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { parseKeyring } from '../../src/ballot/keyring.ts'
import { readLink, signLink } from '../../src/commands/link.ts'
import { SECRET } from '../helpers.ts'

const keyring = parseKeyring(SECRET)
const holder = {
  organisationId: randomUUID(),
  groupId: randomUUID(),
  personId: randomUUID(),
  until: null,
}
const until = Date.parse('2026-11-26T17:00:00.123Z')

describe('a signed link', () => {
  it('gives its holder back, for good or until an instant', () => {
    expect(readLink(keyring, 'calendar', signLink(keyring, 'calendar', holder))).toEqual(holder)
    const timed = { ...holder, until }
    expect(readLink(keyring, 'report', signLink(keyring, 'report', timed))).toEqual(timed)
  })

  it('opens nothing but what it is for', () => {
    expect(readLink(keyring, 'report', signLink(keyring, 'calendar', holder))).toBeNull()
  })

  it('opens nothing when any of its bits is another, or one is missing or too many', () => {
    const bytes = Buffer.from(signLink(keyring, 'report', { ...holder, until }), 'base64url')
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const forged = Buffer.from(bytes)
      forged[bit >> 3] = (forged[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      expect(readLink(keyring, 'report', forged.toString('base64url'))).toBeNull()
    }
    for (const wrong of [
      bytes.subarray(1),
      Buffer.concat([bytes, Buffer.from([0])]),
      Buffer.alloc(0),
    ])
      expect(readLink(keyring, 'report', wrong.toString('base64url'))).toBeNull()
    // The control: the very bytes do.
    expect(readLink(keyring, 'report', bytes.toString('base64url'))?.until).toBe(until)
  })

  it('keeps the form that calendars were given before: key, three ids, sixteen bytes', () => {
    const bytes = Buffer.from(signLink(keyring, 'calendar', holder), 'base64url')
    expect(bytes).toHaveLength(1 + 3 * 16 + 16)
    expect(bytes.toString('hex', 1, 17)).toBe(holder.organisationId.replaceAll('-', ''))
  })

  it('opens with an older secret while both are given', () => {
    const token = signLink(keyring, 'calendar', holder)
    const newer = parseKeyring(`2:${Buffer.alloc(32, 9).toString('base64')},${SECRET}`)
    expect(readLink(newer, 'calendar', token)).toEqual(holder)
    expect(
      readLink(parseKeyring(`2:${Buffer.alloc(32, 9).toString('base64')}`), 'calendar', token),
    ).toBeNull()
  })
})
