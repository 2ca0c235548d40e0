import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { LEFT_AFTER_MS } from './temp-dir.ts'

const DEFAULT_URL = 'postgresql://postgres@127.0.0.1:5432/test'

/** Names carry the time at which they were made: what a killed run left is told apart by it. */
const PREFIX = 'groupwell_test_'

/** The server that tests use: TEST_DATABASE_URL, or the local default. */
export const serverUrl = (): string => process.env.TEST_DATABASE_URL ?? DEFAULT_URL

export async function isReachable(): Promise<boolean> {
  const client = new pg.Client({ connectionString: serverUrl(), connectionTimeoutMillis: 2_000 })
  try {
    await client.connect()
    await client.query('select 1')
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => undefined)
  }
}

/** A database of a test, and how to remove it. */
export type TestDatabase = { name: string; url: string; drop(): Promise<void> }

/** A new database on the server: a copy of `template` (nobody may be connected to it), or empty. */
export async function freshDatabase(template: string | null = null): Promise<TestDatabase> {
  const name = `${PREFIX}${Date.now().toString(36)}_${randomBytes(6).toString('hex')}`
  await execute(`create database ${name}${template ? ` template ${template}` : ''}`)
  const url = new URL(serverUrl())
  url.pathname = `/${name}`
  const drop = async () => {
    await execute(`drop database if exists ${name} with (force)`)
  }
  return { name, url: url.toString(), drop }
}

/** Removes what runs left that were killed half a day ago or more. */
export async function dropLeftOver(): Promise<void> {
  const rows = await execute(`select datname from pg_database where datname like '${PREFIX}%'`)
  for (const { datname } of rows) {
    const [, madeAt] = /^groupwell_test_([0-9a-z]{8})_[0-9a-f]{12}$/.exec(datname) ?? []
    if (madeAt && Number.parseInt(madeAt, 36) < Date.now() - LEFT_AFTER_MS)
      await execute(`drop database if exists ${datname} with (force)`)
  }
}

async function execute(sql: string): Promise<{ datname: string }[]> {
  const client = new pg.Client({ connectionString: serverUrl() })
  await client.connect()
  try {
    return (await client.query<{ datname: string }>(sql)).rows
  } finally {
    await client.end()
  }
}
