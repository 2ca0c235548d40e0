import { describe, expect, it } from 'vitest'
import { type DeliveryState, Prisma } from '../../src/store/generated/client.ts'
import { planDeliveries } from '../../src/store/outbox.ts'
import { setUpGroup, startWorld } from '../helpers.ts'
import { chatOf, faultFor, isOfOpening, type Said, TABLES } from './fault-table.ts'

const OPEN: DeliveryState[] = ['planned', 'sending']
/** A connection that is told a refusal for its whole workspace rests for five minutes. */
const REST_MS = 5 * 60_000
const NEAR_MS = 120_000

/**
 * The whole fault table on the wall clock, with the platforms' real pace: nobody moves a clock, and
 * what waits is sent when its own time has come. All are played at once, each in its own world.
 */
describe('refusals at the real pace', { timeout: 900_000 }, () => {
  it('lose nothing that could arrive, and a whole workspace’s only makes it rest', async () => {
    await Promise.all(TABLES.flatMap((row) => [playTable(row), playRest(row.platform)]))
  })
})

async function playTable({ platform, table: all }: (typeof TABLES)[number]): Promise<void> {
  const { people, tell, untilOver } = await startTelling(platform)
  const table = all.filter(([, , fate]) => fate !== 'rests')
  const perRound = people.length - 2
  for (let from = 0; from < table.length; from += perRound) {
    const round = table.slice(from, from + perRound)
    const came = await tell(
      `round ${from}`,
      round.map(([, fault]) => fault),
    )
    expect(await untilOver(NEAR_MS)).toBeLessThan(NEAR_MS)
    const expected = people.map((_, index) => {
      const fate = round[index]?.[2]
      return fate === 'gone' || fate === 'impossible' ? 0 : 1
    })
    expect(came(), round.map(([name]) => name).join(', ')).toEqual(expected)
  }
}

async function playRest(platform: 'slack' | 'teams'): Promise<void> {
  const { world, people, tell, untilOver } = await startTelling(platform)
  const fault =
    platform === 'slack'
      ? { status: 200, error: 'ekm_access_denied' }
      : { status: 401, error: 'BotNotRegistered' }
  const came = await tell('rest', [fault])
  const took = await untilOver(REST_MS + NEAR_MS)
  expect(took).toBeGreaterThan(REST_MS - 5_000)
  expect(came()).toEqual(people.map(() => 1))
  expect(await world.db.connection.count({ where: { trouble: { not: null } } })).toBe(0)
}

/** A group in a world that keeps the platforms' pace, and notices to everybody in it. */
async function startTelling(platform: 'slack' | 'teams') {
  const world = await startWorld({ isPaced: true })
  await setUpGroup(world, platform)
  const people = world.casts[platform].members
  const arrived = (person: string) =>
    world[platform].journal.messages.filter(({ place }) => place === chatOf(platform, person))
      .length
  return {
    world,
    people,
    /** Each person in turn is refused as the list says; then, how many notices each one got. */
    async tell(key: string, faults: readonly Said[]) {
      await world.db.account.updateMany({ data: { unreachable: null, isDeactivated: false } })
      for (const [index, fault] of faults.entries()) {
        const person = people[index] ?? ''
        // Slack is asked to open a chat only where none is known.
        const known = { directChannel: chatOf(platform, person) }
        if (platform === 'slack')
          await world.db.account.updateMany({
            where: { externalId: person },
            data: { address: isOfOpening(fault) ? Prisma.DbNull : known },
          })
        world[platform].failNext(faultFor(platform, person, fault))
      }
      const before = people.map(arrived)
      const { database, clock } = world.app.services
      const group = await world.db.group.findFirstOrThrow()
      const accounts = await world.db.account.findMany({
        where: { externalId: { in: [...people] } },
      })
      const plans = accounts.map(({ personId, organisationId }) => ({
        key,
        kind: 'role-changed' as const,
        personId,
        organisationId,
        groupId: group.id,
      }))
      await database.transaction((tx) => planDeliveries(tx, plans, clock.now()))
      return () => people.map((person, index) => arrived(person) - (before[index] ?? 0))
    },
    /** Lets the queue work until nothing waits any more; the milliseconds that it took. */
    async untilOver(limitMs: number): Promise<number> {
      const startedAt = Date.now()
      const waiting = () =>
        world.db.delivery.count({ where: { kind: 'role-changed', state: { in: OPEN } } })
      while ((await waiting()) > 0 && Date.now() - startedAt < limitMs) {
        await world.app.drain()
        await new Promise((resolve) => setTimeout(resolve, 500))
      }
      return Date.now() - startedAt
    },
  }
}
