import fs from 'node:fs'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { inject } from 'vitest'
import { type Local, settableClock, startLocal } from '../src/cli/local.ts'
import { createLog } from '../src/log.ts'
import type { Incoming } from '../src/platform.ts'
import { type Database, openDatabase } from '../src/store/engine/database.ts'
import type { PrismaClient } from '../src/store/generated/client.ts'
import { atTheEnd, type End, once } from './ends.ts'
import { takeStore } from './kept-stores.ts'
import { patient } from './patient.ts'
import { freshDatabase } from './postgres.ts'
import { tempDir } from './temp-dir.ts'

export {
  answer,
  fill,
  moveTo,
  open,
  planMessage,
  press,
  type StepValue,
  setUpGroup,
} from './played.ts'

export type StoreKind = 'embedded' | 'postgres'

/**
 * The stores that a suite runs on: both, or without a server the embedded one alone (the global
 * set-up says so loudly).
 */
export const STORES: readonly StoreKind[] = inject('hasPostgres')
  ? ['embedded', 'postgres']
  : ['embedded']

export const SECRET = `1:${Buffer.alloc(32, 7).toString('base64')}`
export const START = new Date('2026-03-02T09:00:00Z')
/** The first session: Tuesday 17:30 in Berlin, 90 minutes. */
export const SESSION = {
  startsAt: new Date('2026-03-03T16:30:00Z'),
  endsAt: new Date('2026-03-03T18:00:00Z'),
}
export const CLOSES = new Date('2026-03-05T18:00:00Z')

export type World = Local & {
  db: PrismaClient
  store: Database['db']
  keyDir: string
  /** The embedded store's files. Throws where the world did not ask for files of its own. */
  dataDir(): string
  databaseUrl: string | null
  end(): Promise<void>
}

export type WorldOptions = {
  store?: StoreKind
  /** Gets the lines of the service's log, all of them; without it nothing is logged. */
  onLogLine?: (line: string) => void
  newId?: () => string
  scopes?: readonly string[]
  isPlaygroundOpen?: boolean
  isPaced?: boolean
  teamsTransport?: 'botbuilder' | 'teams-apps'
  publicUrl?: string
  /** The test is about the embedded store's files: it gets one of its own, in `dataDir`. */
  hasOwnFiles?: boolean
  /** The test is about what takes too long. */
  hasDeadlines?: boolean
}

/** The service and both simulated platforms, on a clock that stands still. It ends by itself. */
export async function startWorld({
  store = 'embedded',
  onLogLine,
  hasOwnFiles = false,
  hasDeadlines = false,
  ...given
}: WorldOptions = {}): Promise<World> {
  const { dir, remove } = tempDir({ inMemory: true })
  const database = store === 'postgres' ? await freshDatabase(inject('postgresTemplate')) : null
  const clock = settableClock()
  clock.set(START)
  const keyDir = path.join(dir, 'keys')
  const dataDir = path.join(dir, 'data')
  const isKept = store === 'embedded' && !hasOwnFiles
  if (store === 'embedded' && hasOwnFiles)
    fs.cpSync(inject('embeddedTemplate'), dataDir, { recursive: true })
  const kept = isKept ? await takeStore() : null
  let stop: End = async () => {}
  let giveBack: End = async () => {}
  const end = once(async () => {
    try {
      await stop()
      await giveBack()
    } finally {
      await database?.drop()
      remove()
    }
  })
  atTheEnd(end)
  const opened =
    kept?.database ??
    (await openDatabase(
      database ? { kind: 'postgres', url: database.url } : { kind: 'embedded', directory: dataDir },
    ))
  stop = opened.close
  const local = await startLocal(clock, {
    port: 0,
    store: { dataDir, databaseUrl: database?.url ?? null },
    keyDir,
    secret: SECRET,
    country: 'DE',
    isClockManual: true,
    logLevel: 'silent',
    database: hasDeadlines ? opened : patient(opened),
    ...(onLogLine ? { log: createLog('debug', onLogLine, () => new Date()) } : {}),
    ...given,
  })
  // A test may stop the service, or a platform, before its world ends.
  const app = { ...local.app, stop: once(local.app.stop) }
  // A service that did not start, or not stop, may still be at work on it.
  giveBack = kept?.giveBack ?? giveBack
  stop = once(async () => {
    await app.stop()
    await Promise.all([local.slack.close(), local.teams.close()])
  })
  return {
    ...local,
    app,
    stop,
    db: app.services.database.db.prisma,
    store: app.services.database.db,
    keyDir,
    dataDir() {
      if (isKept) throw new Error('the store is a kept one: ask for hasOwnFiles')
      return dataDir
    },
    databaseUrl: database?.url ?? null,
    end,
  }
}

/** Something that a person did, straight to the door. */
export function incoming(sender: string, change: Partial<Incoming>): Incoming {
  return {
    requestId: crypto.randomUUID(),
    platform: 'slack',
    workspaceId: 'T0DEMO',
    sender: { externalId: sender },
    verb: '',
    input: {},
    via: 'button',
    canOpen: true,
    ...change,
  }
}

/** Every row of every table of the service, in a fixed order, as text. `skip` leaves tables out. */
export async function dump(
  db: PrismaClient,
  skip: readonly string[] = [],
): Promise<Record<string, string[]>> {
  const tables = await db.$queryRaw<{ name: string }[]>`
    select table_name as name from information_schema.tables where table_schema = 'public' and table_name <> '_prisma_migrations' order by 1`
  const rows: Record<string, string[]> = {}
  for (const { name } of tables) if (!skip.includes(name)) rows[name] = []
  const each = Object.keys(rows).map(
    (name) => `select '${name}' as name, to_jsonb(t)::text as row from "${name}" t`,
  )
  const found = await db.$queryRawUnsafe<{ name: string; row: string }[]>(
    `${each.join(' union all ')} order by 1, 2`,
  )
  for (const { name, row } of found) rows[name]?.push(row)
  return rows
}

/** Whether a dump holds a text, as letters or as bytes: those it shows in hex. */
export function holds(rows: unknown, text: string): boolean {
  const all = typeof rows === 'string' ? rows : JSON.stringify(rows)
  return all.includes(text) || all.toLowerCase().includes(Buffer.from(text, 'utf8').toString('hex'))
}

/** Listens on a free port of this machine; returns the address. */
export async function listenOn(server: Server): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<void>()
  if (server.listening) resolve()
  else server.listen(0, '127.0.0.1', () => resolve())
  await promise
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
