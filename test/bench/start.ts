import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import path from 'node:path'
import { slackCast } from '../../src/cli/cast.ts'
import { startSlack } from '../../src/simulator/slack.ts'
import { freshDatabase } from '../postgres.ts'
import { tempDir } from '../temp-dir.ts'
import { atMost, type Goal, type Measured } from './measured.ts'

const CLI = path.resolve('src/cli/groupwell.ts')
/** After that the start's garbage is collected, or would not be. */
const IDLE_AFTER_MS = 8_000
const PLATFORMS = { both: ['slack', 'teams'], slack: ['slack'], teams: ['teams'] } as const
/**
 * `npm start` for the embedded store, `npx groupwell start` for Postgres: see docs/decisions/0011.
 */
const FLAGS = { pglite: ['--liftoff-only'], postgres: [] } as const
const BOTH_GOALS = {
  pglite: { readyMs: 4_000, rssMb: 350 },
  postgres: { readyMs: 1_500, rssMb: 200 },
} as const
/** A first start of the embedded store, at its most. */
const MOST_FIRST_MB = 400

type Store = keyof typeof BOTH_GOALS
type Start = {
  store: Store
  platforms: keyof typeof PLATFORMS
  start: 'first' | 'second'
  readyMs: number
  rssMb: number
  peakMb: number
}

/**
 * The service alone, as `npm start` runs it with credentials: time to ready, and what it holds when
 * nothing happens.
 */
export async function run(): Promise<Measured> {
  if (!fs.existsSync('/proc/self/status'))
    throw new Error('the bench reads memory from /proc: Linux only')
  const rows: Start[] = []
  for (const store of ['pglite', 'postgres'] as const)
    for (const platforms of ['both', 'slack', 'teams'] as const)
      rows.push(...(await measure(store, platforms)))
  return {
    about: 'Start to ready, and memory when nothing happens',
    rows: rows.map(({ store, platforms, start, readyMs, rssMb, peakMb }) => ({
      run: `${store === 'pglite' ? 'embedded store' : 'Postgres'}, ${platforms === 'both' ? 'both platforms' : platforms}, ${start} start`,
      'ready, ms': readyMs,
      'idle, MB': rssMb,
      'peak, MB': peakMb,
    })),
    goals: goalsOf(rows),
  }
}

async function measure(store: Store, platforms: keyof typeof PLATFORMS): Promise<Start[]> {
  const { dir, remove } = tempDir()
  const database = store === 'postgres' ? await freshDatabase() : null
  const people = slackCast().people
  const workspaces = [{ teamId: 'T0BENCH', teamName: 'Bench', botToken: 'xoxb-bench', people }]
  const app = {
    signingSecret: 'bench signing secret, not a secret',
    scopes: [],
    events: [],
    workspaces,
  }
  const slack = await startSlack(app, () => new Date())
  const env = environment(dir, database?.url ?? null, slack.apiUrl, PLATFORMS[platforms])
  try {
    return [
      await startOnce(store, platforms, 'first', env),
      await startOnce(store, platforms, 'second', env),
    ]
  } finally {
    await slack.close()
    await database?.drop()
    remove()
  }
}

async function startOnce(
  store: Store,
  platforms: Start['platforms'],
  start: Start['start'],
  env: Record<string, string>,
): Promise<Start> {
  const startedAt = performance.now()
  const child = spawn(process.execPath, [...FLAGS[store], CLI, 'start'], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  await ready(child)
  const readyMs = Math.round(performance.now() - startedAt)
  await new Promise((resolve) => setTimeout(resolve, IDLE_AFTER_MS))
  const memory = fs.readFileSync(`/proc/${child.pid}/status`, 'utf8')
  const megabytes = (field: string) =>
    Math.round(Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(memory)?.[1]) / 1024)
  const gone = once(child, 'exit')
  child.kill('SIGTERM')
  await gone
  return { store, platforms, start, readyMs, rssMb: megabytes('VmRSS'), peakMb: megabytes('VmHWM') }
}

async function ready(child: ChildProcess): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  let log = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    log += chunk.toString()
    if (log.includes('"event":"started"')) resolve()
  })
  child.once('exit', () => reject(new Error(`ended before it was ready: ${log}`)))
  await promise
}

function environment(
  dir: string,
  url: string | null,
  apiUrl: string,
  platforms: readonly string[],
): Record<string, string> {
  const id = '00000000-0000-4000-8000-0000000000aa'
  return {
    PATH: process.env.PATH ?? '',
    NODE_OPTIONS: process.env.NODE_OPTIONS ?? '',
    NODE_ENV: 'production',
    PORT: '0',
    DATA_DIR: path.join(dir, 'data'),
    KEY_DIR: path.join(dir, 'keys'),
    // A first start has compiled nothing yet.
    NODE_COMPILE_CACHE: path.join(dir, 'cache'),
    ...(url ? { DATABASE_URL: url } : {}),
    GROUPWELL_SECRET: `1:${Buffer.alloc(32, 7).toString('base64')}`,
    ORGANISATION_COUNTRY: 'DE',
    ...(platforms.includes('slack')
      ? {
          SLACK_SIGNING_SECRET: 'bench signing secret, not a secret',
          SLACK_BOT_TOKEN: 'xoxb-bench',
          SLACK_FIRST_ADMIN: 'UADMIN',
          SLACK_API_URL: apiUrl,
        }
      : {}),
    ...(platforms.includes('teams')
      ? {
          MICROSOFT_APP_ID: id,
          MICROSOFT_APP_PASSWORD: 'not a secret',
          MICROSOFT_APP_TENANT_ID: id,
          TEAMS_FIRST_ADMIN: id,
        }
      : {}),
  }
}

function goalsOf(rows: readonly Start[]): Goal[] {
  const both = (store: Store, start: Start['start']) =>
    rows.find((row) => row.store === store && row.platforms === 'both' && row.start === start)
  return [
    ...(['pglite', 'postgres'] as const).flatMap((store) => {
      const { readyMs, rssMb } = BOTH_GOALS[store]
      const second = both(store, 'second')
      return [
        atMost(`${store}, second start, ready, ms`, readyMs, second?.readyMs ?? Number.NaN),
        atMost(`${store}, second start, idle, MB`, rssMb, second?.rssMb ?? Number.NaN),
      ]
    }),
    atMost(
      'pglite, first start, peak, MB',
      MOST_FIRST_MB,
      both('pglite', 'first')?.peakMb ?? Number.NaN,
    ),
  ]
}
