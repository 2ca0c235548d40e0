import { describe, expect, it } from 'vitest'
import { PlatformError } from '../../src/platform.ts'
import { ensureConnection, findConnection } from '../../src/store/access.ts'
import { fill, moveTo, SESSION, STORES, setUpGroup, startWorld, type World } from '../helpers.ts'

const DAY_MS = 24 * 60 * 60_000
const dayBefore = new Date(SESSION.startsAt.getTime() - DAY_MS)
const organisationOf = async (world: World) => (await world.db.organisation.findFirstOrThrow()).id
const reminded = (world: World, platform: 'slack' | 'teams') =>
  new Set(
    world[platform].journal.seen
      .filter(({ kind }) => kind === 'reminder')
      .map(({ person }) => person),
  ).size

describe.each(STORES)('what was learnt once and is not so any more (%s)', (store) => {
  it('is a direct chat in Slack: it is opened anew, everybody is reached, nobody is marked', async () => {
    const world = await startWorld({ store })
    await setUpGroup(world)
    await moveTo(world, new Date(world.clock.now().getTime() + 60_000))
    // As after the app was set up anew, or the workspace moved into an organisation.
    await world.db.account.updateMany({ data: { address: { directChannel: 'DGONE' } } })
    await moveTo(world, dayBefore)
    expect(reminded(world, 'slack')).toBe(9)
    expect(await world.db.account.count({ where: { unreachable: { not: null } } })).toBe(0)
    const stale = { path: ['directChannel'], equals: 'DGONE' }
    const members = { externalId: { startsWith: 'UMEMBER' }, address: stale }
    expect(await world.db.account.count({ where: members })).toBe(0)
    const posts = () =>
      world.slack.journal.requests.filter(({ method }) => method === 'conversations.open').length
    const before = posts()
    await moveTo(world, new Date(SESSION.startsAt.getTime() - 60 * 60_000))
    expect(posts()).toBe(before)
  })

  it('is a direct chat that cannot be opened anew: that person is marked, the others are not', async () => {
    const world = await startWorld({ store })
    await setUpGroup(world)
    await world.db.account.updateMany({ data: { address: { directChannel: 'DGONE' } } })
    const gone = { method: 'conversations.open', channel: 'UMEMBER1', status: 200 } as const
    world.slack.failNext({ ...gone, error: 'user_not_found' })
    await moveTo(world, dayBefore)
    expect(reminded(world, 'slack')).toBe(8)
    const marked = await world.db.account.findMany({ where: { unreachable: { not: null } } })
    expect(marked.map(({ externalId }) => externalId)).toEqual(['UMEMBER1'])
    // Their own act takes the mark away, and they are reached again.
    await world.slack.type('UMEMBER1', 'next')
    await moveTo(world, new Date(SESSION.startsAt.getTime() - 60 * 60_000))
    expect(
      world.slack.journal.seen.filter(
        ({ kind, person }) => kind === 'reminder' && person === 'UMEMBER1',
      ),
    ).toHaveLength(1)
  })

  it('is an address in Teams: who left and is taken in again is welcomed where they have the app', async () => {
    const world = await startWorld({ store })
    await setUpGroup(world, 'teams')
    const { facilitator, members } = world.casts.teams
    const [back = '', ...others] = members
    await fill(world.teams, back, 'leave', {})
    await world.app.drain()
    expect(await world.db.account.count({ where: { externalId: back } })).toBe(0)
    await fill(world.teams, facilitator, 'roster', { members: [back, ...others] })
    await world.app.drain()
    const welcomes = world.teams.journal.seen.filter(
      ({ kind, person }) => kind === 'welcome' && person === back,
    )
    expect(welcomes).toHaveLength(2)
    await moveTo(world, dayBefore)
    expect(reminded(world, 'teams')).toBe(9)
    // Somebody who never had the app is waited for, as before.
    const never = '00000000-0000-4000-8000-0000000001ff'
    const account = await world.db.account.findFirstOrThrow({ where: { externalId: back } })
    expect(account.address).toMatchObject({ botId: expect.stringMatching(/^28:/) })
    const outgoing = {
      workspaceId: world.workspaces.teams,
      recipient: { type: 'person', externalId: never, address: null } as const,
      notice: welcomes[0] as never,
    }
    const teams = world.app.platforms.find(({ name }) => name === 'teams')
    const error = await teams?.send(outgoing).catch((one: unknown) => one)
    expect(error).toBeInstanceOf(PlatformError)
    expect(error).toMatchObject({ attempt: { outcome: 'notYet', reason: 'notOpened' } })
  })

  it('is a chat in Teams that somebody removed: it is opened anew, and everybody is reached', async () => {
    const world = await startWorld({ store })
    await setUpGroup(world, 'teams')
    for (const { id, address } of await world.db.account.findMany())
      await world.db.account.update({
        where: { organisationId_id: { organisationId: await organisationOf(world), id } },
        data: { address: { ...(address as object), conversationId: 'a:gone' } },
      })
    await moveTo(world, dayBefore)
    expect(reminded(world, 'teams')).toBe(9)
    expect(await world.db.account.count({ where: { unreachable: { not: null } } })).toBe(0)
  })

  it('is a chat that Teams cannot open just now: nobody is marked, and it arrives later', async () => {
    const world = await startWorld({ store })
    await setUpGroup(world, 'teams')
    const [member = ''] = world.casts.teams.members
    const where = { externalId: member }
    const { address } = await world.db.account.findFirstOrThrow({ where })
    const gone = { ...(address as object), conversationId: 'a:gone' }
    await world.db.account.updateMany({ where, data: { address: gone } })
    world.teams.failNext({ method: 'POST /v3/conversations', status: 503, error: 'ServiceError' })
    await moveTo(world, dayBefore)
    expect(reminded(world, 'teams')).toBe(8)
    expect(await world.db.account.count({ where: { unreachable: { not: null } } })).toBe(0)
    await world.db.delivery.updateMany({ where: { state: 'planned' }, data: { notBefore: null } })
    await world.app.drain()
    expect(reminded(world, 'teams')).toBe(9)
  })

  it('is the name of a workspace, which is taken on at the next start, in one line', async () => {
    const world = await startWorld({ store })
    const { db } = world.app.services.database
    const connection = await findConnection(db, 'slack', world.workspaces.slack)
    if (!connection) throw new Error('not connected')
    const { organisationId } = connection
    const named = async (name: string) => {
      await ensureConnection(
        { tx: db, organisationId },
        { platform: 'slack', externalId: world.workspaces.slack, name },
      )
      return (await world.db.connection.findFirstOrThrow({ where: { platform: 'slack' } })).name
    }
    expect(await named('River Clinic')).toBe('River Clinic')
    expect(await named('River\nClinic\u202ENorth')).toBe('River Clinic North')
    expect(await named('\u0000')).toBe(world.workspaces.slack)
    expect(await world.db.connection.count()).toBe(2)
  })
})
