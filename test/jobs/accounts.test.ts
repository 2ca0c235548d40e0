import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { lastSeen } from '../../src/simulator/workspace.ts'
import { fill, open, press, STORES, setUpGroup, startWorld, type World } from '../helpers.ts'

const DAY_MS = 24 * 60 * 60_000
const account = (world: World, externalId: string) =>
  world.db.account.findFirstOrThrow({ where: { externalId } })
const aDayOn = async (world: World) => {
  world.clock.set(new Date(world.clock.now().getTime() + DAY_MS + 60_000))
  await world.app.drain()
}

describe('an account in Slack that is closed', () => {
  let world: World
  beforeAll(async () => {
    world = await startWorld()
    await setUpGroup(world)
  })
  afterAll(() => world.end())

  it('is noticed within a day, though Slack takes messages to it; facilitators read who it is', async () => {
    world.slack.changePerson('UMEMBER3', { isDeactivated: true })
    await aDayOn(world)
    expect(await account(world, 'UMEMBER3')).toMatchObject({
      isDeactivated: true,
      unreachable: 'accountClosed',
    })
    const told = lastSeen(world.slack.journal, 'UFACILITATOR', 'delivery-problem')
    await press(world.slack, told, 'problems')
    expect(lastSeen(world.slack.journal, 'UFACILITATOR', 'problems').text).toContain(
      'Member 3: the account was closed.',
    )
    await world.slack.closeForm('UFACILITATOR')
  })

  it('is asked about once a day, and its new name and time zone are known', async () => {
    const asked = () =>
      world.slack.journal.requests.filter(({ method }) => method === 'users.info').length
    const now = { name: 'Member four', timeZone: 'America/New_York' }
    world.slack.changePerson('UMEMBER4', now)
    await world.app.drain()
    const before = asked()
    await world.app.drain()
    expect(asked()).toBe(before)
    await aDayOn(world)
    expect(asked()).toBeGreaterThan(before)
    expect(await account(world, 'UMEMBER4')).toMatchObject(now)
  })

  it('that is opened again is one that messages reach', async () => {
    world.slack.changePerson('UMEMBER3', { isDeactivated: false })
    await aDayOn(world)
    expect(await account(world, 'UMEMBER3')).toMatchObject({
      isDeactivated: false,
      unreachable: null,
    })
  })

  it('is none where Slack does not know the person: the token may be for another workspace', async () => {
    world.slack.failNext({ method: 'users.info', status: 200, error: 'user_not_found' })
    await aDayOn(world)
    expect(await world.db.account.count({ where: { unreachable: { not: null } } })).toBe(0)
  })

  it('is not looked for while the workspace takes nothing, and nothing is marked then', async () => {
    world.slack.failNext({ method: 'users.info', status: 200, error: 'ekm_access_denied' })
    await aDayOn(world)
    expect(await world.db.account.count({ where: { unreachable: { not: null } } })).toBe(0)
  })
})

describe('Slack’s own bot', () => {
  it('is no member, though Slack calls it a person', async () => {
    const world = await startWorld()
    await setUpGroup(world)
    await fill(world.slack, 'UFACILITATOR', 'roster', { members: ['UMEMBER1', 'USLACKBOT'] })
    expect(world.slack.openForm('UFACILITATOR')?.kind).toBe('roster-form')
    expect(await world.db.rosterEntry.count({ where: { role: 'member' } })).toBe(8)
    await world.end()
  })
})

describe('somebody in Teams who has not opened the app', () => {
  it('stands by name before the facilitators, with what to tell them', async () => {
    const world = await startWorld()
    const { teams } = world
    const { admin, facilitator, supervisor, members } = world.casts.teams
    for (const person of [admin, facilitator, supervisor, ...members.slice(2)])
      await teams.install(person)
    const send = async (person: string, line: string, values: Record<string, unknown>) => {
      await open(teams, person, line)
      await teams.submit(person, values as never)
    }
    await send(admin, 'admin staff', { staff: [facilitator, supervisor] })
    await teams.closeForm(admin)
    await send(facilitator, 'new', { contactHours: 'none', alias: 'Friday group', timeZone: 'UTC' })
    await teams.closeForm(facilitator)
    await send(facilitator, 'roster', {
      members,
      facilitators: [facilitator],
      supervisors: [supervisor],
    })
    const done = lastSeen(teams.journal, facilitator, 'roster-done')
    expect(done.text).toContain('2 people have not opened Groupwell yet')
    await world.app.drain()
    await press(teams, done, 'problems')
    expect(lastSeen(teams.journal, facilitator, 'problems').text).toContain(
      'someone: has not opened Groupwell yet. Ask them to open Apps in Teams',
    )
    await teams.closeForm(facilitator)
    // The group's team knows their names.
    await teams.typeIn('mention', facilitator, 'channel')
    await world.db.group.updateMany({
      data: {
        channelConnectionId: (
          await world.db.connection.findFirstOrThrow({ where: { platform: 'teams' } })
        ).id,
        channelId: `19:${world.workspaces.teams}@thread.tacv2`,
        channelAddress: {
          ...((await account(world, facilitator)).address as object),
          conversationId: `19:${world.workspaces.teams}@thread.tacv2`,
        },
      },
    })
    await aDayOn(world)
    await send(facilitator, 'roster', {})
    await press(teams, lastSeen(teams.journal, facilitator, 'roster-done'), 'problems')
    const text = lastSeen(teams.journal, facilitator, 'problems').text
    expect(text).toContain('Member 1: has not opened Groupwell yet.')
    expect(text).toContain('Member 2: has not opened Groupwell yet.')
    await world.end()
  })
})

describe.each(STORES)('an account of a workspace that another process serves (%s)', (store) => {
  it('is left to that process to look at', async () => {
    const world = await startWorld({ store })
    await setUpGroup(world)
    const organisationId = (await world.db.organisation.findFirstOrThrow()).id
    const [connectionId, personId, id] = [randomUUID(), randomUUID(), randomUUID()]
    const workspace = { platform: 'slack' as const, externalId: 'T9', name: 'Other' }
    await world.db.connection.create({ data: { organisationId, id: connectionId, ...workspace } })
    await world.db.person.create({ data: { organisationId, id: personId, isStaff: true } })
    const strange = { organisationId, id, personId, connectionId, externalId: 'U9' }
    await world.db.account.create({ data: strange })
    await aDayOn(world)
    expect((await account(world, 'UFACILITATOR')).lookedAt).toEqual(world.clock.now())
    expect((await account(world, 'U9')).lookedAt).toBeNull()
  })
})
