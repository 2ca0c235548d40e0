import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { openUnit } from '../../src/ballot/make.ts'
import { seeded } from '../../src/cli/mood.ts'
import { beginRelease } from '../../src/commands/release.ts'
import { runStep, type Services } from '../../src/commands/services.ts'
import { handleDue } from '../../src/door/due.ts'
import { run } from '../../src/door/run.ts'
import type { Sql } from '../../src/store/engine/sql.ts'
import type { RunSqlTransaction, RunTransaction } from '../../src/store/engine/transaction.ts'
import { incoming, moveTo, SESSION, setUpGroup, startWorld, type World } from '../helpers.ts'

const SEEDS = 12
const HOUR_MS = 60 * 60_000

/** The answers that one race acknowledged, by member: the value that the release must count. */
type Acknowledged = Map<string, number>

/**
 * Eight members send at the same time, each twice, while two closers run at a random moment.
 * Returns what was acknowledged last for each member, and the sum that the release counted for one
 * question.
 */
async function race(
  world: World,
  services: Services,
  seed: number,
): Promise<{ acknowledged: Acknowledged; answers: number; totalMilli: number }> {
  const { db } = world
  const random = seeded(seed)
  const checkIn = await db.checkIn.findFirstOrThrow({ where: { state: 'open' } })
  const closing = await db.occurrence.findFirstOrThrow({
    where: { checkInId: checkIn.id, kind: 'checkInCloses' },
  })
  const acknowledged: Acknowledged = new Map()
  // The release waits until the boxes were counted here as well; the sweeper makes it afterwards.
  const held: Services = { ...services, queue: { ...services.queue, enqueue: async () => {} } }
  const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
  const send = async (member: string, value: number) => {
    await later(random() * 60)
    const reply = await run(
      services,
      incoming(member, {
        verb: 'checkin.submit',
        via: 'form',
        input: {
          id: checkIn.id,
          values: { belonging: String(value), voice: String(value), hope: String(value) },
        },
      }),
    )
    if (reply?.type === 'done' && reply.card.kind === 'thanks') acknowledged.set(member, value)
  }
  const member = async (id: string) => {
    await send(id, 1 + Math.floor(random() * 5))
    await send(id, 1 + Math.floor(random() * 5))
  }
  const close = async () => {
    await later(60 + random() * 120)
    await runStep(held, handleDue, checkIn.organisationId, { occurrenceId: closing.id })
  }
  await Promise.all([...world.casts.slack.members.map(member), close(), close()])
  const unitId = checkIn.unitId ?? ''
  const work = await runStep(services, beginRelease, checkIn.organisationId, { unitId })
  if (work.work !== 'open') throw new Error(`the unit is not closing: ${work.work}`)
  const outcome = await openUnit({ ...work.request, k: 1 })
  const tally =
    outcome.outcome === 'counted'
      ? outcome.release?.tallies.find(({ subject }) => subject === 'scale:climate')
      : null
  await world.app.drain()
  return { acknowledged, answers: tally?.answers ?? 0, totalMilli: tally?.totalMilli ?? 0 }
}

/** Below six nothing is counted: the key's own number is not the database's to change. */
const expected = (acknowledged: Acknowledged) =>
  acknowledged.size < 6
    ? { answers: 0, totalMilli: 0 }
    : {
        answers: acknowledged.size,
        totalMilli: [...acknowledged.values()].reduce((sum, value) => sum + (value - 1) * 250, 0),
      }

/** The same service on a database whose row locks are taken out of every statement. */
function withoutRowLock(services: Services): Services {
  const { database } = services
  const bare = (sql: Sql): Sql => ({
    ...sql,
    rows: (strings, ...values) => {
      const plain = strings.map((part) => part.replace(/for (no key )?update( of c)?/, ''))
      return sql.rows(Object.assign(plain, { raw: plain }), ...values)
    },
  })
  const transaction: RunTransaction = (work, limits) =>
    database.transaction((tx) => work({ ...tx, sql: bare(tx.sql) }), limits)
  const sqlTransaction: RunSqlTransaction = (work, limits) =>
    database.sqlTransaction((tx) => work({ ...tx, sql: bare(tx.sql) }), limits)
  return { ...services, database: { ...database, transaction, sqlTransaction } }
}

describe.runIf(inject('hasPostgres'))(
  'answers that race each other and two closers on Postgres',
  () => {
    let world: World
    let week = 0
    beforeAll(async () => {
      world = await startWorld({ store: 'postgres' })
      await setUpGroup(world)
    })
    afterAll(() => world.end())

    const openNext = async () => {
      await moveTo(world, new Date(SESSION.endsAt.getTime() + week * 7 * 24 * HOUR_MS))
      week += 1
    }

    it(`count every acknowledged value once, over ${SEEDS - 2} seeds`, async () => {
      let total = 0
      for (let seed = 1; seed <= SEEDS - 2; seed += 1) {
        await openNext()
        const { acknowledged, ...counted } = await race(world, world.app.services, seed)
        expect(counted).toEqual(expected(acknowledged))
        total += acknowledged.size
      }
      // The races are real: in some of them the door closed on somebody.
      expect(total).toBeGreaterThan(SEEDS)
      console.info(`races: ${total} values acknowledged over ${SEEDS - 2} seeds, all counted`)
    }, 120_000)

    it('lose answers without the row lock (negative control)', async () => {
      let wrong = 0
      for (let seed = 1; seed <= 2; seed += 1) {
        await openNext()
        const { acknowledged, ...counted } = await race(
          world,
          withoutRowLock(world.app.services),
          seed,
        )
        if (JSON.stringify(counted) !== JSON.stringify(expected(acknowledged))) wrong += 1
      }
      expect(wrong).toBeGreaterThan(0)
    }, 60_000)
  },
)
