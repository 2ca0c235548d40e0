import fs from 'node:fs'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { startApp } from '../../src/app.ts'
import { HOUR_MS } from '../../src/domain/time.ts'
import { createRetention } from '../../src/jobs/retention.ts'
import { openDatabase } from '../../src/store/engine/database.ts'
import { claimOccurrences } from '../../src/store/occurrence.ts'
import { giveTurnBack, takeTurn } from '../../src/store/turn.ts'
import { START, startWorld, type World } from '../helpers.ts'
import { tour } from '../tour.ts'
import { ageLedger, dropIndexes, fillStore, makeDue } from './fill.ts'
import { explainAll, hearPlans } from './plans.ts'

// A store of many organisations, and one of them at work in it: how long an upgrade, a start, a
// tick, a claim and the hourly deleting take, and whether anything reads a whole table. LARGE=1 is
// 5,000 organisations with 100,000 groups and ten million rows in the ledger.

const SCALE = Number(process.env.LARGE ?? '0.05')
const SIZE = { organisations: Math.round(5_000 * SCALE), ledger: Math.round(10_000_000 * SCALE) }
const LAST = '20261127211747_indexes_that_stay_small'
const OF_LAST = new Set(
  [
    ...fs
      .readFileSync(`prisma/migrations/${LAST}/migration.sql`, 'utf8')
      .matchAll(
        /^(?:CREATE INDEX CONCURRENTLY|DROP INDEX CONCURRENTLY IF EXISTS) "(\w+?)(?:_new)?"/gm,
      ),
  ].map(([, name = '']) => name),
)
const ROUNDS = 15
const DUE = 500
const OLD = 20_000
/** The least rows of a table that nothing may read from end to end. */
const LARGE_ROWS = 20_000

const said: Record<string, unknown> = { scale: SCALE, ...SIZE }
const round = (ms: number) => Math.round(ms * 10) / 10
const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const startedAt = performance.now()
  await work()
  return round(performance.now() - startedAt)
}
/** The middle and the most of some times, in ms. */
const spread = (took: readonly number[]) => {
  const sorted = [...took].sort((a, b) => a - b)
  return { p50: sorted[Math.floor(sorted.length / 2)] ?? 0, most: sorted.at(-1) ?? 0 }
}

describe.runIf(inject('hasPostgres'))('a store of many organisations', () => {
  let world: World
  let client: pg.Client
  let tables: ReadonlySet<string>

  beforeAll(async () => {
    world = await startWorld({
      store: 'postgres',
      hasDeadlines: true,
      publicUrl: 'https://groupwell.example.org',
    })
    client = new pg.Client({ connectionString: world.databaseUrl ?? '' })
    client.on('error', () => {})
    await client.connect()
    const made = await dropIndexes(client)
    said.fillSeconds = round((await timed(() => fillStore(client, SIZE, START))) / 1_000)
    // As before the last migration: its indexes are what it is to make.
    for (const { name, definition } of made)
      if (!OF_LAST.has(name.replaceAll('"', ''))) await client.query(definition)
    await client.query('delete from "_prisma_migrations" where migration_name = $1', [LAST])
    await client.query('vacuum analyze')
    tables = new Set(
      (
        await client.query<{ name: string }>(
          `select relname as "name" from pg_class where relkind = 'r' and reltuples >= ${LARGE_ROWS}`,
        )
      ).rows.map(({ name }) => name),
    )
  }, 3_600_000)
  afterAll(async () => {
    process.stdout.write(`${JSON.stringify({ large: said }, null, 2)}\n`)
    await client?.end()
  })

  const ticks = async (until: () => boolean): Promise<number[]> => {
    const took: number[] = []
    while (!until() || took.length < ROUNDS) took.push(await timed(() => world.app.tick()))
    return took
  }
  const retention = () => createRetention(world.app.services)
  const deleteNow = async () => {
    await giveTurnBack(world.store)
    await retention().run()
  }
  const countLedger = async () =>
    Number((await client.query('select count(*) as n from "Delivery"')).rows[0].n)

  it('is brought up to date beside the service, which goes on meanwhile', async () => {
    expect([...tables].sort()).toEqual(
      expect.arrayContaining(['Delivery', 'Occurrence', 'Session']),
    )
    // Deleting is measured by itself.
    await takeTurn(world.store, START, HOUR_MS)
    let isOver = false
    const upgrading = timed(async () => {
      const database = await openDatabase({ kind: 'postgres', url: world.databaseUrl ?? '' })
      expect(database.applied.map(({ names }) => names)).toEqual([[LAST]])
      await database.close()
    }).finally(() => {
      isOver = true
    })
    const meanwhile = await ticks(() => isOver)
    said.upgradeSeconds = round((await upgrading) / 1_000)
    said.tickDuringUpgrade = spread(meanwhile)
    await client.query('analyze')
  })

  it('starts in a moment', async () => {
    const { config, clock } = world
    const { database } = world.app.services
    const startedAt = performance.now()
    const app = await startApp(config, {
      clock,
      database: { ...database, close: async () => {} },
      isClockManual: true,
      isUnpaced: true,
      teamsAuthority: world.teams.authority,
    })
    said.startMs = round(performance.now() - startedAt)
    await app.stop()
    expect(said.startMs).toBeLessThan(10_000)
  })

  it('deletes what is past its time, and a tick is none the slower for it', async () => {
    said.firstDeletingSeconds = round((await timed(deleteNow)) / 1_000)
    await client.query('vacuum analyze')
    said.calmDeletingMs = await timed(deleteNow)
    const before = await countLedger()
    const calm = await ticks(() => true)
    await ageLedger(client, OLD, START)
    let isOver = false
    const deleting = timed(deleteNow).finally(() => {
      isOver = true
    })
    const meanwhile = await ticks(() => isOver)
    said.deletingMs = { rows: OLD, ms: await deleting }
    said.tick = spread(calm)
    said.tickDuringDeleting = spread(meanwhile)
    expect(await countLedger()).toBe(before)
    // Half a minute lies between two ticks; on a busy machine each may take long.
    expect(spread(meanwhile).most).toBeLessThan(5_000)
  })

  it('claims what is due by what is due, not by what there is', async () => {
    const { database, queue } = world.app.services
    const nothing: number[] = []
    for (let turn = 0; turn < ROUNDS; turn += 1)
      nothing.push(await timed(() => claimOccurrences(database, queue, START)))
    said.claimOfNothing = spread(nothing)
    await makeDue(client, DUE, START)
    said.claim = {
      due: DUE,
      ms: await timed(async () => {
        expect(await claimOccurrences(database, queue, START)).toBe(DUE)
      }),
    }
    said.drainSeconds = round((await timed(() => world.app.drain())) / 1_000)
  })

  it('reads no large table from end to end, whatever its people do (control: one that does)', async () => {
    // The test's own reading is not the service's.
    const quiet = new URL(world.databaseUrl ?? '')
    quiet.searchParams.set('options', '-c auto_explain.log_min_duration=-1')
    const own = await openDatabase({ kind: 'postgres', url: quiet.toString() })
    await explainAll(client, new URL(world.databaseUrl ?? '').pathname.slice(1))
    const { heard, end } = hearPlans(tables)
    try {
      await expect
        .poll(() => world.store.sql.rows`select 1 as "one"`.catch(() => null))
        .toHaveLength(1)
      await world.store.sql.rows`select count(*) from "Delivery" where "attempts" = 99`
      expect(heard.wholeReads.map(({ table }) => table)).toContain('Delivery')
      heard.wholeReads.length = 0
      // Nothing that the others have planned is due while these people go through their week.
      await client.query(
        `update "Occurrence" set "dueAt" = "dueAt" + interval '1 year' where "state" = 'planned'`,
      )
      await tour({ ...world, db: own.db.prisma }, 'slack')
      await deleteNow()
    } finally {
      end()
      await own.close()
    }
    said.statements = heard.statements
    said.large = [...tables].sort()
    expect(heard.statements).toBeGreaterThan(1_000)
    expect(heard.wholeReads).toEqual([])
  })
})
