import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BusyError } from '../../../src/errors.ts'
import { type Database, openDatabase } from '../../../src/store/engine/database.ts'
import type { Tx } from '../../../src/store/engine/transaction.ts'
import { STORES } from '../../helpers.ts'
import { freshDatabase } from '../../postgres.ts'

const AT = new Date('2026-03-02T09:00:00Z')

describe.each(STORES)('a transaction of the client, with statements past it (%s)', (store) => {
  let database: Database
  let drop = async () => {}
  beforeAll(async () => {
    const fresh = store === 'postgres' ? await freshDatabase() : null
    drop = async () => await fresh?.drop()
    database = await openDatabase(
      fresh ? { kind: 'postgres', url: fresh.url } : { kind: 'embedded', directory: null },
    )
  })
  afterAll(async () => {
    await database.close()
    await drop()
  })
  const add = async ({ prisma }: Pick<Tx, 'prisma'>, name: string) =>
    await prisma.organisation.create({
      data: { id: randomUUID(), name, country: 'DE', createdAt: AT },
    })
  const namesBy = async ({ sql }: Pick<Tx, 'sql'>, name: string) =>
    (await sql.rows<{ name: string }>`select "name" from "Organisation" where "name" = ${name}`)
      .length

  it('sees on one road what was written on the other, before anybody else does', async () => {
    await database.transaction(async (tx) => {
      await add(tx, 'by the client')
      expect(await namesBy(tx, 'by the client')).toBe(1)
      const changed = await tx.sql.run`
        update "Organisation" set "name" = 'by hand' where "name" = 'by the client'`
      expect(changed).toBe(1)
      expect(await tx.prisma.organisation.count({ where: { name: 'by hand' } })).toBe(1)
    })
    expect(await namesBy(database.db, 'by hand')).toBe(1)
  })

  it('rolls both back together', async () => {
    const failing = database.transaction(async (tx) => {
      await add(tx, 'never')
      await tx.sql.run`update "Organisation" set "country" = 'ES' where "name" = 'never'`
      throw new Error('changed my mind')
    })
    await expect(failing).rejects.toThrow('changed my mind')
    expect(await namesBy(database.db, 'never')).toBe(0)
  })

  it('keeps two transactions that run at once on connections of their own', async () => {
    const names = ['one', 'two', 'three', 'four']
    await Promise.all(
      names
        .map((name) =>
          database.transaction(async (tx) => {
            await add(tx, name)
            await new Promise((resolve) => setImmediate(resolve))
            expect(await namesBy(tx, name)).toBe(1)
            if (name === 'three') throw new Error('only this one')
          }),
        )
        .map((running) => running.catch(() => undefined)),
    )
    const found = await Promise.all(names.map((name) => namesBy(database.db, name)))
    expect(found).toEqual([1, 1, 0, 1])
  })

  it('sends nothing behind its rollback, however a neighbour in the same work goes on', async () => {
    const { promise: failed, resolve: goOn } = Promise.withResolvers<void>()
    let later: Promise<unknown> = Promise.resolve()
    const failing = database.transaction(async (tx) => {
      const one = async () => {
        await failed
        await tx.sql.run`
          insert into "Organisation" ("id", "name", "country", "createdAt")
          values (${randomUUID()}::uuid, 'behind', 'DE', ${AT})`
      }
      later = one().catch((error: unknown) => error)
      // The neighbour goes on in the turn after this: the rollback is on its way by then.
      setImmediate(goOn)
      throw new Error('changed my mind')
    })
    await expect(failing).rejects.toThrow('changed my mind')
    expect(await later).toBeInstanceOf(BusyError)
    expect(await namesBy(database.db, 'behind')).toBe(0)
  })

  it('sends nothing by hand once it is over, so that no statement meets another’s work', async () => {
    const left = await database.transaction(async (tx) => tx)
    await expect(namesBy(left, 'by hand')).rejects.toThrow(BusyError)
    const late = database.transaction(
      async (tx) => {
        await tx.sql.rows`select pg_sleep(0.2)`
        return await namesBy(tx, 'by hand')
      },
      { maxWait: 5_000, timeout: 150 },
    )
    await expect(late).rejects.toThrow()
    // The control: the connection itself serves the next one.
    expect(await database.transaction((tx) => namesBy(tx, 'by hand'))).toBe(1)
  })
})
