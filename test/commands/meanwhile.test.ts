import { beforeAll, describe, expect, it } from 'vitest'
import { type Filled, lastSeen } from '../../src/simulator/workspace.ts'
import { fill, open, STORES, setUpGroup, startWorld, type World } from '../helpers.ts'

/** Forms that show what is kept: two fields of each, with other values than at first. */
const FORMS = [
  { line: 'schedule', a: { time: '18:15' }, b: { place: 'Room 5' } },
  { line: 'schedule', a: { count: '10' }, b: { link: 'https://call.example.org/5' } },
  { line: 'edit', a: { alias: 'River group' }, b: { holidays: 'DE-BE' } },
  { line: 'edit', a: { isOpen: 'open' }, b: { language: 'es' } },
  { line: 'agreement', a: { goals: 'Meet. Rest.' }, b: { agreement: 'We listen.' } },
  { line: 'contact settings', a: { contactHours: '8' }, b: { staffed1: '09:00-17:00' } },
  { line: 'admin settings', a: { responsible: 'The clinic' }, b: { resultMonths: '6' } },
  { line: 'admin settings', a: { complaints: 'The office' }, b: { language: 'es' } },
  { line: 'admin lines', a: { emergency: '113' }, b: { lines: 'Night line: 0800 555 011' } },
] as const satisfies { line: string; a: Filled; b: Filled }[]

const TABLE = STORES.flatMap((store) =>
  (['slack', 'teams'] as const).map((platform) => ({ store, platform })),
)

describe.each(TABLE)('a form that two have open ($platform, $store)', ({ store, platform }) => {
  let world: World
  let first = ''
  let second = ''
  let admin = ''
  beforeAll(async () => {
    world = await startWorld({ store })
    await setUpGroup(world, platform)
    const { facilitator, supervisor, admin: one, members } = world.casts[platform]
    ;[first, second, admin] = [facilitator, supervisor, one]
    await fill(world[platform], facilitator, 'roster', {
      members,
      facilitators: [facilitator, supervisor],
      supervisors: [],
    })
    await fill(world[platform], admin, 'admin lines', {
      emergency: '112',
      lines: 'Day line: 0800 555 010',
    })
    await world.app.drain()
    const account = await world.db.account.findFirstOrThrow({ where: { externalId: first } })
    await world.db.person.updateMany({ where: { id: account.personId }, data: { isAdmin: true } })
  })

  const shown = (person: string) => {
    const inputs = world[platform].openForm(person)?.surface.inputs ?? []
    return Object.fromEntries(inputs.map(({ name, value }) => [name, value]))
  }
  /** The values that the form shows to somebody who opens it now. */
  const now = async (person: string, line: string) => {
    await open(world[platform], person, line)
    const values = shown(person)
    await world[platform].closeForm(person)
    return values
  }
  const pair = (line: string) => (line.startsWith('admin') ? [first, admin] : [first, second])

  it.each(FORMS)('$line: each writes what they touched', async ({ line, a, b }) => {
    const [one = '', other = ''] = pair(line)
    const hands = world[platform]
    const before = await now(one, line)
    await open(hands, one, line)
    const early = await held(one)
    await fill(hands, other, line, a)
    await early.submit(b)
    await hands.closeForm(one)
    await hands.closeForm(other)
    const after = await now(one, line)
    const changed = { ...a, ...b } as Filled
    for (const [name, value] of Object.entries(changed))
      expect.soft(after[name], name).toEqual(value)
    const others = Object.entries(before).filter(([name]) => !(name in changed))
    for (const [name, value] of others)
      if (name !== 'which' && name !== 'until') expect.soft(after[name], name).toEqual(value)
  })

  /** The form that somebody has open, kept aside while they open it again. */
  const held = async (person: string) => {
    const hands = world[platform]
    if (platform === 'slack') {
      const { state } = world.slack
      const stack = [...(state.stacks.get(person) ?? [])]
      return {
        submit: async (filled: Filled) => {
          state.stacks.set(person, stack)
          return await hands.submit(person, filled)
        },
      }
    }
    const dialog = world.teams.state.dialogs.get(person)
    return {
      submit: async (filled: Filled) => {
        if (dialog) world.teams.state.dialogs.set(person, dialog)
        return await hands.submit(person, filled)
      },
    }
  }

  it('asks where both changed one thing, shows what it is now, and takes it when it is sent again', async () => {
    const hands = world[platform]
    await open(hands, first, 'schedule')
    const early = await held(first)
    await fill(hands, second, 'schedule', { time: '19:00', minutes: '60' })
    await early.submit({ time: '20:00', place: 'Room 6' })
    const cards = hands.journal.seen.filter(({ person }) => person === first)
    expect(cards.at(-1)?.text).toContain(
      'Somebody else has changed this to “19:00”. Send again to keep yours.',
    )
    // Typed values are still there; fields that were left alone show what is kept now.
    expect(shown(first)).toMatchObject({ time: '20:00', place: 'Room 6', minutes: '60' })
    expect(await world.db.schedule.findFirstOrThrow()).toMatchObject({ durationMinutes: 60 })
    await hands.submit(first, {})
    lastSeen(hands.journal, first, 'schedule-done')
    const kept = await world.db.schedule.findFirstOrThrow()
    expect(kept).toMatchObject({ durationMinutes: 60, place: 'Room 6' })
    expect(kept.localStart).toMatch(/T20:00$/)
    await hands.closeForm(first)
  })

  it('takes reminders as one list: what two change of it is asked about', async () => {
    const hands = world[platform]
    const reminders = (one: string, two: string, three: string) => ({
      reminder1: one,
      reminder2: two,
      reminder3: three,
    })
    await fill(hands, first, 'remind', reminders('10080', '1440', '60'))
    await open(hands, first, 'remind')
    const early = await held(first)
    await fill(hands, second, 'remind', reminders('none', '1440', '60'))
    await early.submit({ reminder3: 'none' })
    const cards = hands.journal.seen.filter(({ person }) => person === first)
    expect(cards.at(-1)?.text).toContain('Somebody else has changed this')
    const { reminderMinutes } = await world.db.group.findFirstOrThrow()
    expect(reminderMinutes).toEqual([1440, 60])
    await hands.closeForm(first)
  })

  it('asks anew where a second schedule came beside the one that it shows', async () => {
    const hands = world[platform]
    await open(hands, first, 'schedule')
    const early = await held(first)
    await fill(hands, second, 'schedule', { time: '16:00' })
    await fill(hands, second, 'schedule', {
      which: 'new',
      firstDate: '2026-03-05',
      count: '2',
    })
    await early.submit({ place: 'Room 8' })
    const cards = hands.journal.seen.filter(({ person }) => person === first)
    expect(cards.at(-1)?.text).toContain('Somebody else has changed this')
    const times = (await world.db.schedule.findMany()).map(({ localStart }) => localStart.slice(11))
    expect(times).toContain('16:00')
    await hands.closeForm(first)
  })

  it('is no question where both changed it to the same', async () => {
    const hands = world[platform]
    await open(hands, first, 'remind')
    const early = await held(first)
    await fill(hands, second, 'remind', { reminder1: '240' })
    await early.submit({ reminder1: '240' })
    const cards = hands.journal.seen.filter(({ person }) => person === first)
    expect(cards.at(-1)?.kind).toBe('remind-done')
    await hands.closeForm(first)
  })
})
