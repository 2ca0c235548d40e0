import { randomUUID } from 'node:crypto'
import { afterEach, describe, expect, it } from 'vitest'
import { run } from '../../src/door/run.ts'
import { createWatch } from '../../src/jobs/watch.ts'
import { lastSeen } from '../../src/simulator/workspace.ts'
import { deliveryId } from '../../src/store/outbox.ts'
import { fill, incoming, press } from '../helpers.ts'
import { HOUR_MS, type Setting, type Stage, setStage } from './stage.ts'

/** A second reading found these: ways in which a request could have been lost or closed unheard. */
describe.each(['slack', 'teams'] as const)('at the edges of the way on %s', (platform) => {
  let stage: Stage
  const set = async (setting?: Setting) => {
    stage = await setStage('embedded', platform, setting)
    return stage
  }
  afterEach(() => stage.world.end())
  const row = () => stage.world.db.contactRequest.findFirstOrThrow()
  const personOf = async (externalId: string) =>
    (await stage.world.db.account.findFirstOrThrow({ where: { externalId } })).personId

  it('a group that ended long ago stands in the digest as long as somebody waits there', async () => {
    const { facilitator, supervisor, members, ...s } = await set()
    await s.ask(members[0] ?? '', 'About the facilitator.', 'others')
    await s.send(facilitator, 'end', { days: '1' })
    await s.to('2026-04-10T09:00:00Z')
    const digest = await s.look(supervisor, 'digest')
    expect(digest).toContain('Someone waits to be contacted since Monday 2 March.')
    expect(lastSeen(s.hands.journal, supervisor, 'digest-notice').at > '2026-04-01').toBe(true)
    await s.act(supervisor, 'contact-request', 'contact.read', 'contact.reached')
    await s.to('2026-04-30T09:00:00Z')
    expect(await s.look(supervisor, 'digest')).not.toContain('Someone waits')
  })

  it('staff see what waits for them in every group, whatever their part in it is', async () => {
    const { admin, facilitator, backup, members, ...s } = await set()
    await s.send(admin, 'admin settings', { safetyContact: [] })
    await s.send(backup, 'new', {
      contactHours: 'none',
      alias: 'Friday group',
      timeZone: 'Europe/Berlin',
    })
    await s.ask(members[0] ?? '', 'Please call.')
    await s.to('2026-03-02T12:00:00Z')
    expect(await s.look(backup, 'contact')).toContain('Tuesday group: Asked on')
    // With a second group of their own nothing has to be chosen first.
    await s.send(facilitator, 'new', {
      contactHours: 'none',
      alias: 'Monday group',
      timeZone: 'Europe/Berlin',
    })
    expect(await s.look(facilitator, 'contact')).toContain('Asked on')
  })

  it('a card of the first round does not close the second', async () => {
    const { facilitator, supervisor, members, ...s } = await set()
    const [member = ''] = members
    await s.ask(member, 'Please.')
    await s.act(facilitator, 'contact-request', 'contact.read')
    const old = lastSeen(s.hands.journal, facilitator, 'contact')
    await s.act(facilitator, 'contact', 'contact.tried')
    await s.act(member, 'contact-closed', 'contact.status', 'contact.deny')
    await press(s.hands, old, 'contact.reached')
    expect(lastSeen(s.hands.journal, facilitator, 'contact').text).toContain(
      'Please take it first.',
    )
    expect(await row()).toMatchObject({ closedAt: null, round: 2 })
    await s.hands.closeForm(facilitator)
    await s.act(supervisor, 'contact-request', 'contact.read', 'contact.seen')
    await s.act(supervisor, 'contact', 'contact.reached')
    expect((await row()).closedAt).not.toBeNull()
  })

  it('who took the waiting member off the list does not close the request', async () => {
    const { facilitator, backup, supervisor, members, ...s } = await set()
    const [member = '', ...others] = members
    await s.ask(member, 'It is about the facilitator.')
    await s.act(facilitator, 'contact-request', 'contact.read')
    const old = lastSeen(s.hands.journal, facilitator, 'contact')
    await s.send(facilitator, 'roster', { members: others })
    await s.world.app.drain()
    const read = await s.act(facilitator, 'contact-request', 'contact.read')
    expect(read).toContain('a supervisor or the safety contact closes it')
    await press(s.hands, old, 'contact.reached')
    await s.hands.closeForm(facilitator)
    await s.act(facilitator, 'contact-request', 'contact.read', 'contact.seen')
    expect((await row()).closedAt).toBeNull()
    expect(s.got(backup)).toHaveLength(1)
    await s.act(supervisor, 'contact-request', 'contact.read', 'contact.reached')
    expect((await row()).closedAt).not.toBeNull()
  })

  it('who has it and goes away leaves it to their stand-in, who is told', async () => {
    const { facilitator, safety, members, ...s } = await set()
    const [member = ''] = members
    await s.ask(member, 'Please.')
    await s.act(facilitator, 'contact-request', 'contact.read', 'contact.seen')
    await s.send(facilitator, 'away', {
      from: '2026-03-02',
      until: '2026-03-06',
      standIn: [safety],
    })
    await s.world.app.drain()
    expect(s.got(safety)).toEqual(['2026-03-02T09:00 request'])
    expect((await row()).holderId).toBe(await personOf(safety))
    expect(await s.act(safety, 'contact-request', 'contact.read')).toContain('You have it.')
    const acts = await s.world.db.auditEntry.findMany({ where: { action: 'contact.passed' } })
    expect(acts).toHaveLength(1)
    await s.to('2026-03-03T09:00:00Z')
    expect(s.got(safety)).toContain('2026-03-03T09:00 reminder')
  })

  it('a lost note of the second round goes out again, though the first round’s arrived in that hour', async () => {
    const { facilitator, members, ...s } = await set()
    const [member = ''] = members
    await s.ask(member, 'Please.')
    await s.act(facilitator, 'contact-request', 'contact.read', 'contact.tried')
    await s.act(member, 'contact-closed', 'contact.status', 'contact.deny')
    expect(s.got(facilitator)).toHaveLength(2)
    const { organisationId, id } = await row()
    const personId = await personOf(facilitator)
    await s.world.db.delivery.update({
      where: {
        organisationId_id: {
          organisationId,
          id: deliveryId(organisationId, `contact ${id} 2`, personId),
        },
      },
      data: { state: 'dropped', reason: 'unknown' },
    })
    await s.to('2026-03-02T10:30:00Z')
    expect(s.got(facilitator)).toHaveLength(3)
  })

  it('two of the staff press at once: one end, one question', async () => {
    const { facilitator, supervisor, members, ...s } = await set()
    const [member = ''] = members
    await s.ask(member, 'Please.')
    await s.to('2026-03-02T13:00:00Z')
    for (const person of [facilitator, supervisor])
      await s.act(person, 'contact-request', 'contact.read')
    await Promise.all([
      press(s.hands, lastSeen(s.hands.journal, facilitator, 'contact'), 'contact.tried'),
      press(s.hands, lastSeen(s.hands.journal, supervisor, 'contact'), 'contact.reached'),
    ])
    await s.world.app.drain()
    expect(s.got(member).filter((one) => one.endsWith('closed'))).toHaveLength(1)
    const ends = await s.world.db.auditEntry.findMany({
      where: { action: { in: ['contact.tried', 'contact.reached'] } },
    })
    expect(ends).toHaveLength(1)
  })

  it('two processes watch at once, and one of them has a clock that goes wrong: one note', async () => {
    const { admin, facilitator, ...s } = await set({
      hasBackup: false,
      hasSupervisor: false,
      hasSafety: false,
    })
    await s.send(facilitator, 'away', { from: '2026-03-02', until: '2026-03-10' })
    const watches = [createWatch(s.world.app.services), createWatch(s.world.app.services)]
    await Promise.all(watches.map((watch) => watch.run()))
    const now = s.world.clock.now().getTime()
    for (const hours of [-3, 2, -1, 0]) {
      s.world.clock.set(new Date(now + hours * HOUR_MS))
      await Promise.all(watches.map((watch) => watch.run()))
    }
    await s.world.app.drain()
    expect(s.got(admin)).toHaveLength(1)
  })

  it('nobody on the way is made a member, and who leads a group is no stand-in of it', async () => {
    const { facilitator, backup, safety, members, ...s } = await set()
    for (const person of [backup, safety])
      expect(await s.send(facilitator, 'roster', { members: [...members, person] })).toContain(
        'cannot be a member: requests of this group come to them',
      )
    expect(
      await s.send(facilitator, 'contact settings', {
        contactHours: '4',
        backup: [facilitator],
      }),
    ).toContain('leads the group already')
    expect((await s.world.db.group.findFirstOrThrow()).backupId).toBe(await personOf(backup))
  })

  it('a stand-in or safety contact who is not staff any more is none: digest and admin say so', async () => {
    const { admin, facilitator, supervisor, ...s } = await set()
    await s.send(admin, 'admin staff', { leaving: [s.backup, s.safety] })
    expect(await s.look(supervisor, 'digest')).toContain('no stand-in is set up')
    await s.hands.type(admin, 'admin')
    expect(lastSeen(s.hands.journal, admin, 'admin').text).toContain(
      'Nothing reaches the safety contact now.',
    )
    // Where people may be in crisis, no check-in opens on the strength of a stand-in who has gone.
    await s.world.db.group.updateMany({ data: { kind: 'dual-diagnosis' } })
    await s.to('2026-03-03T18:00:00Z')
    const dropped = await s.world.db.checkIn.findFirstOrThrow({ where: { state: 'dropped' } })
    expect(dropped.reason).toBe('noContact')
  })

  it('a drill ends with its group’s offer, and goes on past a step that has gone', async () => {
    const { admin, facilitator, supervisor, backup, safety, ...s } = await set()
    expect(await s.look(supervisor, 'digest')).not.toContain('came through')
    await s.send(admin, 'admin drill', { drill: 'once' })
    await s.world.app.drain()
    for (const person of [facilitator, backup, supervisor])
      await s.act(person, 'contact-request', 'contact.read', 'contact.seen')
    expect((await row()).closedAt).toBeNull()
    await s.to('2026-03-02T09:30:00Z')
    await s.send(admin, 'admin settings', { safetyContact: [] })
    await s.world.app.drain()
    expect(await row()).toMatchObject({ outcome: 'reached' })
    expect((await s.world.db.group.findFirstOrThrow()).drilledAt).not.toBeNull()
    await s.send(admin, 'admin settings', { safetyContact: [safety] })
    await s.send(admin, 'admin drill', { drill: 'once' })
    await s.send(facilitator, 'contact settings', { contactHours: 'none' })
    await s.to('2026-03-04T10:00:00Z')
    expect(await s.world.db.contactRequest.count({ where: { closedAt: null } })).toBe(0)
    expect(s.got(facilitator).filter((one) => one.endsWith('reminder'))).toEqual([])
  })

  it('a request of each of two groups that somebody left can be reached', async () => {
    const { facilitator, backup, supervisor, members, ...s } = await set()
    const [member = ''] = members
    await s.send(backup, 'new', {
      contactHours: '4',
      alias: 'Friday group',
      timeZone: 'Europe/Berlin',
    })
    await s.send(backup, 'roster', {
      members: [member],
      facilitators: [backup],
      supervisors: [supervisor],
    })
    await s.world.app.drain()
    for (const alias of ['Tuesday group', 'Friday group']) {
      await s.send(member, `contact ${alias}`, { text: alias, to: 'facilitators' })
      await s.send(member, `leave ${alias}`, {})
    }
    const said = await s.look(member, 'contact')
    expect(said).toContain('Tuesday group: Your own request.')
    expect(said).toContain('Friday group: Your own request.')
    expect(await s.act(member, 'contacts', 'contact.status')).toContain('No one has seen it yet.')
    // They become staff: their own requests stand beside those that wait for them.
    await s.world.db.person.updateMany({
      where: { id: await personOf(member) },
      data: { isStaff: true },
    })
    expect(await s.look(member, 'contact')).toContain('Your own request.')
    expect(await s.look(facilitator, 'contact')).not.toContain('Your own request.')
  })

  it('for whom it is, is asked again, and never chosen for somebody', async () => {
    const { members, ...s } = await set()
    const group = await s.world.db.group.findFirstOrThrow()
    const connection = await s.world.db.connection.findFirstOrThrow({ where: { platform } })
    const reply = await run(
      s.world.app.services,
      incoming(members[0] ?? '', {
        platform,
        workspaceId: connection.externalId,
        verb: 'contact.submit',
        via: 'form',
        input: { id: group.id, values: { text: 'About the facilitator.' } },
      }),
    )
    expect(reply).toMatchObject({
      type: 'errors',
      fields: { to: 'Please choose who should see it.' },
    })
    expect(await s.world.db.contactRequest.count()).toBe(0)
  })

  it('a connection that takes nothing for long reaches nobody; a moment of trouble changes nothing', async () => {
    const { facilitator, backup, safety, members, ...s } = await set()
    const other = platform === 'slack' ? ('teams' as const) : ('slack' as const)
    const cast = s.world.casts[other]
    // The stand-in is on the other platform alone.
    const connection = await s.world.db.connection.findFirstOrThrow({ where: { platform: other } })
    await s.world.db.account.updateMany({
      where: { externalId: backup },
      data: { connectionId: connection.id, externalId: cast.supervisor, address: { id: 'D1' } },
    })
    await s.send(facilitator, 'away', { from: '2026-03-02', until: '2026-03-06' })
    const since = (ms: number) =>
      s.world.db.connection.update({
        where: {
          organisationId_id: { organisationId: connection.organisationId, id: connection.id },
        },
        data: { trouble: 'tokenRefused', troubleSince: new Date(Date.now() - ms) },
      })
    await since(10 * 60_000)
    expect(await s.look(members[0] ?? '', 'contact')).toContain('It goes to the one who stands in')
    await since(2 * HOUR_MS)
    expect(await s.look(members[0] ?? '', 'contact')).toContain('It goes to their supervisor')
    expect(safety).not.toBe('')
  })
})

describe('between two platforms', () => {
  let stage: Stage
  afterEach(() => stage.world.end())

  it('a reader elsewhere reads the name and where that person is, and saving there takes nobody off', async () => {
    stage = await setStage('embedded', 'slack')
    const { world, facilitator, backup, supervisor, safety, members, ...s } = stage
    const there = world.teams
    const [reader = ''] = world.casts.teams.members
    const { admin } = world.casts.teams
    const send = async (person: string, line: string, values: Parameters<typeof fill>[3]) => {
      await fill(there, person, line, values)
      const said = there.journal.seen.findLast((seen) => seen.person === person)?.text ?? ''
      await there.closeForm(person)
      return said
    }
    await there.install(reader)
    await send(admin, 'admin staff', { staff: [reader] })
    await send(admin, 'admin settings', { safetyContact: [reader] })
    await s.send(facilitator, 'away', { from: '2026-03-02', until: '2026-12-31' })
    for (const person of [backup, supervisor])
      await s.send(person, 'away', { from: '2026-03-02', until: '2026-12-31' })
    await s.ask(members[0] ?? '', 'Please call.')
    await press(there, lastSeen(there.journal, reader, 'contact-request'), 'contact.read')
    const card = lastSeen(there.journal, reader, 'contact').text
    expect(card).toContain('Member 1 asks to be contacted.')
    expect(card).toContain('You find them in Slack.')
    expect(card).not.toContain('closed')
    await press(there, lastSeen(there.journal, reader, 'contact'), 'contact.seen')
    expect(await s.look(members[0] ?? '', 'contact')).toContain('Member 1 has it since')

    // The facilitator has a Teams account too, and saves from there.
    const [own] = await world.db.account.findMany({ where: { externalId: facilitator } })
    const teams = world.casts.teams.facilitator
    await there.install(teams)
    await world.db.account.updateMany({
      where: { externalId: teams },
      data: { personId: own?.personId ?? '' },
    })
    const backupId = (await world.db.group.findFirstOrThrow()).backupId
    await send(teams, 'contact settings', { contactHours: '8' })
    expect(await world.db.group.findFirstOrThrow()).toMatchObject({ backupId, contactHours: 8 })
    await s.send(facilitator, 'away', {
      from: '2026-03-02',
      until: '2026-03-20',
      standIn: [safety],
    })
    const { standInId } = await world.db.person.findFirstOrThrow({ where: { id: own?.personId } })
    expect(standInId).not.toBeNull()
    await send(teams, 'away', { from: '2026-03-02', until: '2026-03-25' })
    expect(
      (await world.db.person.findFirstOrThrow({ where: { id: own?.personId } })).standInId,
    ).toBe(standInId)
  })
})

describe('a drill in many groups', () => {
  it('begins within one request, and each goes out in a transaction of its own', async () => {
    const stage = await setStage('embedded', 'slack')
    const { world, admin, facilitator, ...s } = stage
    const [group] = await world.db.group.findMany()
    const places = await world.db.rosterEntry.findMany({ where: { role: { not: 'member' } } })
    const ids = Array.from({ length: MANY }, () => randomUUID())
    const { staffedTimes: _, defaultReminders: __, ...rest } = group as Record<string, unknown>
    for (const [index, id] of ids.entries())
      await world.db.group.create({ data: { ...rest, id, alias: `Group ${index}` } as never })
    await world.db.rosterEntry.createMany({
      data: ids.flatMap((groupId) => places.map((place) => ({ ...place, groupId }))),
    })
    expect(await s.send(admin, 'admin drill', { drill: 'once' })).toContain(
      `A drill has begun in ${MANY + 1} groups.`,
    )
    await world.app.drain()
    // The platform takes so many to one person at its own pace.
    expect(await world.db.delivery.count({ where: { kind: 'contact-request' } })).toBe(MANY + 1)
    // Neither does an absence wait for all of them.
    expect(
      await s.send(facilitator, 'away', { from: '2026-03-02', until: '2026-03-06' }),
    ).toContain('You are away from')
    await world.end()
  })
})

const MANY = 200
