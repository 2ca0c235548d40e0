import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import { afterEach, describe, expect, inject, it } from 'vitest'
import { directOf } from '../../src/simulator/slack/state.ts'
import { type SlackSimulator, startSlack } from '../../src/simulator/slack.ts'
import { openDatabase } from '../../src/store/engine/database.ts'
import { ownDir } from '../ends.ts'
import { SECRET } from '../helpers.ts'
import { freshDatabase } from '../postgres.ts'
import { ALL, keyOfPost, keys, seed, workspaces } from './cast.ts'
import { startOwnPostgres } from './own-postgres.ts'
import type { Given } from './worker.ts'

// 2,000 reminders go out through a platform that fails, loses its answer after it has acted, and
// asks for patience, while the processes that send them are killed. Nothing may be lost; twice may
// come only what the ledger had in `sending`.

const KILLS = 8
const PATIENCE_MS = 120_000
const hasPostgres = inject('hasPostgres')

type Worker = {
  process: ChildProcess
  owner: string
  inDoubt: { personId: string; sessionId: string }[]
  /** Rows of the ledger that are over, as it said last. */
  over(): number
}
type Stage = {
  slack: SlackSimulator
  given: Omit<Given, 'owner' | 'dead' | 'isClaimless'>
  ledger(): Promise<Record<string, number>>
}

const open: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

/** A store with everything planned, and Slack in front of it. */
async function setStage(url: string | null): Promise<Stage> {
  const dir = ownDir()
  const dataDir = path.join(dir, 'data')
  const database = await openDatabase(
    url ? { kind: 'postgres', url } : { kind: 'embedded', directory: dataDir },
  )
  await seed(database.db.prisma)
  await database.close()
  const slack = await startSlack(
    {
      signingSecret: 'crash, not a secret',
      scopes: ['chat:write', 'im:write'],
      events: [],
      workspaces,
    },
    () => new Date(),
  )
  for (const { people } of workspaces)
    for (const { id } of people) slack.state.directs.set(directOf(id), id)
  open.push(() => slack.close())
  const given = {
    store: { url, dataDir },
    keyDir: path.join(dir, 'keys'),
    secret: SECRET,
    slackUrl: slack.apiUrl,
  }
  return {
    slack,
    given,
    async ledger() {
      const store = await openDatabase(
        url ? { kind: 'postgres', url } : { kind: 'embedded', directory: dataDir },
      )
      const rows = await store.db.prisma.delivery.groupBy({ by: ['state', 'reason'], _count: true })
      await store.close()
      return Object.fromEntries(
        rows.map(({ state, reason, _count }) => [
          [state, reason].filter(Boolean).join(' '),
          _count,
        ]),
      )
    },
  }
}

async function startWorker(
  stage: Stage,
  dead: readonly string[],
  isClaimless = false,
): Promise<Worker> {
  const owner = randomUUID()
  const given: Given = { ...stage.given, owner, dead: [...dead], isClaimless }
  const script = path.join(import.meta.dirname, 'worker.ts')
  const child = spawn(process.execPath, ['--liftoff-only', script, JSON.stringify(given)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  open.push(() => void child.kill('SIGKILL'))
  const lines = createInterface({ input: child.stdout })
  const [line] = (await once(lines, 'line')) as [string]
  let over = 0
  lines.on('line', (next) => {
    over = (JSON.parse(next) as { over: number | null }).over ?? over
  })
  return {
    process: child,
    owner,
    inDoubt: (JSON.parse(line) as Pick<Worker, 'inDoubt'>).inDoubt,
    over: () => over,
  }
}

async function kill(worker: Worker): Promise<void> {
  const gone = once(worker.process, 'exit')
  worker.process.kill('SIGKILL')
  await gone
}

/** Now and then something goes wrong at the platform, until stopped. */
function troubleAt(slack: SlackSimulator): () => void {
  const troubles = [
    { method: 'chat.postMessage', status: 500 },
    { method: 'chat.postMessage', status: 500, isAfterActing: true },
    { method: 'chat.postMessage', cut: 'reset', isAfterActing: true },
    { method: 'chat.postMessage', status: 429, retryAfter: 1 },
  ] as const
  let next = 0
  const timer = setInterval(() => {
    const trouble = troubles[next++ % troubles.length]
    if (trouble) slack.failNext(trouble)
  }, 150)
  return () => clearInterval(timer)
}

/**
 * The posts that people got, how often, and how often the platform answered a post with an error, or not at
 * all.
 */
function received({ slack }: Stage) {
  const counts = new Map<string, number>()
  for (const { place, payload, author } of slack.journal.messages) {
    if (author !== 'bot') continue
    const key = keyOfPost(place, String(payload.text))
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  const failed = new Map<string, number>()
  for (const { method, status, error, payload } of slack.journal.requests) {
    if (method !== 'chat.postMessage' || (status === 200 && error === null)) continue
    const { channel, text } = payload as Record<string, unknown>
    const key = keyOfPost(String(channel), String(text))
    failed.set(key, (failed.get(key) ?? 0) + 1)
  }
  return { counts, failed }
}

async function untilAllOver(workers: readonly Worker[]): Promise<void> {
  const until = Date.now() + PATIENCE_MS
  while (!workers.some(({ over }) => over() === ALL)) {
    if (workers.some((worker) => worker.process.exitCode !== null))
      throw new Error('a worker ended by itself')
    if (Date.now() > until) throw new Error(`not over: ${workers.map(({ over }) => over())}`)
    await wait(50)
  }
}

/** Checks that nothing was lost and that only what was in doubt came twice; prints the counts. */
async function check(name: string, stage: Stage, inDoubt: ReadonlySet<string>): Promise<void> {
  const { counts, failed } = received(stage)
  const ledger = await stage.ledger()
  const all = [...keys().values()]
  const missing = all.filter((key) => !counts.has(key))
  const doubled = [...counts].filter(([, count]) => count > 1).map(([key]) => key)
  const unexplained = doubled.filter((key) => !inDoubt.has(key) && !failed.has(key))
  process.stdout.write(
    `${JSON.stringify({ crash: name, deliveries: ALL, received: counts.size, missing: missing.length, inDoubtAtKills: inDoubt.size, platformErrors: failed.size, cameTwice: doubled.length, unexplained: unexplained.length, ledger })}\n`,
  )
  expect(unexplained).toEqual([])
  // Deaths lose nothing. A notice that the platform failed twice is given up, and the ledger says so.
  expect(missing.filter((key) => (failed.get(key) ?? 0) < 2)).toEqual([])
  expect(missing.length).toBeLessThanOrEqual(ledger['dropped unknown'] ?? 0)
  expect(Object.values(ledger).reduce((sum, count) => sum + count, 0)).toBe(ALL)
  expect((ledger.sent ?? 0) + (ledger['dropped unknown'] ?? 0)).toBe(ALL)
}

const random = (from: number, to: number) => from + Math.random() * (to - from)

describe('killed at random moments while 2,000 messages go out', () => {
  it('on the embedded store: nothing is lost', async () => {
    const stage = await setStage(null)
    const stop = troubleAt(stage.slack)
    open.push(stop)
    const known = keys()
    const inDoubt = new Set<string>()
    const dead: string[] = []
    for (let round = 0; round <= KILLS; round += 1) {
      const worker = await startWorker(stage, dead)
      for (const { personId, sessionId } of worker.inDoubt)
        inDoubt.add(known.get(`${personId} ${sessionId}`) ?? '')
      if (round === KILLS) {
        // The platform is well again for what is left.
        stop()
        await untilAllOver([worker])
        await kill(worker)
        break
      }
      const before = stage.slack.journal.messages.length
      const until = Date.now() + 20_000
      // Killed while it sends: some posts after its first.
      while (stage.slack.journal.messages.length - before < random(20, 200) && Date.now() < until)
        await wait(5)
      await kill(worker)
      dead.push(worker.owner)
    }
    stop()
    await check('embedded', stage, inDoubt)
  })

  it.runIf(hasPostgres)(
    'on Postgres with two workers: nothing is lost, and neither sends what the other sends',
    async () => {
      const database = await freshDatabase()
      open.push(database.drop)
      const stage = await setStage(database.url)
      const stop = troubleAt(stage.slack)
      open.push(stop)
      const known = keys()
      const inDoubt = new Set<string>()
      const dead: string[] = []
      const start = async () => {
        const worker = await startWorker(stage, dead)
        for (const { personId, sessionId } of worker.inDoubt)
          inDoubt.add(known.get(`${personId} ${sessionId}`) ?? '')
        return worker
      }
      const workers = [await start(), await start()]
      for (let round = 0; round < KILLS; round += 1) {
        await wait(random(100, 600))
        const victim = workers.shift()
        if (!victim) break
        await kill(victim)
        dead.push(victim.owner)
        workers.push(await start())
      }
      stop()
      await untilAllOver(workers)
      for (const worker of workers) await kill(worker)
      stop()
      await check('postgres, two workers', stage, inDoubt)
    },
  )

  it.runIf(hasPostgres)('without the claim most of it comes twice (negative control)', async () => {
    const database = await freshDatabase()
    open.push(database.drop)
    const stage = await setStage(database.url)
    // Planned by a worker that never gets to send: the platform is not there for it.
    const planner = await startWorker(
      { ...stage, given: { ...stage.given, slackUrl: 'http://127.0.0.1:9/' } },
      [],
    )
    const client = new pg.Client({ connectionString: database.url })
    await client.connect()
    const planned = async () =>
      (await client.query(`select count(*)::int as count from "Delivery"`)).rows[0]?.count
    while ((await planned()) < ALL) await wait(50)
    await kill(planner)
    await client.query(
      `update "Delivery" set state = 'planned', attempts = 0, "lostAnswers" = 0, interruptions = 0, "notBefore" = null, "leasedUntil" = null, "endedAt" = null, reason = null`,
    )
    await client.end()
    const workers = [await startWorker(stage, [], true), await startWorker(stage, [], true)]
    // Both stand ready before either sends: else the first is nearly through when the second has
    // loaded its code.
    for (const worker of workers) worker.process.stdin?.write('go\n')
    while (received(stage).counts.size < ALL / 2) await wait(50)
    for (const worker of workers) await kill(worker)
    const { counts } = received(stage)
    const doubled = [...counts.values()].filter((count) => count > 1).length
    process.stdout.write(
      `${JSON.stringify({ crash: 'without the claim', received: counts.size, cameTwice: doubled })}\n`,
    )
    expect(doubled).toBeGreaterThan(counts.size / 10)
  })
})

describe('the database restarted while 2,000 messages go out', () => {
  it.runIf(hasPostgres)('twice, without a farewell: nothing is lost', async ({ skip }) => {
    const dir = ownDir()
    const own = await startOwnPostgres(dir)
    if (!own) return skip('no Postgres programs on this machine to restart')
    open.push(own.stop)
    const stage = await setStage(own.url)
    const known = keys()
    const inDoubt = new Set<string>()
    const worker = await startWorker(stage, [])
    for (let restart = 0; restart < 2; restart += 1) {
      const before = stage.slack.journal.messages.length
      while (stage.slack.journal.messages.length - before < 200) await wait(5)
      own.restart()
    }
    // A row that a lost statement left in `sending` has a lease of a minute; here it is over
    // as soon as nobody sends it.
    const pool = new pg.Pool({ connectionString: own.url, max: 1 })
    const expire = async () => {
      const { rows } = await pool.query(
        `update "Delivery" set "leasedUntil" = clock_timestamp() - interval '1 second' where state = 'sending'
          and "leasedUntil" < clock_timestamp() + interval '50 seconds' returning "personId", "sessionId"`,
      )
      for (const { personId, sessionId } of rows)
        inDoubt.add(known.get(`${personId} ${sessionId}`) ?? '')
      await pool.query(
        `update "Connection" set "laneUntil" = null where "laneUntil" < clock_timestamp() + interval '20 seconds'`,
      )
    }
    const timer = setInterval(() => void expire().catch(() => undefined), 2_000)
    await untilAllOver([worker])
    clearInterval(timer)
    await pool.end()
    await kill(worker)
    await check('database restarted', stage, inDoubt)
  })
})
