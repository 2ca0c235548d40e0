import { randomUUID } from 'node:crypto'
import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTeams, type TeamsSimulator } from '../../src/simulator/teams.ts'
import { lastSeen } from '../../src/simulator/workspace.ts'
import { appendAudit } from '../../src/store/audit.ts'
import { createGroup } from '../../src/store/group.ts'
import { makeThrowaway, removeThrowaway } from '../../src/store/organisation.ts'
import { dump, fill, moveTo, setUpGroup, startWorld, type World } from '../helpers.ts'

const PERSON = '00000000-0000-4000-8000-000000000101'
const PATH = '/api/playground'

describe('the door for Teams clients without a token', () => {
  let world: World
  /** A client of another make: it knows nothing of this service's tenant, and shows no token. */
  let client: TeamsSimulator

  beforeAll(async () => {
    world = await startWorld({ isPlaygroundOpen: true })
    await setUpGroup(world, 'teams')
    const people = [{ id: PERSON, name: 'Evaluator', language: 'en-GB', timeZone: 'Europe/Berlin' }]
    client = await startTeams(
      { appId: 'any', tenants: [{ tenantId: 'any-tenant', people }], isAnonymous: true },
      world.clock.now,
    )
    client.connectTo(`http://127.0.0.1:${world.app.port}`, PATH)
  })
  afterAll(async () => {
    await client.close()
  })

  const post = (
    headers: Record<string, string>,
    path = PATH,
    serviceUrl = 'http://127.0.0.1:9/',
  ): Promise<number> =>
    new Promise((resolve, reject) => {
      const sent = request(
        {
          host: '127.0.0.1',
          port: world.app.port,
          path,
          method: 'POST',
          headers: { 'content-type': 'application/json', ...headers },
        },
        (response) => resolve(response.resume().statusCode ?? 0),
      )
      sent.once('error', reject)
      sent.end(
        JSON.stringify(client.activity(PERSON, { type: 'message', text: 'help', serviceUrl })),
      )
    })

  it('answers somebody who shows no token, and shows them none', async () => {
    await client.type(PERSON, 'help')
    expect(lastSeen(client.journal, PERSON, 'help').text).toContain('What Groupwell does')
    expect(client.journal.requests.map(({ status }) => status)).toEqual([201])
  })

  it('keeps them to an organisation of their own, where they may do everything', async () => {
    const throwaway = await world.db.organisation.findFirstOrThrow({
      where: { name: 'Playground' },
    })
    const people = await world.db.person.findMany({ where: { organisationId: throwaway.id } })
    expect(people).toMatchObject([{ isAdmin: true, isStaff: true }])
    await fill(client, PERSON, 'new', {
      contactHours: 'none',
      alias: 'Try-out group',
      timeZone: 'Europe/Berlin',
    })
    const group = await world.db.group.findFirstOrThrow({ where: { alias: 'Try-out group' } })
    expect(group.organisationId).toBe(throwaway.id)
  })

  it('sends them what nobody asked for as well', async () => {
    const schedule = {
      firstDate: '2026-03-03',
      time: '11:00',
      minutes: '60',
      count: '1',
      timeZone: 'Europe/Berlin',
    }
    await fill(client, PERSON, 'schedule', schedule)
    await moveTo(world, new Date('2026-03-03T09:00:00Z'))
    expect(lastSeen(client.journal, PERSON, 'reminder').text).toBe(
      'Try-out group: Tuesday 3 March, 11:00 (Berlin time).',
    )
  })

  it('shows them nothing of the real organisation, not even that it is there', async () => {
    const real = await world.db.group.findFirstOrThrow({ where: { alias: 'Tuesday group' } })
    const opened = await client.send(
      client.activity(PERSON, {
        type: 'invoke',
        name: 'task/fetch',
        value: { data: { verb: 'roster', id: real.id } },
      }),
    )
    expect(JSON.stringify(opened.body)).toContain('I cannot find that.')
  })

  it.each([
    ['another name for this machine', { host: 'groupwell.evil.invalid' }],
    ['a page of another site', { host: '127.0.0.1', origin: 'http://evil.invalid' }],
    ['a name with something in front', { host: 'evil@127.0.0.1' }],
  ])('is shut for %s, and nothing runs', async (_name, headers) => {
    const before = await dump(world.db)
    expect(await post(headers)).toBe(403)
    expect(await dump(world.db)).toEqual(before)
  })

  it('is shut for clients that want the answer sent elsewhere', async () => {
    expect(await post({ host: '127.0.0.1' }, PATH, 'https://smba.trafficmanager.net/teams/')).toBe(
      403,
    )
    expect(await post({ host: '127.0.0.1' }, PATH, 'http://10.0.0.1/')).toBe(403)
  })

  it('leaves the real door as it is: without a token nobody comes in', async () => {
    expect(
      await post({ host: '127.0.0.1' }, '/api/messages', world.teams.authority.serviceUrl),
    ).toBe(401)
    await world.teams.type(world.casts.teams.facilitator, 'next')
    expect(lastSeen(world.teams.journal, world.casts.teams.facilitator, 'next').text).toContain(
      'Tuesday group',
    )
  })
})

describe('when it is opened again', () => {
  it('begins anew: nothing that an earlier one held is left, and the real organisation is untouched', async () => {
    const world = await startWorld({ isPlaygroundOpen: true })
    await setUpGroup(world, 'teams')
    const { id } = await world.db.organisation.findFirstOrThrow({ where: { name: 'Playground' } })
    const personId = randomUUID()
    const now = new Date()
    await world.db.person.create({
      data: { organisationId: id, id: personId, isAdmin: true, isStaff: true },
    })
    const group = {
      id: randomUUID(),
      kind: 'therapeutic-support',
      alias: 'Old',
      timeZone: 'UTC',
      isOpen: false,
      language: null,
      backupId: null,
      contactHours: null,
      staffedTimes: [],
      noContactReason: null,
    }
    await world.app.services.database.transaction(async (tx) => {
      const tenant = { tx, organisationId: id }
      await createGroup(tenant, group, personId, now)
      await appendAudit(
        tenant,
        world.app.services.ballotKeys.keyring,
        [{ actorId: personId, action: 'group.created', subjectId: group.id }],
        now,
      )
    })
    const before = Object.values(await dump(world.db)).flat()
    await removeThrowaway(world.store)
    const left = Object.values(await dump(world.db)).flat()
    expect(before.filter((row) => row.includes(id)).length).toBeGreaterThan(4)
    expect(left).toEqual(before.filter((row) => !row.includes(id)))
    expect(await makeThrowaway(world.store, { name: 'Playground', country: 'DE' }, now)).toBe(id)
  })
})

describe('without the door', () => {
  it('there is nothing at its address', async () => {
    const world = await startWorld()
    const response = await fetch(`http://127.0.0.1:${world.app.port}${PATH}`, {
      method: 'POST',
      body: '{}',
    })
    expect(response.status).toBe(404)
    expect(await world.db.organisation.count()).toBe(1)
  })
})
