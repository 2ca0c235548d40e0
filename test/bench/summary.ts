import { type App, startApp } from '../../src/app.ts'
import { run as runVerb } from '../../src/door/run.ts'
import { createLog } from '../../src/log.ts'
import { freshDatabase } from '../postgres.ts'
import { tempDir } from '../temp-dir.ts'
import { SLACK_ALONE } from '../traits.ts'
import { startChild, stayOnSecondCore } from './child.ts'
import { ALL } from './fanout-cast.ts'
import { seed as seedPeople } from './fanout-seed.ts'
import { configOf, platformsOf, type Said, type Send } from './fanout-service.ts'
import { atMost, type Measured, percentile, round } from './measured.ts'
import { HISTORIES, NOW, SUPERVISED, seed, WORKSPACE } from './summary-seed.ts'

const ROUNDS = 400
const WARM_UP = 40
const MOST_P99_MS = { summary: 100, digest: 500 } as const
/** Ten years may cost so many times one. */
const MOST_GROWTH = 1.3
const PATIENCE_MS = 300_000

/** Ten thousand digests due at one minute may take so long. */
const MOST_DIGEST_SECONDS = 15

type Reading = { run: string; p50Ms: number; p99Ms: number }
type Fan = { run: string; digests: number; seconds: number; perSecond: number; latestMs: number }

const log = createLog(
  'error',
  (line) => process.stderr.write(`${line}\n`),
  () => new Date(),
)

/**
 * The cost of opening a summary and a digest in a store of ten thousand groups, and ten thousand
 * digests that are due.
 */
export async function run(): Promise<Measured> {
  const { rows, results } = await measureReading()
  stayOnSecondCore()
  const spread = await measureFan('over 24 zones', ZONES)
  const atOnce = await measureFan('all in one zone', ['Europe/Berlin'])
  const p50 = (name: string) =>
    rows.find(({ run }) => run === `summary, ${name}`)?.p50Ms ?? Number.POSITIVE_INFINITY
  const most = ({ run }: Reading) =>
    run.startsWith('summary') ? MOST_P99_MS.summary : MOST_P99_MS.digest
  return {
    about: `Reading in a store of ${results} results, and ten thousand digests due`,
    rows: [
      ...rows.map(({ run, p50Ms, p99Ms }) => ({ run, 'p50 ms': p50Ms, 'p99 ms': p99Ms })),
      ...[spread, atOnce].map(({ run, digests, seconds, perSecond, latestMs }) => ({
        run: `${digests} digests due, ${run}`,
        'p50 ms': `${seconds} s, ${perSecond} a second`,
        'p99 ms': `the last of an hour after ${latestMs} ms`,
      })),
    ],
    goals: [
      ...rows.map((row) => atMost(`${row.run}, p99 ms`, most(row), row.p99Ms)),
      atMost('ten years in times of one', MOST_GROWTH, round(p50('10 years') / p50('1 year'), 2)),
      atMost('all digests in one zone, s', MOST_DIGEST_SECONDS, atOnce.seconds),
    ],
  }
}

/** From the door to the card, with the audit entry that opening a result leaves. */
async function measureReading(): Promise<{ rows: Reading[]; results: number }> {
  const database = await freshDatabase()
  const { dir, remove } = tempDir()
  const clock = { now: () => NOW, wall: () => new Date() }
  const app = await startApp(configOf(dir, database.url), {
    clock,
    isClockManual: true,
    platforms: async () => [],
    log,
  })
  const { groupIds, results } = await seed(database.url)
  const runs = [
    ...HISTORIES.map(({ name }, index) => ({
      name: `summary, ${name}`,
      kind: 'summary',
      once: (round: number) =>
        open(app, 'UBENCHF', round, { verb: 'summary', id: groupIds[index] }),
    })),
    {
      name: `digest of ${SUPERVISED} groups`,
      kind: 'digest',
      once: (round: number) => open(app, 'UBENCHS', round, { verb: 'digest' }),
    },
  ]
  const took = new Map<string, number[]>(runs.map(({ name }) => [name, []]))
  // In turn, so that what the machine does meanwhile falls on each alike.
  for (let round = 0; round < ROUNDS + WARM_UP; round += 1) {
    for (const { name, kind, once } of runs) {
      const startedAt = performance.now()
      const reply = await once(round)
      const ms = performance.now() - startedAt
      const isFull = JSON.stringify(reply).includes('Life satisfaction')
      if (reply?.type !== 'content' || reply.card.kind !== kind || !isFull)
        throw new Error(`refused: ${JSON.stringify(reply)}`)
      if (round >= WARM_UP) took.get(name)?.push(ms)
    }
  }
  await app.stop()
  await database.drop()
  remove()
  const rows = runs.map(({ name }) => {
    const ms = (part: number) => round(percentile(took.get(name) ?? [], part), 1)
    return { run: name, p50Ms: ms(0.5), p99Ms: ms(0.99) }
  })
  return { rows, results }
}

function open(
  app: App,
  externalId: string,
  round: number,
  { verb, id }: { verb: 'summary' | 'digest'; id?: string | undefined },
) {
  // The bench stands at the door: no platform is up.
  return runVerb(
    { ...app.services, platforms: SLACK_ALONE },
    {
      requestId: `${verb} ${id} ${round}`,
      platform: 'slack',
      workspaceId: WORKSPACE,
      sender: { externalId },
      verb,
      input: id ? { id } : {},
      via: 'button',
      canOpen: true,
    },
  )
}

/** One zone for each hour of the day, all without clock changes. */
const ZONES = Array.from(
  { length: 24 },
  (_, hour) => `Etc/GMT${hour < 12 ? `+${hour}` : `-${hour - 11}`}`,
)
/** A Monday, 8:00 in Berlin. */
const MONDAY = Date.parse('2026-03-02T07:00:00Z')

/**
 * Everybody of the fan-out bench is a supervisor whose digest is due: until each notice has
 * arrived, without the platforms' limits.
 */
async function measureFan(name: string, zones: readonly string[]): Promise<Fan> {
  const child = await startChild<Said>('fanout-platforms.ts', { isLimited: false })
  const database = await freshDatabase()
  const { dir, remove } = tempDir()
  const sends: Send[] = []
  const started = { ms: 0 }
  let now = new Date(MONDAY - 86_400_000)
  const app = await startApp(configOf(dir, database.url), {
    clock: { now: () => now, wall: () => new Date() },
    log,
    isClockManual: true,
    isUnpaced: true,
    platforms: async () => platformsOf(child, sends, started),
  })
  const { db } = app.services.database
  await seedPeople(db.prisma, now, child.said.authority.serviceUrl)
  await db.prisma.occurrence.deleteMany()
  await db.prisma.$executeRaw`update "RosterEntry" set "role" = 'supervisor'`
  await db.prisma.$executeRaw`
    insert into "DigestPlan" ("organisationId", "personId", "weekday", "localTime", "timeZone")
      select "organisationId", "id", 1, '08:00', (${[...zones]}::text[])[1 + (row_number() over (order by "id")) % ${zones.length}] from "Person"
      where exists (select from "RosterEntry" r where r."personId" = "Person"."id")`
  await db.prisma.$executeRaw`
    insert into "Occurrence" ("organisationId", "id", "kind", "dueAt", "personId")
      select "organisationId", gen_random_uuid(), 'digest', timestamp '2026-03-02 08:00' at time zone "timeZone", "personId" from "DigestPlan"`
  await db.prisma.$executeRaw`analyze`
  const dues = await db.prisma.occurrence.groupBy({
    by: ['dueAt'],
    _count: true,
    orderBy: { dueAt: 'asc' },
  })
  let ms = 0
  let latestMs = 0
  for (const { dueAt, _count } of dues) {
    const before = sends.length
    now = dueAt
    started.ms = performance.now()
    await app.tick()
    const until = performance.now() + PATIENCE_MS
    while (sends.length < before + _count) {
      if (performance.now() > until)
        throw new Error(`only ${sends.length - before} of ${_count} were sent`)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    latestMs = Math.max(latestMs, ...sends.slice(before).map(({ endedMs }) => endedMs))
    await app.drain()
    ms += performance.now() - started.ms
  }
  const states = await db.prisma.delivery.groupBy({ by: ['state'], _count: true })
  if (
    sends.length !== ALL ||
    states.length !== 1 ||
    states[0]?.state !== 'sent' ||
    states[0]._count !== ALL
  )
    throw new Error(`the ledger does not agree: ${JSON.stringify(states)}`)
  await app.stop()
  await database.drop()
  await child.end()
  remove()
  const seconds = Math.round(ms / 100) / 10
  return {
    run: name,
    digests: ALL,
    seconds,
    perSecond: Math.round(ALL / seconds),
    latestMs: Math.round(latestMs),
  }
}
