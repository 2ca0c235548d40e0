import { PrismaPg } from '@prisma/adapter-pg'
import type { SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils'
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import { openDatabase } from '../../../src/store/engine/database.ts'
import { runningWhole } from '../../../src/store/engine/migration-script.ts'
import { freshDatabase } from '../../postgres.ts'

const NAME = '20261127211747_indexes_that_stay_small'
const EARLIER = '20261127180000_timed_boxes'
const INDEX = 'Delivery_organisationId_endedAt_idx'

// A release that is rolled out beside the one before: its processes start at once, are killed while
// they bring the schema up to date, and the service writes meanwhile.
describe.runIf(inject('hasPostgres'))('bringing a server’s schema up to date', () => {
  let server: Awaited<ReturnType<typeof freshDatabase>>
  let client: pg.Client
  beforeEach(async () => {
    server = await freshDatabase()
    client = new pg.Client(server.url)
    await client.connect()
  })
  afterEach(async () => {
    await client.end()
    await server.drop()
  })

  const open = () => openDatabase({ kind: 'postgres', url: server.url })
  const openAndClose = async () => {
    const database = await open()
    await database.close()
    return database.applied.flatMap(({ names }) => names)
  }
  const catalogue = async () =>
    (
      await client.query<{ line: string }>(
        `select pg_get_indexdef(indexrelid) || indisvalid as "line" from pg_index
          where indrelid::regclass::text not like 'pg%' order by 1`,
      )
    ).rows.map(({ line }) => line)
  const unfinish = (name: string, steps: number) =>
    client.query(
      'update "_prisma_migrations" set finished_at = null, applied_steps_count = $2 where migration_name = $1',
      [name, steps],
    )
  const forget = (name: string) =>
    client.query('delete from "_prisma_migrations" where migration_name = $1', [name])

  it('goes on after a process that was killed in the middle, and ends with the same schema', async () => {
    await openAndClose()
    const whole = await catalogue()
    await unfinish(NAME, 0)
    await client.query(`drop index "${INDEX}"`)
    await client.query('create index "Delivery_groupId_idx_new" on "Delivery"("groupId")')
    expect(await openAndClose()).toEqual([NAME])
    expect(await catalogue()).toEqual(whole)
    expect(await openAndClose()).toEqual([])
  })

  it('builds no index twice that stood when the process was killed', async () => {
    await openAndClose()
    const indexes = async () =>
      (
        await client.query<{ oid: number }>(
          `select indexrelid::int as "oid" from pg_index
            where indexrelid::regclass::text like '%_endedAt_idx%' or indexrelid::regclass::text like '%dueAt_idx%'`,
        )
      ).rows.map(({ oid }) => oid)
    const before = await indexes()
    expect(before).toHaveLength(3)
    // All but the last statement.
    await unfinish(NAME, 1_000)
    expect(await openAndClose()).toEqual([NAME])
    expect(await indexes()).toEqual(before)
  })

  it('ends with the migration itself: one that was done is never done again', async () => {
    await openAndClose()
    const whole = await catalogue()
    const { rows } = await client.query<{ steps: number; isEnded: boolean }>(
      `select applied_steps_count as "steps", finished_at is not null as "isEnded"
        from "_prisma_migrations"`,
    )
    expect(rows.every(({ steps, isEnded }) => steps > 0 && isEnded)).toBe(true)
    // A process that was killed between the script and the engine's own note of it.
    const trigger = `create function forget() returns trigger language plpgsql as $$
      begin if old.finished_at is not null then raise exception 'killed'; end if; return new; end $$`
    await client.query(trigger)
    await client.query(`create trigger forget before update on "_prisma_migrations"
      for each row execute function forget()`)
    await forget(EARLIER)
    await client.query(
      'alter table "Installation" drop column "probedAt", drop column "timedBoxesFrom"',
    )
    await expect(open()).rejects.toThrow('killed')
    await client.query('drop trigger forget on "_prisma_migrations"')
    expect(await openAndClose()).toEqual([])
    expect(await catalogue()).toEqual(whole)
    const { rows: columns } = await client.query(
      `select 1 from information_schema.columns where column_name = 'probedAt'`,
    )
    expect(columns).toHaveLength(1)
  })

  it('is done once by processes that start at once', async () => {
    await openAndClose()
    const whole = await catalogue()
    await forget(NAME)
    const applied = await Promise.all([openAndClose(), openAndClose(), openAndClose()])
    expect(applied.flat()).toEqual([NAME])
    expect(await catalogue()).toEqual(whole)
  })

  /** Somebody writes a row while another transaction has one open and the index is being built. */
  async function writesWhile(build: () => Promise<unknown>): Promise<'written' | 'held up'> {
    const writer = new pg.Client(server.url)
    await writer.connect()
    const insert = `insert into "Receipt" ("organisationId", "digest", "at")
      values (gen_random_uuid(), '\\x01', '2026-01-01')`
    await writer.query('begin')
    await writer.query(insert)
    const building = build()
    const isWaiting = async () =>
      (
        await client.query(
          `select 1 from pg_locks l join pg_stat_activity a using (pid)
            where not l.granted and a.datname = current_database()`,
        )
      ).rows.length > 0
    while (!(await isWaiting()));
    await client.query('set lock_timeout = 300')
    const result = await client.query(insert).then(
      () => 'written' as const,
      () => 'held up' as const,
    )
    await writer.query('commit')
    await writer.end()
    await building
    return result
  }
  const onReceipt = (how: string) => `create index ${how} "later" on "Receipt" ("digest")`
  const run = async (script: string) => {
    const factory: SqlMigrationAwareDriverAdapterFactory = new PrismaPg({
      connectionString: server.url,
      max: 1,
    })
    const connection = runningWhole(await factory.connect(), { isNew: false, run: null })
    await connection.executeScript(script).finally(() => connection.dispose())
  }

  it('holds up nobody who writes, where an index is built beside them (control: one that is not)', async () => {
    await openAndClose()
    expect(await writesWhile(() => run(onReceipt('CONCURRENTLY')))).toBe('written')
    await client.query('drop index "later"')
    expect(await writesWhile(() => run(onReceipt('')))).toBe('held up')
  })

  it('runs a migration whole or not at all (control: the adapter alone)', async () => {
    const script = 'create table "a" (x int);\ncreate table "a" (x int)'
    await expect(run(script)).rejects.toThrow()
    const isThere = async () =>
      (await client.query(`select to_regclass('a') is not null as "is"`)).rows[0].is
    expect(await isThere()).toBe(false)
    const factory = new PrismaPg({ connectionString: server.url, max: 1 })
    const connection = await factory.connect()
    await expect(connection.executeScript(script)).rejects.toThrow()
    await connection.dispose()
    expect(await isThere()).toBe(true)
  })
})
