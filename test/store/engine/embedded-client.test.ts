import fs from 'node:fs'
import { beforeEach, describe, expect, inject, it } from 'vitest'
import { type Database, openDatabase } from '../../../src/store/engine/database.ts'
import type { SqlTx, Tx } from '../../../src/store/engine/transaction.ts'
import { atTheEnd, ownDir } from '../../ends.ts'

const LIMITS = { maxWait: 5_000, timeout: 10_000 }

/** The driver over the embedded store, beside Prisma's own way into it. */
describe('statements of the embedded store', () => {
  let database: Database
  beforeEach(async () => {
    const directory = ownDir()
    fs.cpSync(inject('embeddedTemplate'), directory, { recursive: true })
    database = await openDatabase({ kind: 'embedded', directory })
    const { close } = database
    let isOver = false
    database = {
      ...database,
      close: async () => {
        if (!isOver) await close()
        isOver = true
      },
    }
    const { close: end } = database
    atTheEnd(end)
    await database.db.sql.run`create table "Probe" ("n" int primary key)`
  })
  const count = async () => {
    const [row] = await database.db.sql.rows<{ n: number }>`select count(*)::int as n from "Probe"`
    return row?.n
  }
  /** The two kinds of transactions, with hand-written statements in each. */
  const kinds: [string, (work: (tx: SqlTx) => Promise<unknown>) => Promise<unknown>][] = [
    ['of the client', (work) => database.transaction((tx: Tx) => work(tx), LIMITS)],
    ['of such statements alone', (work) => database.sqlTransaction(work, LIMITS)],
  ]

  describe.each(kinds)('in a transaction %s', (_, run) => {
    it('are kept or undone together', async () => {
      await run((tx) => tx.sql.run`insert into "Probe" values (1)`)
      const failed = run(async (tx) => {
        await tx.sql.run`insert into "Probe" values (2)`
        throw new Error('no')
      })
      await expect(failed).rejects.toThrow('no')
      expect(await count()).toBe(1)
    })

    it('are refused once it is over, and never stand by themselves', async () => {
      const kept: SqlTx[] = []
      await run(async (tx) => void kept.push(tx))
      const [old] = kept
      if (!old) throw new Error('no transaction')
      await expect(old.sql.run`insert into "Probe" values (3)`).rejects.toThrow()
      // Nor in the next one.
      await run(async () => {
        await expect(old.sql.run`insert into "Probe" values (4)`).rejects.toThrow()
      })
      expect(await count()).toBe(0)
    })

    it('are all undone where one failed, though nobody minded', async () => {
      // Prisma's own commit says nothing of it, on a server neither.
      await run(async (tx) => {
        await tx.sql.run`insert into "Probe" values (5)`
        await tx.sql.run`select 1 / 0`.catch(() => {})
      }).catch((error: unknown) => expect(String(error)).toContain('had failed'))
      expect(await count()).toBe(0)
    })

    it('let nobody else come between', async () => {
      const held = run(async (tx) => {
        await tx.sql.run`insert into "Probe" values (6)`
        await new Promise((resolve) => setImmediate(resolve))
        await tx.sql.run`delete from "Probe"`
      })
      const seen = await count()
      await held
      expect(seen).toBe(0)
    })
  })

  it('are refused by a store that is closed, and end no process', async () => {
    await database.close()
    await expect(database.db.sql.rows`select 1`).rejects.toThrow('closed')
    await expect(database.sqlTransaction((tx) => tx.sql.rows`select 1`, LIMITS)).rejects.toThrow(
      'closed',
    )
  })
})
