import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Prisma } from '../../src/store/generated/client.ts'
import { planDeliveries } from '../../src/store/outbox.ts'
import { setUpGroup, startWorld, type World } from '../helpers.ts'
import { chatOf, faultFor, isOfOpening, type Said, TABLES } from './fault-table.ts'

describe.each(TABLES)('what $platform says to one of three messages', ({ platform, table }) => {
  let world: World
  const logged: string[] = []
  let people: string[] = []
  let count = 0
  beforeAll(async () => {
    world = await startWorld({ onLogLine: (line) => logged.push(line) })
    await setUpGroup(world, platform)
    people = world.casts[platform].members.slice(0, 3)
  })
  afterAll(() => world.end())
  beforeEach(async () => {
    await world.db.account.updateMany({ data: { unreachable: null, isDeactivated: false } })
    await world.db.delivery.deleteMany()
    logged.length = 0
  })

  const accounts = async () => {
    const found = await world.db.account.findMany({ where: { externalId: { in: people } } })
    return people.map((one) => {
      const account = found.find(({ externalId }) => externalId === one)
      if (!account) throw new Error('nobody there')
      return account
    })
  }
  /** The first of three is told what the fault says, as often as it is said. */
  const send = async (faults: readonly { to: number; fault: Said }[]) => {
    const group = await world.db.group.findFirstOrThrow()
    for (const { to, fault } of faults) {
      const person = people[to] ?? ''
      if (isOfOpening(fault))
        await world.db.account.updateMany({
          where: { externalId: person },
          data: { address: Prisma.DbNull },
        })
      world[platform].failNext(faultFor(platform, person, fault))
    }
    count += 1
    const plans = (await accounts()).map(({ personId, organisationId }) => ({
      key: `fault ${count}`,
      kind: 'welcome' as const,
      personId,
      organisationId,
      groupId: group.id,
    }))
    const { database, clock } = world.app.services
    await database.transaction((tx) => planDeliveries(tx, plans, clock.now()))
    await world.app.drain()
  }
  /** Lets pass the time on the wall that anything waits for. */
  const letPass = async () => {
    await world.db.connection.updateMany({ data: { pausedUntil: null } })
    await world.db.delivery.updateMany({ where: { state: 'planned' }, data: { notBefore: null } })
    await world.app.drain()
  }
  const states = async () => {
    const rows = await world.db.delivery.findMany({ where: { kind: 'welcome' } })
    return (await accounts()).map(
      ({ personId }) => rows.find((row) => row.personId === personId)?.state,
    )
  }
  /** How many messages stand in each one's own chat, as the platform has them. */
  const arrived = () =>
    people.map((person) => {
      const chat = chatOf(platform, person)
      return world[platform].journal.messages.filter(({ place }) => place === chat).length
    })
  const trouble = async () =>
    (await world.db.connection.findFirstOrThrow({ where: { platform } })).trouble

  it.each(table)('%s', async (_, fault, fate) => {
    const before = arrived()
    if (fate === 'anew' && platform === 'slack')
      await world.db.account.updateMany({
        where: { externalId: people[0] ?? '' },
        data: { address: { directChannel: chatOf(platform, people[0] ?? '') } },
      })
    await send([{ to: 0, fault }])
    const [first] = await accounts()
    expect(first?.unreachable !== null, 'marked').toBe(fate === 'gone')
    expect((await trouble()) !== null, 'rests').toBe(fate === 'rests')
    if (fate === 'gone' || fate === 'impossible')
      expect(await states()).toEqual(['failed', 'sent', 'sent'])
    if (fate === 'anew') expect(await states()).toEqual(['sent', 'sent', 'sent'])
    if (fate === 'rests') expect(await states()).not.toContain('failed')
    expect(logged.some((line) => line.includes('delivery.impossible'))).toBe(fate === 'impossible')
    await letPass()
    // Nothing is lost that could arrive.
    const isOver = fate === 'gone' || fate === 'impossible'
    expect(await states()).toEqual([isOver ? 'failed' : 'sent', 'sent', 'sent'])
    expect(arrived().map((count, index) => count - (before[index] ?? 0))).toEqual([
      isOver ? 0 : 1,
      1,
      1,
    ])
    expect(await trouble()).toBeNull()
  })

  it.runIf(platform === 'teams')(
    '403 to all of them: the tenant’s, and nothing is lost',
    async () => {
      const fault = { status: 403, error: 'BotDisabledByAdmin' }
      await send([0, 1, 2].map((to) => ({ to, fault })))
      expect(await trouble()).toBe('adminBlocked')
      expect(await states()).toEqual(['planned', 'planned', 'planned'])
      expect((await accounts()).filter(({ unreachable }) => unreachable !== null)).toEqual([])
      await letPass()
      expect(await states()).toEqual(['sent', 'sent', 'sent'])
    },
  )

  it.runIf(platform === 'teams')('403 to somebody alone, over and over: the person’s', async () => {
    const others = people.slice(1)
    people = people.slice(0, 1)
    const fault = { status: 403, error: 'ForbiddenOperationException' }
    await send(Array.from({ length: 6 }, () => ({ to: 0, fault })))
    expect(await states()).toEqual(['planned'])
    for (let again = 0; again < 6; again += 1) await letPass()
    expect(await states()).toEqual(['failed'])
    expect((await accounts())[0]?.unreachable).toBe('blocked')
    expect(await trouble()).toBeNull()
    people = [...people, ...others]
  })
})

describe('one of forty-five who may not be written to, at the real pace', () => {
  it('holds up nobody in Teams: the others have theirs within seconds', async () => {
    const world = await startWorld({ isPaced: true })
    await setUpGroup(world, 'teams')
    const [gone = '', ...others] = world.casts.teams.people.map(({ id }) => id)
    const known = await world.db.account.findMany({ where: { externalId: { in: others } } })
    const [blocked] = await world.db.account.findMany({ where: { externalId: gone } })
    const group = await world.db.group.findFirstOrThrow()
    // Everybody has several, which wait together; the first person is refused each time.
    const rounds = Math.ceil(44 / known.length)
    for (let call = 0; call < rounds * 6; call += 1)
      world.teams.failNext(faultFor('teams', gone, { status: 403, error: 'BotDisabledByAdmin' }))
    const plans = [blocked, ...known].flatMap((account) =>
      account
        ? Array.from({ length: rounds }, (_, index) => ({
            key: `pace ${index}`,
            kind: 'role-changed' as const,
            personId: account.personId,
            organisationId: account.organisationId,
            groupId: group.id,
          }))
        : [],
    )
    expect(plans.length).toBeGreaterThanOrEqual(45)
    const { database, clock } = world.app.services
    await database.transaction((tx) => planDeliveries(tx, plans, clock.now()))
    const startedAt = Date.now()
    await world.app.drain()
    const waiting = () =>
      world.db.delivery.count({
        where: {
          kind: 'role-changed',
          state: { not: 'sent' },
          personId: { not: blocked?.personId },
        },
      })
    while ((await waiting()) > 0 && Date.now() - startedAt < 60_000)
      await new Promise((resolve) => setTimeout(resolve, 100))
    expect(await waiting()).toBe(0)
    console.info(`faults: the last of ${plans.length} after ${Date.now() - startedAt} ms`)
    expect(Date.now() - startedAt).toBeLessThan(60_000)
    expect(await world.db.connection.count({ where: { trouble: { not: null } } })).toBe(0)
    await world.end()
  })
})
