import pg from 'pg'
import type { App } from '../../src/app.ts'
import { rewrap } from '../../src/ballot/seal.ts'
import { run as runVerb } from '../../src/door/run.ts'
import { freshDatabase, isReachable } from '../postgres.ts'
import { seed, WORKSPACE } from './ballot-seed.ts'
import { open, start } from './ballot-service.ts'

const LEVELS = [1, 10, 50] as const
const SECONDS = 4
/** The service's own pool; the raw client gets as many connections. */
const POOL = 10
const LEAST_SHARE = 0.5
const MOST_P99_MS = 50

type Row = { run: string; concurrent: number; perSecond: number; p50Ms: number; p99Ms: number }

/**
 * Answers a second, durable, at the door: beside a raw client that locks and wraps the same eight
 * rows anew.
 */
export async function run(isJson: boolean): Promise<void> {
  if (!(await isReachable())) throw new Error('the bench needs Postgres: set TEST_DATABASE_URL')
  const rows: Row[] = []
  const database = await freshDatabase()
  const postgres = await start(database.url)
  const groups = await seed(postgres.app.services.database.db.prisma, Math.max(...LEVELS), 8)
  await open(postgres)
  for (const concurrent of LEVELS) {
    rows.push(await submissions('postgres', postgres.app, groups, concurrent))
    rows.push(await raw(postgres.app, database.url, groups, concurrent))
  }
  const embedded = await start(null)
  const own = await seed(embedded.app.services.database.db.prisma, Math.max(...LEVELS), 8)
  await open(embedded)
  for (const concurrent of LEVELS)
    rows.push(await submissions('embedded', embedded.app, own, concurrent))
  await postgres.end()
  await embedded.end()
  await database.drop()
  report(isJson, rows)
}

function report(isJson: boolean, rows: readonly Row[]): void {
  const at10 = (name: string) => rows.find((row) => row.run === name && row.concurrent === 10)
  const share = (at10('postgres')?.perSecond ?? 0) / (at10('raw client')?.perSecond ?? 1)
  const p99 = at10('postgres')?.p99Ms ?? Number.POSITIVE_INFINITY
  const goals = [
    {
      goal: `10 concurrent: at least ${LEAST_SHARE} of a raw client`,
      reached: Math.round(share * 100) / 100,
      isMet: share >= LEAST_SHARE,
    },
    { goal: `10 concurrent: p99 under ${MOST_P99_MS} ms`, reached: p99, isMet: p99 < MOST_P99_MS },
  ]
  if (isJson)
    return void process.stdout.write(
      `${JSON.stringify({ bench: 'ballot', rows, goals }, null, 2)}\n`,
    )
  for (const { run, concurrent, perSecond, p50Ms, p99Ms } of rows)
    process.stdout.write(
      `${run}, ${concurrent} at a time: ${perSecond}/s, p50 ${p50Ms} ms, p99 ${p99Ms} ms\n`,
    )
  for (const { goal, reached, isMet } of goals)
    process.stdout.write(`${isMet ? 'met   ' : 'SHORT '} ${goal}: ${reached}\n`)
}

type Groups = Awaited<ReturnType<typeof seed>>

async function submissions(
  name: string,
  app: App,
  groups: Groups,
  concurrent: number,
): Promise<Row> {
  return await measure(name, concurrent, async (worker, round) => {
    const group = groups[worker]
    const sender = { externalId: group?.members[round % 8] ?? '' }
    const value = String(1 + (round % 5))
    const reply = await runVerb(app.services, {
      requestId: `${worker} ${round}`,
      platform: 'slack',
      workspaceId: WORKSPACE,
      sender,
      verb: 'checkin.submit',
      input: {
        id: group?.checkInId ?? '',
        values: { belonging: value, voice: value, safety: value, useful: value, hope: value },
      },
      via: 'form',
      canOpen: true,
    })
    if (reply?.type !== 'done' || reply.card.kind !== 'thanks')
      throw new Error(`refused: ${JSON.stringify(reply)}`)
  })
}

/**
 * The same rows by hand: lock the check-in, read its boxes, wrap each anew, write them in one
 * statement, commit.
 */
async function raw(app: App, url: string, groups: Groups, concurrent: number): Promise<Row> {
  const pool = new pg.Pool({ connectionString: url, max: POOL })
  const { db, keyring } = { db: app.services.database.db, keyring: app.services.ballotKeys.keyring }
  const units = new Map(
    (await db.prisma.checkIn.findMany({ include: { unit: true } })).map(
      ({ id, unit }) => [id, unit] as const,
    ),
  )
  const row = await measure('raw client', concurrent, async (worker) => {
    const checkInId = groups[worker]?.checkInId ?? ''
    const unit = units.get(checkInId)
    if (!unit) throw new Error('no unit')
    const client = await pool.connect()
    try {
      await client.query('begin')
      await client.query({
        name: 'lock',
        text: 'select 1 from "CheckIn" where "organisationId" = $1 and "id" = $2 for update',
        values: [unit.organisationId, checkInId],
      })
      const { rows } = await client.query<{ memberId: string; box: Buffer }>({
        name: 'read',
        text: 'select "memberId", "box" from "Ballot" where "organisationId" = $1 and "checkInId" = $2',
        values: [unit.organisationId, checkInId],
      })
      const { questionSetId, questionSetVersion, asksText } = unit
      const fresh = rows.map(({ memberId, box }) =>
        rewrap(
          keyring,
          { unitId: unit.id, checkInId, memberId, questionSetId, questionSetVersion, asksText },
          box,
        ),
      )
      await client.query({
        name: 'write',
        text: `update "Ballot" set "box" = fresh."box" from unnest($3::uuid[], $4::bytea[]) as fresh("memberId", "box")
          where "organisationId" = $1 and "checkInId" = $2 and "Ballot"."memberId" = fresh."memberId"`,
        values: [unit.organisationId, checkInId, rows.map(({ memberId }) => memberId), fresh],
      })
      await client.query('commit')
    } finally {
      client.release()
    }
  })
  await pool.end()
  return row
}

async function measure(
  name: string,
  concurrent: number,
  once: (worker: number, round: number) => Promise<void>,
): Promise<Row> {
  const took: number[] = []
  const until = async (end: number, isCounted: boolean) => {
    const work = async (worker: number) => {
      for (let round = 0; performance.now() < end; round += 1) {
        const startedAt = performance.now()
        await once(worker, round)
        if (isCounted) took.push(performance.now() - startedAt)
      }
    }
    await Promise.all(Array.from({ length: concurrent }, (_, worker) => work(worker)))
  }
  await until(performance.now() + 1_000, false)
  const startedAt = performance.now()
  await until(startedAt + SECONDS * 1_000, true)
  const seconds = (performance.now() - startedAt) / 1_000
  took.sort((a, b) => a - b)
  const ms = (part: number) => Math.round((took[Math.floor(took.length * part)] ?? 0) * 10) / 10
  return {
    run: name,
    concurrent,
    perSecond: Math.round(took.length / seconds),
    p50Ms: ms(0.5),
    p99Ms: ms(0.99),
  }
}
