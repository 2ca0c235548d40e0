import pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { COMMAND_TRANSACTION } from '../../../src/door/deadline.ts'
import { BusyError } from '../../../src/errors.ts'
import { type Database, openDatabase } from '../../../src/store/engine/database.ts'
import { STORES } from '../../helpers.ts'
import { freshDatabase } from '../../postgres.ts'

describe.each(STORES)('hand-written statements (%s)', (store) => {
  let database: Database
  let drop = async () => {}
  beforeAll(async () => {
    const fresh = store === 'postgres' ? await freshDatabase() : null
    drop = async () => fresh?.drop()
    database = await openDatabase(
      fresh ? { kind: 'postgres', url: fresh.url } : { kind: 'embedded', directory: null },
    )
    await database.db.prisma
      .$executeRaw`create table "Probe" ("id" int primary key, "bytes" bytea, "at" timestamptz(3))`
  })
  afterAll(async () => {
    await database.close()
    await drop()
  })
  const count = async () =>
    (await database.db.sql.rows<{ n: number }>`select count(*)::int as n from "Probe"`)[0]?.n

  it('give bytes, instants and numbers as they were', async () => {
    const at = new Date('2026-03-03T18:00:00.123Z')
    const bytes = Buffer.from([0, 1, 255])
    const changed = await database.sqlTransaction(
      (tx) => tx.sql.run`insert into "Probe" values (${1}, ${bytes}, ${at})`,
      COMMAND_TRANSACTION,
    )
    expect(changed).toBe(1)
    const [row] = await database.db.sql.rows<{
      id: number
      bytes: Uint8Array
      at: Date
    }>`select * from "Probe"`
    expect({ ...row, bytes: Buffer.from(row?.bytes ?? []) }).toEqual({ id: 1, bytes, at })
  })

  it('are rolled back when the work throws, or takes longer than it may', async () => {
    const failing = database.sqlTransaction(async (tx) => {
      await tx.sql.run`insert into "Probe" values (2, null, null)`
      throw new Error('changed my mind')
    }, COMMAND_TRANSACTION)
    await expect(failing).rejects.toThrow('changed my mind')
    const late = database.sqlTransaction(
      (tx) => tx.sql.run`insert into "Probe" values (3, null, null)`,
      {
        maxWait: 800,
        timeout: -1,
      },
    )
    await expect(late).rejects.toThrow(BusyError)
    expect(await count()).toBe(1)
  })

  it('refuse when no connection is free in time, and give it back when it comes late', async () => {
    const gate = Promise.withResolvers<void>()
    const holders = Array.from({ length: store === 'postgres' ? 10 : 1 }, () =>
      database.sqlTransaction(async () => await gate.promise, { maxWait: 10_000, timeout: 60_000 }),
    )
    const refused = expect(
      database.sqlTransaction(async () => 1, { maxWait: 20, timeout: 1_000 }),
    ).rejects.toThrow(BusyError)
    if (store === 'postgres') await refused
    setTimeout(() => gate.resolve(), 60)
    await Promise.all(holders)
    await refused
    expect(await database.sqlTransaction(async () => 'again', COMMAND_TRANSACTION)).toBe('again')
  })
})

describe.runIf(inject('hasPostgres'))('a connection that breaks', () => {
  it('is thrown away with what it had begun', async () => {
    const fresh = await freshDatabase()
    const database = await openDatabase({ kind: 'postgres', url: fresh.url })
    await database.db.prisma.$executeRaw`create table "Probe" ("id" int)`
    const other = new pg.Client({ connectionString: fresh.url })
    await other.connect()
    const broken = database.sqlTransaction(async (tx) => {
      const [row] = await tx.sql.rows<{ pid: number }>`select pg_backend_pid() as pid`
      await tx.sql.run`insert into "Probe" values (1)`
      await other.query('select pg_terminate_backend($1)', [row?.pid])
      await tx.sql.run`insert into "Probe" values (2)`
    }, COMMAND_TRANSACTION)
    await expect(broken).rejects.toThrow()
    const rows = await database.db.sql.rows<{ n: number }>`select count(*)::int as n from "Probe"`
    expect(rows).toEqual([{ n: 0 }])
    await other.end()
    await database.close()
    await fresh.drop()
  })
})
