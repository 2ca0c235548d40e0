import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { run } from '../../src/door/run.ts'
import { type Hands, lastSeen } from '../../src/simulator/workspace.ts'
import { verifyAudit } from '../../src/store/audit-check.ts'
import {
  answer,
  CLOSES,
  dump,
  fill,
  incoming,
  moveTo,
  planMessage,
  press,
  SESSION,
  START,
  STORES,
  setUpGroup,
  startWorld,
  type World,
} from '../helpers.ts'
import { SLACK_ALONE } from '../traits.ts'

const DAY_MS = 24 * 60 * 60_000
const HOUR_MS = 60 * 60_000
const said = (hands: Hands, person: string) =>
  hands.journal.seen.findLast((seen) => seen.person === person)?.text ?? ''
const seen = (world: World, person: string, kind: string) =>
  world.slack.journal.seen.filter((one) => one.person === person && one.kind === kind)
const personOf = async (world: World, externalId: string) =>
  (await world.db.account.findFirstOrThrow({ where: { externalId } })).personId

describe('the agreement', () => {
  let world: World
  beforeAll(async () => {
    world = await startWorld()
    await setUpGroup(world)
  })
  afterAll(() => world.end())

  it('is accepted by members; facilitators see how many, and nowhere who', async () => {
    for (const member of ['UMEMBER1', 'UMEMBER2', 'UMEMBER3']) {
      await press(world.slack, lastSeen(world.slack.journal, member, 'welcome'), 'welcome')
      await world.slack.submit(member, {})
      await world.slack.closeForm(member)
    }
    await world.slack.type('UFACILITATOR', 'agreement')
    const form = said(world.slack, 'UFACILITATOR')
    expect(form).toContain('Accepted by 3 of 8.')
    expect(form).not.toMatch(/Member \d/)
    await world.slack.closeForm('UFACILITATOR')
  })

  it('is put to everybody again when its words change, and to nobody when they stay', async () => {
    await fill(world.slack, 'UFACILITATOR', 'agreement', {})
    expect(said(world.slack, 'UFACILITATOR')).toContain('Nothing was changed.')
    await fill(world.slack, 'UFACILITATOR', 'agreement', {
      goals: 'Walk together.\n- Rest after it.',
      agreement: 'We wait for each other.',
    })
    expect(said(world.slack, 'UFACILITATOR')).toContain('8 members are asked to accept it.')
    await world.app.drain()
    expect(seen(world, 'UMEMBER1', 'welcome')).toHaveLength(2)
    expect(await world.db.rosterEntry.count({ where: { agreedAt: { not: null } } })).toBe(0)
    await world.slack.type('UMEMBER1', 'agreement')
    const shown = said(world.slack, 'UMEMBER1')
    expect(shown).toContain('• Rest after it.')
    expect(shown).toContain('• We wait for each other.')
    await world.slack.closeForm('UMEMBER1')
  })

  it('refuses a diagnosis word, and more lines than one screen', async () => {
    await fill(world.slack, 'UFACILITATOR', 'agreement', { goals: 'Live well with depression.' })
    expect(said(world.slack, 'UFACILITATOR')).toContain('“depression” names an illness.')
    await world.slack.submit('UFACILITATOR', {
      goals: Array.from({ length: 11 }, () => 'Go.').join('\n'),
    })
    expect(said(world.slack, 'UFACILITATOR')).toContain('At most 10 lines, please. There are 11.')
    await world.slack.closeForm('UFACILITATOR')
  })
})

describe('an agreement that changes while somebody reads it', () => {
  it('is not accepted unread', async () => {
    const world = await startWorld()
    await setUpGroup(world)
    await press(world.slack, lastSeen(world.slack.journal, 'UMEMBER1', 'welcome'), 'welcome')
    await fill(world.slack, 'UFACILITATOR', 'agreement', { agreement: 'Other words.' })
    await world.slack.submit('UMEMBER1', {})
    expect(said(world.slack, 'UMEMBER1')).toContain('The words have changed since you opened them.')
    expect(await world.db.rosterEntry.count({ where: { agreedAt: { not: null } } })).toBe(0)
    // The goals were left as the kind has them: each member reads those in their own language.
    expect((await world.db.group.findFirstOrThrow()).goals).toBeNull()
  })
})

describe('who joins and who leaves', () => {
  it('closes a closed group to newcomers once it has met, until its facilitators open it', async () => {
    const world = await startWorld()
    await setUpGroup(world)
    const { members } = world.casts.slack
    await fill(world.slack, 'UFACILITATOR', 'roster', { members: members.slice(0, 7) })
    await fill(world.slack, 'UFACILITATOR', 'roster', { members })
    expect(said(world.slack, 'UFACILITATOR')).toContain('Tuesday group now has 8 members.')
    await fill(world.slack, 'UFACILITATOR', 'roster', { members: members.slice(0, 7) })
    await moveTo(world, CLOSES)
    await fill(world.slack, 'UFACILITATOR', 'roster', { members })
    expect(said(world.slack, 'UFACILITATOR')).toContain(
      'Member 8 cannot join: this is a closed group',
    )
    await world.slack.closeForm('UFACILITATOR')
    await fill(world.slack, 'UFACILITATOR', 'edit', { isOpen: 'open' })
    await fill(world.slack, 'UFACILITATOR', 'roster', { members })
    expect(said(world.slack, 'UFACILITATOR')).toContain('Tuesday group now has 8 members.')
  })

  it.each(['slack', 'teams'] as const)(
    'forgets a member who leaves on %s, answers and all, and sends them nothing more',
    async (platform) => {
      const world = await startWorld()
      await setUpGroup(world, platform)
      const hands: Hands = world[platform]
      const member = world.casts[platform].members[7] ?? ''
      await moveTo(world, SESSION.endsAt)
      for (const one of world.casts[platform].members.slice(0, 5))
        await answer(world, platform, one, '5')
      await answer(world, platform, member, '1')
      const personId = await personOf(world, member)
      await fill(hands, member, 'leave', {})
      expect(said(hands, member)).toContain('All that we knew of you is gone.')
      const left = await dump(world.db, ['AuditEntry'])
      const rows = Object.entries(left).flatMap(([table, own]) =>
        own.filter((row) => row.includes(personId)).map(() => table),
      )
      // The blank in the open check-in stays until it is counted; nothing else names them.
      expect(rows).toEqual(['Ballot'])
      await moveTo(world, CLOSES)
      // Six had answered, one took theirs along: five are too few.
      expect(await world.db.releaseUnit.findMany({ select: { state: true } })).toEqual([
        { state: 'withheld' },
      ])
      const before = hands.journal.seen.filter(({ person }) => person === member).length
      await moveTo(world, new Date('2026-03-10T18:00:00Z'))
      expect(hands.journal.seen.filter(({ person }) => person === member)).toHaveLength(before)
    },
  )

  it('does not let a form that was opened before somebody left bring them back', async () => {
    const world = await startWorld()
    await setUpGroup(world)
    await world.slack.type('UFACILITATOR', 'roster')
    await fill(world.slack, 'UMEMBER8', 'leave', {})
    await world.slack.submit('UFACILITATOR', {})
    expect(said(world.slack, 'UFACILITATOR')).toContain(
      'The list of people has changed since you opened it.',
    )
    expect(await world.db.account.count({ where: { externalId: 'UMEMBER8' } })).toBe(0)
    expect(await world.db.rosterEntry.count({ where: { role: 'member' } })).toBe(7)
  })

  it('forgets who is taken off their last group, and who asks for it', async () => {
    const world = await startWorld()
    await setUpGroup(world)
    await fill(world.slack, 'UFACILITATOR', 'roster', {
      members: world.casts.slack.members.slice(0, 7),
    })
    // They are told, and have a week to say something yet.
    await world.app.drain()
    await press(world.slack, lastSeen(world.slack.journal, 'UMEMBER8', 'removed'), 'removed')
    expect(said(world.slack, 'UMEMBER8')).toContain('taken you off the list of Tuesday group')
    expect(await world.db.account.count({ where: { externalId: 'UMEMBER8' } })).toBe(1)
    await moveTo(world, new Date(START.getTime() + 7 * DAY_MS))
    expect(await world.db.account.count({ where: { externalId: 'UMEMBER8' } })).toBe(0)
    expect(await world.db.removal.count()).toBe(0)
    await world.slack.type('UMEMBER8', 'mydata')
    expect(await world.db.account.count({ where: { externalId: 'UMEMBER8' } })).toBe(1)
    await press(world.slack, lastSeen(world.slack.journal, 'UMEMBER8', 'mydata'), 'forget.me')
    expect(said(world.slack, 'UMEMBER8')).toContain('All that we knew of you is gone.')
    expect(await world.db.account.count({ where: { externalId: 'UMEMBER8' } })).toBe(0)
  })

  it('names each platform for people, also one that another process serves', async () => {
    const world = await startWorld()
    await setUpGroup(world)
    const { services } = world.app
    const slack = await world.db.account.findFirstOrThrow({ where: { externalId: 'UMEMBER1' } })
    const teams = await world.db.connection.findFirstOrThrow({ where: { platform: 'teams' } })
    const { organisationId, personId } = slack
    const id = randomUUID()
    const other = { organisationId, personId, id, connectionId: teams.id, externalId: id }
    await world.db.account.create({ data: other })
    const alone = { ...services, platforms: SLACK_ALONE }
    const reply = JSON.stringify(await run(alone, incoming('UMEMBER1', { verb: 'mydata' })))
    expect(reply).toContain('Microsoft Teams')
    expect(reply).toContain('Slack')
  })

  it('never leaves a group without a facilitator, and keeps staff who leave known as staff', async () => {
    const world = await startWorld()
    await setUpGroup(world)
    await world.slack.type('UFACILITATOR', 'leave')
    expect(said(world.slack, 'UFACILITATOR')).toContain('You are the only facilitator.')
    await fill(world.slack, 'UADMIN', 'admin staff', {
      staff: ['UFACILITATOR', 'USUPERVISOR', 'UADMIN'],
    })
    await fill(world.slack, 'UFACILITATOR', 'roster', { facilitators: ['UFACILITATOR', 'UADMIN'] })
    await fill(world.slack, 'UFACILITATOR', 'leave', {})
    expect(said(world.slack, 'UFACILITATOR')).toContain('You have left Tuesday group.')
    expect(
      (
        await world.db.person.findFirstOrThrow({
          where: { id: await personOf(world, 'UFACILITATOR') },
        })
      ).isStaff,
    ).toBe(true)
    await world.slack.type('UFACILITATOR', 'roster')
    expect(said(world.slack, 'UFACILITATOR')).toContain('You have no group here yet.')
  })

  it('lets a supervisor mend the roster only when no facilitator has an account any more', async () => {
    const world = await startWorld()
    await setUpGroup(world)
    await world.slack.type('USUPERVISOR', 'roster')
    expect(said(world.slack, 'USUPERVISOR')).toContain('This is for facilitators.')
    await world.db.account.updateMany({
      where: { externalId: 'UFACILITATOR' },
      data: { isDeactivated: true },
    })
    await world.slack.type('USUPERVISOR', 'roster')
    expect(world.slack.openForm('USUPERVISOR')?.surface.reading.join('\n')).toContain(
      'Messages do not reach: Facilitator.',
    )
  })

  it('refuses a guest as staff, takes one as member', async () => {
    const world = await startWorld()
    await setUpGroup(world)
    await fill(world.slack, 'UADMIN', 'admin staff', {
      staff: ['UFACILITATOR', 'USUPERVISOR', 'UGUEST'],
    })
    expect(said(world.slack, 'UADMIN')).toContain(
      'Guest cannot be staff: a guest of this workspace.',
    )
    await world.slack.closeForm('UADMIN')
    await fill(world.slack, 'UFACILITATOR', 'roster', {
      members: [...world.casts.slack.members, 'UGUEST'],
    })
    expect(said(world.slack, 'UFACILITATOR')).toContain('Tuesday group now has 9 members.')
  })

  it('takes the new account of somebody who moved to another workspace as a person of their own', async () => {
    const world = await startWorld()
    await setUpGroup(world)
    const { organisationId } = await world.db.group.findFirstOrThrow()
    const old = await world.db.account.findFirstOrThrow({ where: { externalId: 'UMEMBER1' } })
    await world.db.account.updateMany({ where: { id: old.id }, data: { isDeactivated: true } })
    const connection = await world.db.connection.findFirstOrThrow({ where: { platform: 'teams' } })
    for (const { id } of world.casts.teams.people) await world.teams.install(id)
    // Another account of the same person, as an operator who knows them would link it.
    await world.db.account.updateMany({
      where: { connectionId: connection.id, externalId: world.casts.teams.members[0] ?? '' },
      data: { personId: old.personId },
    })
    await moveTo(world, new Date(SESSION.startsAt.getTime() - DAY_MS))
    expect(seen(world, 'UMEMBER1', 'reminder')).toEqual([])
    expect(
      world.teams.journal.seen.filter(
        ({ kind, person }) => kind === 'reminder' && person === world.casts.teams.members[0],
      ),
    ).toHaveLength(1)
    expect(await world.db.rosterEntry.count({ where: { organisationId, role: 'member' } })).toBe(8)
  })
})

describe('people who cannot be reached any more', () => {
  it('are marked, told to the facilitators as a number once a day, named only in the roster, and cleared when they come back', async () => {
    const world = await startWorld()
    await setUpGroup(world)
    // Not there, and not there either when it was opened anew.
    for (const channel of ['DMEMBER1', 'DMEMBER1', 'DMEMBER2', 'DMEMBER2'])
      world.slack.failNext({
        method: 'chat.postMessage',
        channel,
        status: 200,
        error: 'channel_not_found',
      })
    await moveTo(world, new Date(SESSION.startsAt.getTime() - DAY_MS))
    await world.app.drain()
    const notices = seen(world, 'UFACILITATOR', 'delivery-problem')
    expect(notices).toHaveLength(1)
    expect(notices[0]?.text).toContain('Tuesday group: 2 people could not be reached.')
    expect(notices[0]?.text).not.toMatch(/Member \d/)
    await press(
      world.slack,
      lastSeen(world.slack.journal, 'UFACILITATOR', 'delivery-problem'),
      'problems',
    )
    const card = said(world.slack, 'UFACILITATOR')
    expect(
      card.match(
        /Member \d: the account is not there\. Take them off, or add their new account\./g,
      ),
    ).toHaveLength(2)
    await world.slack.closeForm('UFACILITATOR')
    await world.slack.type('UADMIN', 'admin')
    expect(said(world.slack, 'UADMIN')).toContain('2 × reminder: the account is not there.')
    const marked = await world.db.account.findMany({ where: { unreachable: { not: null } } })
    expect(marked).toHaveLength(2)
    await world.slack.type(marked[0]?.externalId ?? '', 'help')
    expect(await world.db.account.count({ where: { unreachable: { not: null } } })).toBe(1)
  })
})

describe('what people choose about their messages', () => {
  it('holds back what they paused or opted out of, never a cancelled session, and shows it to nobody', async () => {
    const world = await startWorld()
    await setUpGroup(world)
    await fill(world.slack, 'UMEMBER1', 'pause', { weeks: '1' })
    expect(said(world.slack, 'UMEMBER1')).toContain('Paused until Monday')
    await fill(world.slack, 'UMEMBER2', 'pause', { reminders: 'no' })
    await fill(world.slack, 'UMEMBER3', 'pause', { checkIns: 'no' })
    await moveTo(world, new Date(SESSION.startsAt.getTime() - HOUR_MS))
    await moveTo(world, SESSION.endsAt)
    const kinds = (person: string) =>
      world.slack.journal.seen
        .filter((one) => one.person === person && ['reminder', 'check-in'].includes(one.kind))
        .map(({ kind }) => kind)
        .sort()
    expect(kinds('UMEMBER1')).toEqual([])
    expect(kinds('UMEMBER2')).toEqual(['check-in'])
    expect(kinds('UMEMBER3')).toEqual(['reminder'])
    expect(kinds('UMEMBER4')).toEqual(['check-in', 'reminder'])
    // They stay on the frozen roster, so nobody can tell by it; and they may answer after all.
    expect(await world.db.ballot.count()).toBe(8)
    await world.slack.type('UMEMBER3', '')
    await press(world.slack, lastSeen(world.slack.journal, 'UMEMBER3', 'home'), 'checkin.answer')
    expect(said(world.slack, 'UMEMBER3')).toContain('I felt part of the group.')
    await world.slack.closeForm('UMEMBER3')
    const next = await world.db.session.findFirstOrThrow({
      where: { startsAt: { gt: SESSION.endsAt } },
      orderBy: { startsAt: 'asc' },
    })
    await fill(world.slack, 'UFACILITATOR', 'cancel', { session: next.id })
    await world.app.drain()
    expect(seen(world, 'UMEMBER1', 'session-cancelled')).toHaveLength(1)
    await world.slack.type('UADMIN', 'admin')
    expect(said(world.slack, 'UADMIN')).toContain('All of it arrived.')
    await moveTo(world, new Date(START.getTime() + 9 * DAY_MS))
    await moveTo(world, new Date('2026-03-17T15:30:00Z'))
    expect(kinds('UMEMBER1')).toEqual(['reminder'])
  })

  it('keeps quiet hours: a reminder waits for their end, one that would come too late does not come, a cancelled session does', async () => {
    const world = await startWorld()
    await setUpGroup(world)
    // The 24-hour reminder is due at 17:30, the other at 16:30 (Berlin).
    await fill(world.slack, 'UMEMBER1', 'pause', { quietFrom: '17:00', quietUntil: '9:00' })
    await fill(world.slack, 'UMEMBER2', 'pause', { quietFrom: '16:00', quietUntil: '17:45' })
    await moveTo(world, new Date(SESSION.startsAt.getTime() - DAY_MS))
    expect(seen(world, 'UMEMBER1', 'reminder')).toHaveLength(0)
    await moveTo(world, new Date('2026-03-03T07:59:00Z'))
    expect(seen(world, 'UMEMBER1', 'reminder')).toHaveLength(0)
    await moveTo(world, new Date('2026-03-03T08:00:00Z'))
    expect(seen(world, 'UMEMBER1', 'reminder')).toHaveLength(1)
    await moveTo(world, new Date(SESSION.startsAt.getTime() - HOUR_MS))
    expect(seen(world, 'UMEMBER2', 'reminder')).toHaveLength(1)
    const dropped = await world.db.delivery.findMany({
      where: { reason: 'quietHours' },
      select: { kind: true, state: true },
    })
    expect(dropped).toEqual([{ kind: 'reminder', state: 'dropped' }])
    const first = await world.db.session.findFirstOrThrow({ orderBy: { startsAt: 'asc' } })
    await fill(world.slack, 'UFACILITATOR', 'cancel', { session: first.id })
    await world.app.drain()
    expect(seen(world, 'UMEMBER2', 'session-cancelled')).toHaveLength(1)
    await fill(world.slack, 'UMEMBER4', 'pause', { quietFrom: '22:00', quietUntil: '' })
    expect(said(world.slack, 'UMEMBER4')).toContain('Please fill in both times, or none.')
  })

  it('shows a person everything that is stored about them, and it is everything', async () => {
    const world = await startWorld()
    await setUpGroup(world)
    await fill(world.slack, 'UMEMBER1', 'pause', {
      quietFrom: '21:00',
      quietUntil: '7:00',
      reminders: 'no',
    })
    await moveTo(world, SESSION.endsAt)
    await world.slack.type('UMEMBER1', 'mydata')
    const shown = said(world.slack, 'UMEMBER1')
    for (const part of [
      'Slack, Demo workspace: Member 1, id UMEMBER1, language en-GB, time zone Europe/Berlin',
      'Tuesday group (Chronic illness support): member. Agreement not accepted yet.',
      'Reminders: no.',
      'Quiet from 21:00 to 07:00.',
      '1 sealed box for a check-in that is not counted yet. Everybody has one, filled or not.',
      'Your answers are not here: once counted, they are gone.',
    ])
      expect(shown).toContain(part)
    // Every table that names this person is spoken of in that card.
    const personId = await personOf(world, 'UMEMBER1')
    const tables = Object.entries(await dump(world.db)).flatMap(([table, rows]) =>
      rows.some((row) => row.includes(personId)) ? [table] : [],
    )
    expect(tables).toEqual(['Account', 'AuditEntry', 'Ballot', 'Delivery', 'Person', 'RosterEntry'])
  })
})

describe('messages to the group', () => {
  it('are shown first, go out when confirmed, again as planned, and stop when told', async () => {
    const world = await startWorld()
    await setUpGroup(world)
    const { slack } = world
    await slack.type('UFACILITATOR', 'message')
    await press(slack, lastSeen(slack.journal, 'UFACILITATOR', 'messages'), 'message.new')
    const text = 'Bring a pen <!channel> & *paper*.'
    await slack.submit('UFACILITATOR', {
      text,
      date: '2026-03-04',
      time: '10:00',
      repeat: 'weekly',
      count: '3',
    })
    const preview = lastSeen(slack.journal, 'UFACILITATOR', 'message-preview')
    expect(preview.text).toContain('Tuesday group: a message for you.')
    expect(preview.text).toContain(text)
    expect(preview.text).toContain('Wednesday 18 March, 10:00 (Berlin time)')
    await moveTo(world, new Date('2026-03-04T08:30:00Z'))
    expect(await world.db.occurrence.count({ where: { kind: 'message' } })).toBe(0)
    await press(slack, preview, 'message.confirm')
    await slack.closeForm('UFACILITATOR')
    await moveTo(world, new Date('2026-03-04T09:00:00Z'))
    const notice = lastSeen(slack.journal, 'UMEMBER1', 'message')
    expect(JSON.stringify(notice.payload)).not.toContain('Bring a pen')
    await press(slack, notice, 'message.read')
    expect(said(slack, 'UMEMBER1')).toContain(text)
    await slack.closeForm('UMEMBER1')
    await moveTo(world, new Date('2026-03-11T09:00:00Z'))
    expect(seen(world, 'UMEMBER1', 'message')).toHaveLength(2)
    await slack.type('UFACILITATOR', 'message')
    await press(slack, lastSeen(slack.journal, 'UFACILITATOR', 'messages'), 'message.stop')
    await moveTo(world, new Date('2026-03-18T09:00:00Z'))
    expect(seen(world, 'UMEMBER1', 'message')).toHaveLength(2)
  })

  it('go back to a draft when they are edited: nothing goes out until they are confirmed again', async () => {
    const world = await startWorld()
    await setUpGroup(world)
    const { slack } = world
    const form = { text: 'First words.', date: '2026-03-04', time: '10:00', repeat: 'once' }
    await planMessage(slack, 'UFACILITATOR', form)
    await slack.type('UFACILITATOR', 'message')
    await press(slack, lastSeen(slack.journal, 'UFACILITATOR', 'messages'), 'message.edit')
    await slack.submit('UFACILITATOR', { ...form, text: 'Better words.' })
    await moveTo(world, new Date('2026-03-04T08:00:00Z'))
    expect(await world.db.occurrence.count({ where: { kind: 'message' } })).toBe(0)
    await press(
      slack,
      lastSeen(slack.journal, 'UFACILITATOR', 'message-preview'),
      'message.confirm',
    )
    await moveTo(world, new Date('2026-03-04T09:00:00Z'))
    expect(seen(world, 'UMEMBER1', 'message')).toHaveLength(1)
    await press(slack, lastSeen(slack.journal, 'UMEMBER1', 'message'), 'message.read')
    expect(said(slack, 'UMEMBER1')).toContain('Better words.')
  })

  it('speak each person’s language, and the organisation’s to who has none', async () => {
    const world = await startWorld()
    await setUpGroup(world)
    await world.db.account.updateMany({
      where: { externalId: 'UMEMBER1' },
      data: { language: 'es-MX' },
    })
    await world.db.account.updateMany({
      where: { externalId: 'UMEMBER2' },
      data: { language: null },
    })
    await fill(world.slack, 'UADMIN', 'admin settings', { language: 'es' })
    await moveTo(world, new Date(SESSION.startsAt.getTime() - DAY_MS))
    const reminder = (person: string) => lastSeen(world.slack.journal, person, 'reminder').text
    expect(reminder('UMEMBER1')).toContain('(hora de Berlin)')
    expect(reminder('UMEMBER2')).toContain('(hora de Berlin)')
    expect(reminder('UMEMBER3')).toContain('(Berlin time)')
  })

  it('go to a private channel as a note that only the group can open; never to a public one, never for dual diagnosis', async () => {
    const world = await startWorld()
    await setUpGroup(world)
    const { slack } = world
    await slack.type('UFACILITATOR', 'channel')
    expect(said(slack, 'UFACILITATOR')).toContain(
      'Type this in the private channel itself: /group channel Tuesday group',
    )
    await slack.typeIn('C0GENERAL', 'UFACILITATOR', 'channel')
    expect(said(slack, 'UFACILITATOR')).toContain('This is not a private channel.')
    await slack.typeIn('C0TUESDAY', 'UFACILITATOR', 'channel')
    expect(said(slack, 'UFACILITATOR')).toContain('Tuesday group can use this channel now.')
    await planMessage(slack, 'UFACILITATOR', {
      text: 'Room 3.',
      target: 'channel',
      date: '2026-03-04',
      time: '10:00',
      repeat: 'once',
    })
    await moveTo(world, new Date('2026-03-04T09:00:00Z'))
    const posted = slack.journal.messages.filter(
      ({ place, author }) => place === 'C0TUESDAY' && author === 'bot',
    )
    expect(posted.filter(({ onlyFor }) => onlyFor === null)).toHaveLength(1)
    const note = slack.journal.seen.findLast(
      ({ kind, audience }) => kind === 'message' && audience === 'channel',
    )
    expect(note?.text).toContain('Tuesday group: a message for you.')
    expect(note?.text).not.toContain('Room 3.')
    expect(
      await world.db.delivery.findFirst({
        where: { kind: 'message' },
        select: { personId: true, state: true },
      }),
    ).toEqual({ personId: null, state: 'sent' })
    await fill(slack, 'UFACILITATOR', 'new', {
      contactHours: 'none',
      alias: 'Second group',
      kind: 'dual-diagnosis',
      timeZone: 'UTC',
    })
    await slack.typeIn('C0TUESDAY', 'UFACILITATOR', 'channel Second group')
    expect(said(slack, 'UFACILITATOR')).toContain(
      'This kind of group uses no channel: being in it is private.',
    )
    await slack.typeIn('C0TUESDAY', 'UFACILITATOR', 'channel Tuesday group')
    await slack.type('UFACILITATOR', 'channel off')
    await press(
      slack,
      lastSeen(slack.journal, 'UFACILITATOR', 'picker'),
      'channel',
      'Tuesday group',
    )
    expect(
      (await world.db.group.findFirstOrThrow({ where: { alias: 'Tuesday group' } })).channelId,
    ).toBeNull()
  })

  it('tell the facilitators when the channel takes them no more', async () => {
    const world = await startWorld()
    await setUpGroup(world)
    const { slack } = world
    await slack.typeIn('C0TUESDAY', 'UFACILITATOR', 'channel')
    await planMessage(slack, 'UFACILITATOR', {
      text: 'Room 3.',
      target: 'channel',
      date: '2026-03-04',
      time: '10:00',
      repeat: 'once',
    })
    await moveTo(world, new Date('2026-03-04T08:59:00Z'))
    slack.failNext({ method: 'chat.postMessage', status: 200, error: 'not_in_channel' })
    await moveTo(world, new Date('2026-03-04T09:00:00Z'))
    expect(lastSeen(slack.journal, 'UFACILITATOR', 'delivery-problem').text).toContain(
      'Tuesday group: a message could not be posted.',
    )
    await slack.type('UADMIN', 'admin')
    expect(said(slack, 'UADMIN')).toContain(
      '1 × message: Groupwell is not in the channel. Invite it, or set another channel.',
    )
  })
})

describe.each(STORES.map((store) => ({ store })))('the end of a group ($store)', ({ store }) => {
  it('waits for an open check-in, says goodbye, deletes on its day, and gives a receipt with numbers alone', async () => {
    const world = await startWorld({ store })
    await setUpGroup(world)
    const { slack } = world
    await moveTo(world, SESSION.endsAt)
    for (let index = 1; index <= 7; index += 1) await answer(world, 'slack', `UMEMBER${index}`, '4')
    await slack.type('UFACILITATOR', 'end')
    expect(said(slack, 'UFACILITATOR')).toContain('A check-in is open.')
    await moveTo(world, CLOSES)
    await fill(slack, 'UFACILITATOR', 'end', { days: '400' })
    expect(said(slack, 'UFACILITATOR')).toContain(
      'Write a whole number from 1 to 365. I got “400”.',
    )
    await slack.submit('UFACILITATOR', { days: '30' })
    expect(said(slack, 'UFACILITATOR')).toContain('It is deleted on Saturday 4 April.')
    await world.app.drain()
    await press(slack, lastSeen(slack.journal, 'UMEMBER1', 'goodbye'), 'goodbye')
    expect(said(slack, 'UMEMBER1')).toContain(
      'What is stored about the group is deleted on Saturday 4 April.',
    )
    // Its staff can read the last result until then.
    await press(slack, lastSeen(slack.journal, 'UFACILITATOR', 'end-done'), 'summary')
    expect(said(slack, 'UFACILITATOR')).toContain('Who answered: most of the group')
    await slack.closeForm('UFACILITATOR')
    expect(lastSeen(slack.journal, 'USUPERVISOR', 'goodbye').text).toContain(
      'a note for you is ready',
    )
    // One member does not want to wait.
    await press(slack, lastSeen(slack.journal, 'UMEMBER1', 'goodbye'), 'goodbye.leave')
    expect(await world.db.account.count({ where: { externalId: 'UMEMBER1' } })).toBe(0)
    await slack.type('UMEMBER2', 'next')
    expect(said(slack, 'UMEMBER2')).toContain('You have no group here yet.')
    // The sessions ahead are cancelled, so that calendars say so.
    const ahead = { startsAt: { gt: CLOSES } }
    expect(await world.db.session.count({ where: { ...ahead, state: 'planned' } })).toBe(0)
    expect(await world.db.session.count({ where: ahead })).toBe(11)
    await moveTo(world, new Date(CLOSES.getTime() + 30 * DAY_MS - 1000))
    expect(await world.db.group.count()).toBe(1)
    await moveTo(world, new Date(CLOSES.getTime() + 30 * DAY_MS))
    for (const table of [
      world.db.group,
      world.db.session,
      world.db.checkIn,
      world.db.releaseUnit,
      world.db.sealedSums,
      world.db.rosterEntry,
    ])
      expect(await (table as typeof world.db.group).count()).toBe(0)
    expect(await world.db.account.count({ where: { externalId: { startsWith: 'UMEMBER' } } })).toBe(
      0,
    )
    await press(slack, lastSeen(slack.journal, 'UFACILITATOR', 'deletion-receipt'), 'receipt')
    const receipt = said(slack, 'UFACILITATOR')
    for (const line of [
      'Members: 7',
      'Sessions: 1',
      'Check-ins: 1',
      'Results: 1',
      'People no longer known: 7',
    ])
      expect(receipt).toContain(line)
    expect(receipt).not.toContain('Tuesday group')
  })

  it('keeps results, sessions, ledger and audit log as long as the rules say, and the shortened chain still verifies', async () => {
    const world = await startWorld({ store })
    await setUpGroup(world)
    await moveTo(world, SESSION.endsAt)
    for (let index = 1; index <= 7; index += 1) await answer(world, 'slack', `UMEMBER${index}`, '4')
    await moveTo(world, CLOSES)
    const { organisationId } = await world.db.group.findFirstOrThrow()
    await fill(world.slack, 'UADMIN', 'admin settings', { resultMonths: '13', ledgerDays: '5' })
    expect(said(world.slack, 'UADMIN')).toContain('Write a whole number from 1 to 12. I got “13”.')
    await world.slack.submit('UADMIN', { resultMonths: '2', ledgerDays: '10' })
    await world.slack.closeForm('UADMIN')
    const counts = async () => ({
      results: await world.db.release.count(),
      old: await world.db.session.count({ where: { startsAt: { lt: CLOSES } } }),
      ledger: await world.db.delivery.count({ where: { endedAt: { lt: CLOSES } } }),
    })
    await moveTo(world, new Date(CLOSES.getTime() + 7 * DAY_MS))
    expect(await counts()).toMatchObject({ results: 1, old: 1 })
    // Eight notes of the check-in, and the question for the headcount.
    expect((await counts()).ledger).toBe(9)
    await moveTo(world, new Date(CLOSES.getTime() + 11 * DAY_MS))
    expect(await counts()).toEqual({ results: 1, old: 1, ledger: 0 })
    await moveTo(world, new Date('2026-05-05T17:00:00Z'))
    expect((await counts()).results).toBe(1)
    await moveTo(world, new Date('2026-05-05T19:00:00Z'))
    // The programme's last session is in May: until two months after it they stay, to be counted.
    expect(await counts()).toEqual({ results: 0, old: 1, ledger: 0 })
    await moveTo(world, new Date('2026-07-20T19:00:00Z'))
    expect(await counts()).toEqual({ results: 0, old: 0, ledger: 0 })
    const { keyring } = world.app.services.ballotKeys
    const before = await verifyAudit({ tx: world.store, organisationId }, keyring)
    expect(before.brokenAt).toBeNull()
    // Six years of digests would be another test.
    await world.db.occurrence.deleteMany({ where: { kind: 'digest' } })
    await moveTo(world, new Date('2032-03-02T10:00:00Z'))
    const after = await verifyAudit({ tx: world.store, organisationId }, keyring)
    expect(after).toMatchObject({ length: before.length, brokenAt: null, resealedAt: [] })
    expect(await world.db.auditEntry.count()).toBeLessThan(before.length)
    const { auditForgotten } = await world.db.organisation.findFirstOrThrow({
      where: { id: organisationId },
    })
    // A chain that lost one entry more than it says does not verify.
    await world.db.auditEntry.deleteMany({ where: { number: auditForgotten + 1 } })
    expect(
      (await verifyAudit({ tx: world.store, organisationId }, keyring)).brokenAt,
    ).not.toBeNull()
  })
})
