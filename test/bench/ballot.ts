import pg from 'pg'
import type { App } from '../../src/app.ts'
import { rewrap } from '../../src/ballot/seal.ts'
import { run as runVerb } from '../../src/door/run.ts'
import { freshDatabase } from '../postgres.ts'
import { seed, WORKSPACE } from './ballot-seed.ts'
import { open, start } from './ballot-service.ts'
import {
  atLeast,
  atMost,
  type Goal,
  type Measured,
  middle,
  percentile,
  type Row,
  round,
} from './measured.ts'

const LEVELS = [1, 10, 50] as const
/** Each side in turn, so often; the middle one counts. */
const ROUNDS = 5
const SECONDS = 2
/** The service's own pool; the raw client gets as many connections. */
const POOL = 10

type Figures = { perSecond: number; p50Ms: number; p99Ms: number }
type Side = (concurrent: number) => Promise<Figures>

/**
 * Answers a second, durable, at the door: beside a raw client that locks and wraps the same eight
 * rows anew. The short form leaves the embedded store out.
 */
export async function run({ isShort = false } = {}): Promise<Measured> {
  const levels = isShort ? [10] : LEVELS
  const database = await freshDatabase()
  const postgres = await start(database.url)
  const groups = await seed(postgres.app.services.database.db.prisma, Math.max(...LEVELS), 8)
  await open(postgres)
  const raw = await rawClient(postgres.app, database.url, groups)
  const ours = submissions(postgres.app, groups)
  const rows: Row[] = []
  for (const concurrent of levels) rows.push(await compare(concurrent, ours, raw.side))
  await raw.end()
  await postgres.end()
  await database.drop()
  const embedded = isShort ? [] : await measureEmbedded()
  return {
    about: 'A member’s answers, durable, beside a raw client that wraps the same eight rows anew',
    rows: [...rows, ...embedded],
    goals: isShort ? [] : goalsOf(rows, embedded),
  }
}

async function measureEmbedded(): Promise<Row[]> {
  const embedded = await start(null)
  const groups = await seed(embedded.app.services.database.db.prisma, Math.max(...LEVELS), 8)
  await open(embedded)
  const side = submissions(embedded.app, groups)
  const rows: Row[] = []
  for (const concurrent of LEVELS) {
    await side(concurrent)
    const rounds: Figures[] = []
    for (let one = 0; one < ROUNDS; one += 1) rounds.push(await side(concurrent))
    rows.push(toRow('embedded store', concurrent, inTheMiddle(rounds), null))
  }
  await embedded.end()
  return rows
}

async function compare(concurrent: number, ours: Side, raw: Side): Promise<Row> {
  const rounds = { ours: [] as Figures[], raw: [] as Figures[] }
  await ours(concurrent)
  await raw(concurrent)
  for (let one = 0; one < ROUNDS; one += 1) {
    rounds.ours.push(await ours(concurrent))
    rounds.raw.push(await raw(concurrent))
  }
  return toRow('Postgres', concurrent, inTheMiddle(rounds.ours), inTheMiddle(rounds.raw))
}

function inTheMiddle(rounds: readonly Figures[]): Figures {
  const perSecond = middle(rounds.map((one) => one.perSecond))
  const found = rounds.find((one) => one.perSecond === perSecond)
  if (!found) throw new Error('no round')
  return found
}

function toRow(store: string, concurrent: number, ours: Figures, raw: Figures | null): Row {
  return {
    run: `answers, ${store}, ${concurrent} at a time`,
    'a second': ours.perSecond,
    'p50 ms': ours.p50Ms,
    'p99 ms': ours.p99Ms,
    'raw, a second': raw?.perSecond ?? null,
    'raw, p99 ms': raw?.p99Ms ?? null,
    ratio: raw && round(ours.perSecond / raw.perSecond, 2),
  }
}

function goalsOf(postgres: readonly Row[], embedded: readonly Row[]): Goal[] {
  const at10 = postgres[LEVELS.indexOf(10)]
  const embedded10 = embedded[LEVELS.indexOf(10)]
  return [
    atLeast('10 at a time, ratio', 0.7, Number(at10?.ratio)),
    atMost('10 at a time, p99 ms', 30, Number(at10?.['p99 ms'])),
    atLeast('embedded store, 10 at a time, a second', 400, Number(embedded10?.['a second'])),
  ]
}

type Groups = Awaited<ReturnType<typeof seed>>

function submissions(app: App, groups: Groups): Side {
  return measuring(async (worker, round) => {
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
async function rawClient(
  app: App,
  url: string,
  groups: Groups,
): Promise<{ side: Side; end(): Promise<void> }> {
  const pool = new pg.Pool({ connectionString: url, max: POOL })
  const { db, keyring } = { db: app.services.database.db, keyring: app.services.ballotKeys.keyring }
  const units = new Map(
    (await db.prisma.checkIn.findMany({ include: { unit: true } })).map(
      ({ id, unit }) => [id, unit] as const,
    ),
  )
  const side = measuring(async (worker) => {
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
  return { side, end: () => pool.end() }
}

/** Does it over and over, so many at a time, for the seconds of a round. */
function measuring(once: (worker: number, round: number) => Promise<void>): Side {
  return async (concurrent) => {
    const took: number[] = []
    const startedAt = performance.now()
    const end = startedAt + SECONDS * 1_000
    const work = async (worker: number) => {
      for (let round = 0; performance.now() < end; round += 1) {
        const begunAt = performance.now()
        await once(worker, round)
        took.push(performance.now() - begunAt)
      }
    }
    await Promise.all(Array.from({ length: concurrent }, (_, worker) => work(worker)))
    const seconds = (performance.now() - startedAt) / 1_000
    return {
      perSecond: round(took.length / seconds),
      p50Ms: round(percentile(took, 0.5), 1),
      p99Ms: round(percentile(took, 0.99), 1),
    }
  }
}
