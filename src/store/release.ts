import type { UnitResult } from '../domain/disclosure.ts'
import type { Release } from '../domain/tally.ts'
import { coalesce } from './coalesce.ts'
import type { Database, Tx } from './database.ts'
import type { Prisma } from './generated/client.ts'
import { fixedId, type Queue } from './queue.ts'

export async function listUnitBallots(
  db: Tx,
  organisationId: string,
  unitId: string,
): Promise<{ checkInId: string; memberId: string; box: Uint8Array }[]> {
  return await db.ballot.findMany({
    where: { organisationId, unitId },
    select: { checkInId: true, memberId: true, box: true },
  })
}

/**
 * Publishes a unit and deletes its ballots, in the caller's transaction; false when another worker did. `release` is null
 * below k, or when the ballots cannot be opened: then nothing of them is kept, not even how many there were.
 */
export async function recordRelease(
  tx: Tx,
  organisationId: string,
  unitId: string,
  state: 'released' | 'withheld' | 'lost',
  release: (Release & { words: readonly { id: string; sealed: Uint8Array }[] }) | null,
): Promise<boolean> {
  const { count } = await tx.releaseUnit.updateMany({
    where: { organisationId, id: unitId, state: 'closing' },
    data: { state },
  })
  if (count === 0) return false
  if (release) {
    await tx.release.create({ data: { organisationId, unitId, invited: release.invited, answered: release.answered } })
    await tx.tally.createMany({ data: release.tallies.map((tally) => ({ organisationId, unitId, ...tally })) })
    await tx.releaseText.createMany({
      data: release.words.map(({ id, sealed }) => ({ organisationId, unitId, id, text: Uint8Array.from(sealed) })),
    })
  }
  await tx.ballot.deleteMany({ where: { organisationId, unitId } })
  return true
}

export async function markCleaned(tx: Tx, organisationId: string, unitId: string): Promise<void> {
  await tx.releaseUnit.updateMany({
    where: { organisationId, id: unitId, state: { notIn: ['open', 'closing'] } },
    data: { isCleaned: true },
  })
}

const scrubs = new WeakMap<Database, () => Promise<void>>()

/**
 * Takes deleted ballots out of the table's pages, and on the embedded store out of the current log file. Many units that are
 * made at one minute share a run: two at once would only wait for each other.
 */
export async function scrubBallots(database: Database): Promise<void> {
  const scrub = scrubs.get(database) ?? coalesce(() => scrubNow(database))
  scrubs.set(database, scrub)
  await scrub()
}

async function scrubNow(database: Database): Promise<void> {
  await database.db.$executeRawUnsafe('vacuum "Ballot"')
  if (database.kind !== 'embedded') return
  await database.db.$queryRawUnsafe('select pg_switch_wal()::text')
  await database.db.$executeRawUnsafe('checkpoint')
}

/** Sends a job for every unit that a crash left half made; returns how many. */
export async function sweepUnits(database: Database, queue: Queue, round: number): Promise<number> {
  return await database.db.$transaction(async (tx) => {
    const units = await tx.releaseUnit.findMany({
      where: { OR: [{ state: 'closing' }, { state: { in: ['released', 'withheld', 'lost'] }, isCleaned: false }] },
      select: { organisationId: true, id: true },
    })
    await queue.enqueue(
      tx,
      units.map(({ organisationId, id }) => ({
        queue: 'release' as const,
        id: fixedId('sweep', id, round),
        data: { organisationId, id },
      })),
    )
    return units.length
  })
}

/** Units that still need their key: not yet published, or published a moment ago. */
export async function unitsWithKey(db: Tx, unitIds: readonly string[]): Promise<Set<string>> {
  const rows = await db.releaseUnit.findMany({
    where: { id: { in: [...unitIds] }, isCleaned: false },
    select: { id: true },
  })
  return new Set(rows.map((row) => row.id))
}

/** How many units are not finished yet. */
export async function countUnfinishedUnits(db: Tx): Promise<number> {
  return await db.releaseUnit.count({
    where: { OR: [{ state: 'closing' }, { state: { in: ['released', 'withheld', 'lost'] }, isCleaned: false }] },
  })
}

export type ResultRow = {
  unitId: string
  groupId: string
  questionSetId: string
  questionSetVersion: number
  audience: 'shared' | 'staff'
  closedAt: Date
  /** The session's start, or when the check-in was opened by hand. */
  sessionAt: Date
  result: UnitResult
  /** Whether words of members are kept with it. */
  hasWords: boolean
}

/** One finished unit; null while it is not, or when there is none. Only the disclosure gate may read what is in it. */
export async function findResult(db: Tx, organisationId: string, unitId: string): Promise<ResultRow | null> {
  const row = await db.releaseUnit.findUnique({
    where: { organisationId_id: { organisationId, id: unitId } },
    select: RESULT_FIELDS,
  })
  return row && toResult(row)
}

/** What members wrote in a unit, sealed, in the order of their random ids. Only the disclosure gate may read what is in them. */
export async function listWords(
  db: Tx,
  organisationId: string,
  unitId: string,
): Promise<{ id: string; sealed: Uint8Array }[]> {
  const rows = await db.releaseText.findMany({
    where: { organisationId, unitId },
    orderBy: { id: 'asc' },
    select: { id: true, text: true },
  })
  return rows.map(({ id, text }) => ({ id, sealed: text }))
}

/** The group's finished units that closed before an instant, newest first, of one question set when it is named. Only the disclosure gate may read what is in them. */
export async function listResults(
  db: Tx,
  organisationId: string,
  groupId: string,
  closedBefore: Date,
  limit: number,
  questionSetId?: string,
): Promise<ResultRow[]> {
  const rows = await db.releaseUnit.findMany({
    where: {
      organisationId,
      groupId,
      state: { in: ['released', 'withheld', 'lost'] },
      ...(questionSetId ? { questionSetId } : {}),
      checkIns: { some: { closesAt: { lt: closedBefore } } },
    },
    select: RESULT_FIELDS,
  })
  const results = rows.flatMap((row) => toResult(row) ?? [])
  return results.sort((a, b) => b.closedAt.getTime() - a.closedAt.getTime()).slice(0, limit)
}

const RESULT_FIELDS = {
  id: true,
  groupId: true,
  questionSetId: true,
  questionSetVersion: true,
  audience: true,
  state: true,
  k: true,
  rosterChanges: true,
  checkIns: {
    orderBy: { closesAt: 'desc' },
    take: 1,
    select: { closesAt: true, opensAt: true, session: { select: { startsAt: true } } },
  },
  release: {
    select: {
      invited: true,
      answered: true,
      tallies: { select: { subject: true, answers: true, totalMilli: true, low: true, high: true } },
      texts: { take: 1, select: { id: true } },
    },
  },
} as const satisfies Prisma.ReleaseUnitSelect

function toResult(row: Prisma.ReleaseUnitGetPayload<{ select: typeof RESULT_FIELDS }>): ResultRow | null {
  const last = row.checkIns[0]
  if (!last || row.state === 'open' || row.state === 'closing') return null
  return {
    unitId: row.id,
    groupId: row.groupId,
    questionSetId: row.questionSetId,
    questionSetVersion: row.questionSetVersion,
    audience: row.audience,
    closedAt: last.closesAt,
    sessionAt: last.session?.startsAt ?? last.opensAt,
    result: { state: row.state, k: row.k, rosterChanges: row.rosterChanges, release: row.release },
    hasWords: (row.release?.texts.length ?? 0) > 0,
  }
}
