import pg from 'pg'
import { startApp } from '../../src/app.ts'
import { createLog } from '../../src/log.ts'
import { freshDatabase } from '../postgres.ts'
import { tempDir } from '../temp-dir.ts'
import { startChild, stayOnSecondCore } from './child.ts'
import { ALL, ofPlatform, workspaces } from './fanout-cast.ts'
import { seed } from './fanout-seed.ts'
import { configOf, platformsOf, type Said, type Send } from './fanout-service.ts'
import { atLeast, atMost, type Measured, percentile, round } from './measured.ts'

type Fan = {
  run: string
  perSecond: number
  p50Ms: number
  p99Ms: number
  sent: number
  limited429: number
  rssMb: number
}

const DUE_AT = new Date('2026-03-02T16:30:00Z')
/** Posts that the naive loop has under way at once. */
const NAIVE_WIDTH = 64
const PATIENCE_MS = 180_000
/** Slack's permitted rate in this bench: one post a second over a whole workspace. */
const SLACK_PER_SECOND = 1
/** Ten for each of its 250 workspaces, and some for chance. */
const MOST_429 = 3_000

/**
 * 10,000 reminders due at one minute over 500 workspaces: without limits beside a naive loop, and
 * with the platforms' limits.
 */
export async function run(): Promise<Measured> {
  stayOnSecondCore()
  const naive = await measureNaive()
  const free = await measure(false)
  const paced = await measure(true)
  const ratio = round(free.row.perSecond / naive.perSecond, 2)
  return {
    about: 'Ten thousand reminders due at one minute over 500 workspaces, half of them in Slack',
    rows: [naive, free.row, paced.row].map((row) => ({
      run: row.run,
      'a second': row.perSecond,
      'late, p50 ms': row.p50Ms,
      'late, p99 ms': row.p99Ms,
      '429s': row.limited429,
      MB: row.rssMb,
      ratio: row === free.row ? ratio : null,
    })),
    goals: [
      atLeast('without limits, ratio to the naive loop', 0.5, ratio),
      // Our pace begins where Slack documents it and learns by them: ten a workspace.
      atMost('429s of a Slack that takes one a second', MOST_429, paced.row.limited429),
      atLeast('share of Slack’s permitted rate', 0.9, paced.share.all),
      atLeast('the same by the last ten posts of each', 0.9, paced.share.steady),
    ],
  }
}

function toRow(name: string, sends: readonly Send[]): Fan {
  const ends = sends
    .filter((one) => !one.isLimited429)
    .map(({ endedMs }) => endedMs)
    .sort((a, b) => a - b)
  return {
    run: name,
    sent: ends.length,
    perSecond: Math.round(ends.length / ((ends.at(-1) ?? 0) / 1000)),
    p50Ms: round(percentile(ends, 0.5)),
    p99Ms: round(percentile(ends, 0.99)),
    limited429: sends.length - ends.length,
    rssMb: Math.round(process.memoryUsage().rss / 1e6),
  }
}

/**
 * The loop that one might write first: everything in memory, many posts at once, and a row updated beside
 * each.
 */
async function measureNaive(): Promise<Fan> {
  const child = await startChild<Said>('fanout-platforms.ts', { isLimited: false })
  const database = await freshDatabase()
  const pool = new pg.Pool({ connectionString: database.url, max: 10 })
  // The server may close a connection that the pool has just let go of.
  pool.on('error', () => {})
  await pool.query('create table naive (id int primary key, state text not null)')
  await pool.query(`insert into naive select n, 'planned' from generate_series(0, ${ALL - 1}) n`)
  const all = workspaces.flatMap((workspace) =>
    workspace.people.map((person) => ({ workspace, person })),
  )
  const sends: Send[] = []
  const startedAt = performance.now()
  let next = 0
  const worker = async () => {
    for (let index = next++; index < all.length; index = next++) {
      const one = all[index]
      if (!one) continue
      await naivePost(child.said, one.workspace, one.person.id)
      await pool.query(`update naive set state = 'sent' where id = $1`, [index])
      sends.push({
        platform: one.workspace.platform,
        workspaceId: one.workspace.id,
        endedMs: performance.now() - startedAt,
        isLimited429: false,
      })
    }
  }
  await Promise.all(Array.from({ length: NAIVE_WIDTH }, worker))
  const row = toRow('naive loop, no limits', sends)
  await pool.end()
  await database.drop()
  await child.end()
  return row
}

async function naivePost(
  said: Said,
  workspace: (typeof workspaces)[number],
  personId: string,
): Promise<void> {
  const text = 'Group 0: Tuesday 3 March, 17:30 (Berlin time).'
  const [url, token, body] =
    workspace.platform === 'slack'
      ? [
          `${said.slackUrl}chat.postMessage`,
          workspace.token,
          {
            channel: `D${personId.slice(1)}`,
            text,
            blocks: [{ type: 'section', text: { type: 'plain_text', text } }],
          },
        ]
      : [
          `${said.authority.serviceUrl}/v3/conversations/a:${personId}/activities`,
          said.authority.token,
          { type: 'message', text },
        ]
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json; charset=utf-8',
      authorization: `Bearer ${token}`,
    },
    body: JSON.stringify(body),
  })
  const answer = (await response.json()) as { ok?: boolean; id?: string; error?: unknown }
  if (answer.ok !== true && answer.id === undefined)
    throw new Error(`the naive post was refused: ${JSON.stringify(answer)}`)
}

/** The service itself: the reminder's minute comes, one tick, until everything has gone out. */
async function measure(
  isLimited: boolean,
): Promise<{ row: Fan; share: { all: number; steady: number } }> {
  const child = await startChild<Said>('fanout-platforms.ts', { isLimited })
  const database = await freshDatabase()
  const { dir, remove } = tempDir()
  const sends: Send[] = []
  const started = { ms: 0 }
  let now = new Date(DUE_AT.getTime() - 60_000)
  const app = await startApp(configOf(dir, database.url), {
    clock: { now: () => now, wall: () => new Date() },
    log: createLog(
      'error',
      (line) => process.stderr.write(`${line}\n`),
      () => new Date(),
    ),
    isClockManual: true,
    isUnpaced: !isLimited,
    platforms: async () => platformsOf(child, sends, started),
  })
  await seed(app.services.database.db.prisma, DUE_AT, child.said.authority.serviceUrl)
  await app.services.database.db.prisma.$executeRaw`analyze`
  now = DUE_AT
  started.ms = performance.now()
  await app.tick()
  const until = performance.now() + PATIENCE_MS
  while (sends.filter((one) => !one.isLimited429).length < ALL) {
    if (performance.now() > until) throw new Error(`only ${sends.length} of ${ALL} were sent`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  await app.drain()
  const states = await app.services.database.db.prisma.delivery.groupBy({
    by: ['state'],
    _count: true,
  })
  if (states.length !== 1 || states[0]?.state !== 'sent' || states[0]._count !== ALL)
    throw new Error(`the ledger does not agree: ${JSON.stringify(states)}`)
  const row = toRow(isLimited ? 'groupwell, with limits' : 'groupwell, no limits', sends)
  await app.stop()
  await database.drop()
  await child.end()
  remove()
  return { row, share: shareOf(sends) }
}

/**
 * How much of the permitted rate each Slack workspace reached on average: over all of its posts,
 * and over its last ten.
 */
function shareOf(sends: readonly Send[]): { all: number; steady: number } {
  const rateOf = (ends: readonly number[]) =>
    (ends.length - 1) / ((Math.max(...ends) - Math.min(...ends)) / 1000) / SLACK_PER_SECOND
  const own = ofPlatform('slack').map(({ id }) =>
    sends
      .filter(({ workspaceId, isLimited429 }) => workspaceId === id && !isLimited429)
      .map(({ endedMs }) => endedMs)
      .sort((a, b) => a - b),
  )
  const mean = (rates: readonly number[]) =>
    round(rates.reduce((sum, rate) => sum + rate, 0) / rates.length, 2)
  return { all: mean(own.map(rateOf)), steady: mean(own.map((ends) => rateOf(ends.slice(-10)))) }
}
