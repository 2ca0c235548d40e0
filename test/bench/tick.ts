import { randomBytes } from 'node:crypto'
import path from 'node:path'
import pg from 'pg'
import { startApp } from '../../src/app.ts'
import { createLog } from '../../src/log.ts'
import { freshDatabase } from '../postgres.ts'
import { tempDir } from '../temp-dir.ts'
import { atMost, type Measured, round } from './measured.ts'

const SIZES = [1_000, 10_000, 100_000] as const
const ROUNDS = 15
const NOW = new Date('2026-03-02T12:00:00Z')
/**
 * A tick with this much more to look past may cost so much more: what it costs must come from what
 * is due.
 */
const MOST_GROWTH = 1.5

type Look = { groups: number; occurrences: number; due: number; p50Ms: number; maxMs: number }

/**
 * The cost of one look at what is due, with nothing due and with 20 reminders due, by how many
 * groups exist.
 */
export async function run(): Promise<Measured> {
  const rows: Look[] = []
  for (const groups of SIZES) rows.push(...(await measure(groups)))
  const goals = [0, 20].map((due) => {
    const own = rows.filter((row) => row.due === due)
    const growth = (own.at(-1)?.p50Ms ?? 0) / (own[0]?.p50Ms ?? 1)
    return atMost(`${due} due: 100,000 groups in times of 1,000`, MOST_GROWTH, round(growth, 2))
  })
  return {
    about: 'A look at what is due',
    rows: rows.map(({ groups, occurrences, due, p50Ms, maxMs }) => ({
      groups,
      'planned occurrences': occurrences,
      due,
      'p50 ms': p50Ms,
      'most ms': maxMs,
    })),
    goals,
  }
}

async function measure(groups: number): Promise<Look[]> {
  const database = await freshDatabase()
  const { dir, remove } = tempDir()
  const clock = { now: () => NOW, wall: () => new Date() }
  const app = await startApp(
    {
      isProduction: false,
      http: { host: '127.0.0.1', port: 0, publicUrl: null },
      store: { url: database.url, dataDir: path.join(dir, 'data') },
      ballot: { keyDir: path.join(dir, 'keys'), secret: `1:${randomBytes(32).toString('base64')}` },
      content: { questionSetDir: null, helpLinesFile: null },
      organisation: { name: 'Bench', country: 'DE' },
      slack: null,
      teams: null,
      log: { level: 'error' },
    },
    {
      clock,
      isClockManual: true,
      platforms: async () => [],
      log: createLog(
        'error',
        (line) => process.stderr.write(`${line}\n`),
        () => new Date(),
      ),
    },
  )
  const { db } = app.services.database
  const { id: organisationId } = await db.prisma.organisation.findFirstOrThrow()
  // A new organisation's own work is done before there are groups to do it for.
  await app.tick()
  await app.drain()
  await fillStore(database.url, organisationId, groups)
  const occurrences = await db.prisma.occurrence.count()
  const rows: Look[] = []
  for (const due of [0, 20]) {
    const took: number[] = []
    for (let round = 0; round < ROUNDS; round += 1) {
      if (due > 0) await makeDue(db, organisationId, due, round)
      const startedAt = performance.now()
      await app.tick()
      took.push(performance.now() - startedAt)
      await app.drain()
    }
    took.sort((a, b) => a - b)
    const ms = (value: number | undefined) => Math.round((value ?? 0) * 10) / 10
    rows.push({
      groups,
      occurrences,
      due,
      p50Ms: ms(took[Math.floor(ROUNDS / 2)]),
      maxMs: ms(took.at(-1)),
    })
  }
  await app.stop()
  await database.drop()
  remove()
  return rows
}

type Db = Awaited<ReturnType<typeof startApp>>['services']['database']['db']

/**
 * Groups with eight sessions ahead each, two reminders and a headcount question a session, and a
 * ledger of what was sent.
 */
async function fillStore(url: string, organisationId: string, groups: number): Promise<void> {
  // Not over the service's own pool: a statement of its takes no half a minute.
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(`
    insert into "Group" ("organisationId", "id", "kind", "alias", "timeZone", "createdAt")
      select '${organisationId}', gen_random_uuid(), 'chronic-illness-support', 'Group ' || n, 'Europe/Berlin', now() from generate_series(1, ${groups}) n`)
  await client.query(`
    insert into "Schedule" ("organisationId", "id", "groupId", "rule", "localStart", "timeZone", "durationMinutes", "exceptions")
      select "organisationId", gen_random_uuid(), "id", 'FREQ=WEEKLY;COUNT=8', '2026-03-10T17:30', 'Europe/Berlin', 90, '{}' from "Group"`)
  await client.query(`
    insert into "Session" ("organisationId", "id", "groupId", "scheduleId", "originalLocalStart", "startsAt", "endsAt")
      select "organisationId", gen_random_uuid(), "groupId", "id", to_char(timestamp '2026-03-10 17:30' + w * interval '1 week', 'YYYY-MM-DD"T"HH24:MI'),
        timestamptz '2026-03-10 16:30Z' + w * interval '1 week', timestamptz '2026-03-10 18:00Z' + w * interval '1 week'
      from "Schedule", generate_series(0, 7) w`)
  await client.query(`
    insert into "Occurrence" ("organisationId", "id", "kind", "dueAt", "sessionId")
      select "organisationId", gen_random_uuid(), k.kind::"OccurrenceKind", "startsAt" + k.after, "id" from "Session",
        (values ('reminder', interval '-1 day'), ('reminder', interval '-1 hour'), ('sessionEnded', interval '90 minutes')) as k(kind, after)`)
  await client.query(`
    insert into "Delivery" ("organisationId", "id", "kind", "groupId", "state", "plannedAt", "endedAt")
      select "organisationId", gen_random_uuid(), 'reminder', "id", 'sent', timestamptz '2026-02-20 10:00Z', timestamptz '2026-02-20 10:00Z' from "Group", generate_series(1, 3)`)
  await client.query('analyze')
  await client.end()
}

/**
 * Reminders of a minute ago, of groups without people: what the tick itself does, without anything
 * to send.
 */
async function makeDue(db: Db, organisationId: string, due: number, round: number): Promise<void> {
  const sessions = await db.prisma.session.findMany({
    where: { organisationId },
    skip: round * due,
    take: due,
    orderBy: { id: 'asc' },
    select: { id: true },
  })
  await db.prisma.occurrence.createMany({
    data: sessions.map(({ id }) => ({
      organisationId,
      id: crypto.randomUUID(),
      kind: 'reminder' as const,
      dueAt: new Date(NOW.getTime() - 60_000),
      sessionId: id,
    })),
  })
}
