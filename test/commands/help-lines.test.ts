import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Hands, lastSeen } from '../../src/simulator/workspace.ts'
import { fill, moveTo, press, SESSION, setUpGroup, startWorld, type World } from '../helpers.ts'

const DAY_MS = 24 * 60 * 60_000
const said = (hands: Hands, person: string) =>
  hands.journal.seen.findLast((seen) => seen.person === person)?.text ?? ''

describe.each(['slack', 'teams'] as const)('an organisation’s own help lines on %s', (platform) => {
  let world: World
  let hands: Hands
  const admin = () => world.casts[platform].admin
  const member = () => world.casts[platform].members[0] ?? ''
  const save = async (filled: Record<string, string>) => {
    await fill(hands, admin(), 'admin lines', filled)
    const text = said(hands, admin())
    await hands.closeForm(admin())
    return text
  }
  beforeAll(async () => {
    world = await startWorld()
    hands = world[platform]
    await setUpGroup(world, platform)
  })
  afterAll(() => world.end())

  it.each([
    [{ emergency: 'call us', lines: 'Night line: 0800 555 010' }, 'Expected a number to dial'],
    [{ emergency: '112', lines: '' }, 'Expected one to 4 rows. Got 0.'],
    [{ emergency: '112', lines: 'Night line' }, 'Expected “Name: number”'],
    [{ emergency: '112', lines: 'Night line: ask at the desk' }, 'Expected “Name: number”'],
    [{ emergency: '112', lines: 'a: 1\nb: 2\nc: 3\nd: 4\ne: 5' }, 'Got 5.'],
  ])('are refused with what was expected: %j', async (filled, expected) => {
    expect(await save(filled)).toContain(expected)
    expect((await world.db.organisation.findFirstOrThrow()).crisisLines).toBeNull()
  })

  it('stand before question one and after the last from then on', async () => {
    const lines = 'Night line: 0800 555 010\nClinic, day and night: +49 30 555 0199'
    expect(await save({ emergency: '112', lines })).toContain('From now on everyone sees this:')
    await moveTo(world, SESSION.endsAt)
    await press(hands, lastSeen(hands.journal, member(), 'check-in'), 'checkin.answer')
    expect(said(hands, member())).toContain('Night line: 0800 555 010')
    expect(said(hands, member())).toContain('+49 30 555 0199')
    // One of the built-in lines stands behind them.
    expect(said(hands, member())).toMatch(/555 010 .*555 0199 · TelefonSeelsorge/)
    await hands.submit(member(), { belonging: '3' })
    expect(said(hands, member())).toContain('Night line: 0800 555 010')
    await hands.closeForm(member())
    expect(await world.db.auditEntry.count({ where: { action: 'helpLines.changed' } })).toBe(1)
  })

  it('are called old after 180 days, until somebody saves them again', async () => {
    await hands.type(admin(), 'admin')
    expect(said(hands, admin())).not.toContain('are old')
    await moveTo(world, new Date(SESSION.endsAt.getTime() + 182 * DAY_MS))
    await hands.type(admin(), 'admin')
    expect(said(hands, admin())).toContain('Help lines that your people read are old.')
  })

  it('give way to the built-in ones when both fields are empty', async () => {
    expect(await save({ emergency: '', lines: '' })).toContain('TelefonSeelsorge: 0800 111 0111')
  })
})
