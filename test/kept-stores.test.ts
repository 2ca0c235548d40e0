import fs from 'node:fs'
import path from 'node:path'
import { expect, inject, it } from 'vitest'
import { type Database, openDatabase } from '../src/store/engine/database.ts'
import { ownDir } from './ends.ts'
import { setUpGroup, startWorld } from './helpers.ts'
import { takeStore } from './kept-stores.ts'

/** Every row of both schemas, and where each sequence stands. */
async function allOf({ db: { prisma } }: Database): Promise<unknown> {
  const tables = await prisma.$queryRaw<{ name: string }[]>`
    select format('%I.%I', schemaname, tablename) as name from pg_tables
      where schemaname in ('public', 'pgboss') order by 1`
  const sequences = await prisma.$queryRaw`
    select sequencename::text as name, last_value from pg_sequences
      where schemaname in ('public', 'pgboss') order by 1`
  const rows: Record<string, unknown> = {}
  for (const { name } of tables)
    rows[name] = await prisma.$queryRawUnsafe(
      `select to_jsonb(t)::text as row from ${name} t order by 1`,
    )
  const [session] = await prisma.$queryRaw<object[]>`
    select current_setting('session_replication_role') as role,
      (select count(*)::int from pg_locks where locktype = 'advisory') as locks`
  return { rows, sequences, session }
}

/** A world's rows at its end, and the store as the next world gets it. */
async function leave() {
  const world = await startWorld()
  const { database } = world.app.services
  await setUpGroup(world)
  const used = await allOf(database)
  await world.end()
  const kept = await takeStore()
  return { used, kept, isSame: kept.database.db === database.db }
}

it('a store that a world left is as a fresh one, to the last row of the queue', async () => {
  let { used, kept, isSame } = await leave()
  // The files before this one may have used it as often as a store is used: then a second is not.
  if (!isSame) {
    await kept.giveBack()
    ;({ used, kept, isSame } = await leave())
  }
  expect(isSame).toBe(true)
  const left = await allOf(kept.database)
  await kept.giveBack()

  const directory = path.join(ownDir(), 'data')
  fs.cpSync(inject('embeddedTemplate'), directory, { recursive: true })
  const fresh = await openDatabase({ kind: 'embedded', directory })
  const untouched = await allOf(fresh)
  await fresh.close()
  expect(left).toEqual(untouched)
  expect(used).not.toEqual(untouched)
})
