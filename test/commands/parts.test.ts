import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Hands, lastSeen } from '../../src/simulator/workspace.ts'
import {
  fill,
  moveTo,
  open,
  press,
  SESSION,
  setUpGroup,
  startWorld,
  type World,
} from '../helpers.ts'

const told = (hands: Hands, person: string, kind: string) =>
  hands.journal.seen.filter((seen) => seen.person === person && seen.kind === kind).length

describe.each(['slack', 'teams'] as const)('parts in a group on %s', (platform) => {
  let world: World
  let hands: Hands
  const cast = () => world.casts[platform]
  const send = async (person: string, line: string, values: Parameters<typeof fill>[3]) => {
    await fill(hands, person, line, values)
    const said = hands.journal.seen.findLast((seen) => seen.person === person)?.text ?? ''
    await hands.closeForm(person)
    await world.app.drain()
    return said
  }
  const readPart = async (person: string) => {
    await press(hands, lastSeen(hands.journal, person, 'role-changed'), 'role')
    const said = lastSeen(hands.journal, person, 'role').text
    await hands.closeForm(person)
    return said
  }
  beforeAll(async () => {
    world = await startWorld()
    hands = world[platform]
    await setUpGroup(world, platform)
  })
  afterAll(() => world.end())

  it('are told to who gets one, with what comes with it at any hour', async () => {
    const { supervisor } = cast()
    const notice = lastSeen(hands.journal, supervisor, 'role-changed')
    expect(notice.notification).toBe('Tuesday group: a note for you is ready.')
    expect(await readPart(supervisor)).toContain('You are now a supervisor of Tuesday group.')
    expect(await readPart(supervisor)).toContain('That message comes at any hour.')
  })

  it('are told to a stand-in and to the safety contact, who take it on by knowing it', async () => {
    const { admin, facilitator, supervisor, members } = cast()
    const [one = '', two = ''] = members.slice(6)
    await send(facilitator, 'roster', { members: members.slice(0, 6) })
    await send(admin, 'admin staff', { staff: [facilitator, supervisor, one, two] })
    await send(facilitator, 'contact settings', { contactHours: '24', backup: [one] })
    await send(admin, 'admin settings', { safetyContact: [two] })
    expect(await readPart(one)).toContain('You now stand in for those who lead Tuesday group.')
    expect(await readPart(two)).toContain('You are now the safety contact of all groups here.')
    // Saved again, nobody is told again.
    await send(facilitator, 'contact settings', { contactHours: '48', backup: [one] })
    expect(told(hands, one, 'role-changed')).toBe(1)
  })

  it('tell who waits also to those who are in no group: the stand-in and the safety contact', async () => {
    const { admin, members } = cast()
    const [one = '', two = ''] = members.slice(6)
    await send(admin, 'admin drill', { drill: 'once' })
    await send(members[0] ?? '', 'contact', { text: 'Please call.' })
    await moveTo(world, new Date(world.clock.now().getTime() + 24 * 60 * 60_000))
    const look = async (person: string) => {
      await open(hands, person, 'contact')
      const said = hands.journal.seen.findLast((seen) => seen.person === person)?.text ?? ''
      await hands.closeForm(person)
      return said
    }
    expect(await look(one)).toContain('Tuesday group: Asked on')
    expect(await look(two)).toContain('No one waits to be contacted.')
    // Somebody without any group reads where help is.
    expect(await look(members[7] ?? '')).not.toContain('did not work')
    await send(members[0] ?? '', 'leave', {})
    expect(await look(members[0] ?? '')).toContain('It has reached: your facilitators')
  })

  it('stay as they are when an admin of another platform saves the settings', async () => {
    const other = platform === 'slack' ? 'teams' : 'slack'
    const there = world[other]
    const otherAdmin = world.casts[other].admin
    await fill(there, otherAdmin, 'admin settings', {})
    const said = there.journal.seen.findLast((seen) => seen.person === otherAdmin)?.text
    await there.closeForm(otherAdmin)
    const safety = await world.db.organisation.findFirstOrThrow()
    expect(safety.safetyContactId).not.toBeNull()
    expect(said).toContain('The safety contact is Member')
  })

  it('say when one person stands on two steps, and when nobody is left', async () => {
    const { admin, facilitator, supervisor, members } = cast()
    const [one = '', two = ''] = members.slice(6)
    expect(
      await send(facilitator, 'contact settings', { contactHours: '24', backup: [two] }),
    ).toContain('stands on two steps')
    await send(facilitator, 'contact settings', { contactHours: '24', backup: [one] })
    for (const person of [supervisor, one, two])
      await send(person, 'away', { from: '2026-03-02', until: '2026-12-31' })
    const last = await send(facilitator, 'away', { from: '2026-03-02', until: '2026-12-31' })
    expect(last).toContain('Now nobody is there for: Tuesday group.')
    for (const person of [supervisor, one, two, facilitator])
      await send(person, 'away', { until: '' })
    // One drill now does not end the monthly ones.
    await send(admin, 'admin drill', { drill: 'monthly' })
    expect(await send(admin, 'admin drill', { drill: 'once' })).toContain('by itself each month')
    expect(await send(admin, 'admin drill', { drill: 'none' })).toContain('any more')
  })

  it('are not taken away silently: a supervisor who is taken off is told, and others read a number', async () => {
    const { facilitator, supervisor, members } = cast()
    const before = told(hands, supervisor, 'role-changed')
    await send(facilitator, 'roster', { supervisors: [] })
    expect(told(hands, supervisor, 'role-changed')).toBe(before + 1)
    expect(await readPart(supervisor)).toContain('You have no part in Tuesday group any more.')
    await send(facilitator, 'roster', {
      supervisors: [supervisor],
      members: members.slice(0, 5),
    })
    await hands.type(supervisor, 'digest')
    const digest = () => lastSeen(hands.journal, supervisor, 'digest').text
    if (platform === 'teams')
      await hands.press(lastSeen(hands.journal, supervisor, 'lead-on'), 'Open')
    expect(digest()).toContain('3 members were taken off the list by staff in twelve weeks.')
    await hands.closeForm(supervisor)
  })
})

describe('a group in which people may be in crisis', () => {
  it('has no check-in until somebody can be asked for, or the form says why not', async () => {
    const world = await startWorld()
    const { slack } = world
    const { facilitator, supervisor, members } = world.casts.slack
    await setUpGroup(world)
    await world.db.group.updateMany({ data: { kind: 'dual-diagnosis' } })
    await moveTo(world, SESSION.endsAt)
    const dropped = await world.db.checkIn.findFirstOrThrow({ where: { state: 'dropped' } })
    expect(dropped.reason).toBe('noContact')
    await slack.type(facilitator, 'summary')
    expect(lastSeen(slack.journal, facilitator, 'summary').text).toContain(
      'In this kind of group there must be someone to ask for, and a stand-in',
    )
    await slack.closeForm(facilitator)
    // Somebody to ask for alone is not enough: without a stand-in it ends with one person.
    await fill(slack, facilitator, 'contact settings', { contactHours: '24' })
    await slack.closeForm(facilitator)
    await moveTo(world, new Date('2026-03-10T18:00:00Z'))
    expect(await world.db.checkIn.count({ where: { state: 'open' } })).toBe(0)
    await fill(slack, facilitator, 'contact settings', {
      contactHours: 'none',
      noContact: 'ward',
    })
    await slack.closeForm(facilitator)
    await moveTo(world, new Date('2026-03-17T18:00:00Z'))
    expect(await world.db.checkIn.count({ where: { state: 'open' } })).toBe(1)
    const member = members[0] ?? ''
    await press(slack, lastSeen(slack.journal, member, 'check-in'), 'checkin.answer')
    expect(lastSeen(slack.journal, member, 'check-in-form').text).toContain(
      'You can speak to the staff on your ward at any time.',
    )
    await slack.closeForm(member)
    await fill(slack, facilitator, 'contact settings', {
      contactHours: '24',
      backup: [supervisor],
    })
    await slack.closeForm(facilitator)
    await moveTo(world, new Date('2026-03-24T18:00:00Z'))
    expect(await world.db.checkIn.count({ where: { state: 'open' } })).toBe(1)
  })
})
