import fs from 'node:fs'
import path from 'node:path'
import { inject } from 'vitest'
import { type Database, openDatabase } from '../src/store/engine/database.ts'

/**
 * An embedded store that stays open between tests, and what empties it again and says how many
 * rows there were.
 */
type Kept = { database: Database; uses: number; empty(): Promise<number> }

/** Rows that are gone slow what comes after them: a store goes after so many worlds, or rows. */
const MOST_USES = 12
const MOST_ROWS = 2_000

const waiting: Kept[] = []
let made = 0

/**
 * An embedded store with its schema and nothing else, for a world in which nothing is about its
 * files. Opening one takes half a second of CPU, so that one which a world left is emptied and used
 * again. `giveBack` is for a store that nobody uses any more; a world's own `close` does nothing.
 */
export async function takeStore(): Promise<{ database: Database; giveBack(): Promise<void> }> {
  const kept = waiting.pop() ?? (await makeStore())
  kept.uses += 1
  return {
    database: { ...kept.database, close: async () => {} },
    async giveBack() {
      const isSpent = kept.uses === MOST_USES || (await kept.empty()) >= MOST_ROWS
      if (isSpent) await kept.database.close()
      else waiting.push(kept)
    },
  }
}

/** Lies beside the template: it goes with it when the run ends. */
async function makeStore(): Promise<Kept> {
  const template = inject('embeddedTemplate')
  made += 1
  const directory = path.join(path.dirname(template), `kept-${process.pid}-${made}`)
  fs.cpSync(template, directory, { recursive: true })
  const database = await openDatabase({ kind: 'embedded', directory })
  return { database, uses: 0, empty: await emptier(database) }
}

/**
 * Deletes every row and puts those back that a fresh store has. It has no sequences, and a service
 * that has stopped holds no lock (kept-stores.test.ts would say so).
 */
async function emptier({ db: { prisma } }: Database): Promise<() => Promise<number>> {
  const tables = await prisma.$queryRaw<{ name: string }[]>`
    select format('%I.%I', n.nspname, c.relname) as name
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname in ('public', 'pgboss') and c.relkind = 'r'`
  const rowsOf = async (name: string) => {
    const rows = await prisma.$queryRawUnsafe<{ row: string }[]>(
      `select to_jsonb(t)::text as row from ${name} t`,
    )
    return rows.map(({ row }) => row)
  }
  const first: { name: string; rows: string[] }[] = []
  for (const { name } of tables) first.push({ name, rows: await rowsOf(name) })
  const statements = [
    `set session_replication_role = replica`,
    ...first.map(({ name }) => `delete from ${name}`),
  ]
  return async () => {
    let gone = 0
    for (const statement of statements) gone += await prisma.$executeRawUnsafe(statement)
    for (const { name, rows } of first)
      if (rows.length > 0)
        await prisma.$executeRawUnsafe(
          `insert into ${name} select * from jsonb_populate_recordset(null::${name}, $1::jsonb)`,
          `[${rows.join(',')}]`,
        )
    await prisma.$executeRawUnsafe(`reset session_replication_role`)
    return gone
  }
}
