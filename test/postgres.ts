import { randomBytes } from 'node:crypto'
import pg from 'pg'

const DEFAULT_URL = 'postgresql://postgres@127.0.0.1:5432/test'

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

/** A new, empty database on the server, and how to remove it. */
export async function freshDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  const name = `groupwell_test_${randomBytes(6).toString('hex')}`
  await execute(`create database ${name}`)
  const url = new URL(serverUrl())
  url.pathname = `/${name}`
  return { url: url.toString(), drop: () => execute(`drop database if exists ${name} with (force)`) }
}

async function execute(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl() })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}
