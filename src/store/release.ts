import { deleteBallots } from './ballot.ts'
import type { Database } from './engine/database.ts'
import type { Queue } from './engine/queue.ts'
import type { Reader, Tenant } from './engine/transaction.ts'
import { fixedId } from './ids.ts'

/** A unit that is being made: all that the gate needs besides its answers. */
export type Making = {
  groupId: string
  questionSetId: string
  questionSetVersion: number
  audience: 'shared' | 'staff'
  k: number
  rosterChanges: number
  /** Changes that a page with it may tell. */
  statements: number
  /** Nobody joined or left while it was open. */
  isSteady: boolean
  /** When its last check-in closed. */
  closedAt: Date
}

export async function getMaking(
  { tx, organisationId }: Tenant<Reader>,
  unitId: string,
): Promise<Making> {
  const { checkIns, rosterChangesAtClose, ...unit } = await tx.prisma.releaseUnit.findUniqueOrThrow(
    {
      where: { organisationId_id: { organisationId, id: unitId } },
      select: {
        groupId: true,
        questionSetId: true,
        questionSetVersion: true,
        audience: true,
        k: true,
        rosterChanges: true,
        statements: true,
        rosterChangesAtClose: true,
        checkIns: { select: { closesAt: true }, orderBy: { closesAt: 'desc' }, take: 1 },
      },
    },
  )
  const closedAt = checkIns[0]?.closesAt
  if (!closedAt) throw new Error('a unit without a check-in is being made')
  return { ...unit, isSteady: rosterChangesAtClose === unit.rosterChanges, closedAt }
}

/** Everything that is kept of a unit which met its k. */
export type Published = {
  /** As the gate decided it, in its own form. */
  shown: object
  isAfterHidden: boolean
  /** Sealed; null: there is nothing to set it beside. */
  course: Uint8Array | null
  words: readonly { id: string; sealed: Uint8Array }[]
}

/**
 * Publishes a unit and deletes its ballots, in the caller's transaction; false when another worker
 * did. `published` is null below k, or when the ballots cannot be opened: then nothing of them is
 * kept, not even how many there were.
 */
export async function recordRelease(
  tenant: Tenant,
  unitId: string,
  state: 'released' | 'withheld' | 'lost',
  published: Published | null,
): Promise<boolean> {
  const { tx, organisationId } = tenant
  const { count } = await tx.prisma.releaseUnit.updateMany({
    where: { organisationId, id: unitId, state: 'closing' },
    data: { state },
  })
  if (count === 0) return false
  if (published) {
    const { shown, isAfterHidden, course, words } = published
    await tx.prisma.release.create({
      data: {
        organisationId,
        unitId,
        shown,
        isAfterHidden,
        course: course && Uint8Array.from(course),
      },
    })
    await tx.prisma.releaseText.createMany({
      data: words.map(({ id, sealed }) => ({
        organisationId,
        unitId,
        id,
        text: Uint8Array.from(sealed),
      })),
    })
  }
  await deleteBallots(tenant, { unitId })
  return true
}

export async function markCleaned({ tx, organisationId }: Tenant, unitId: string): Promise<void> {
  await tx.prisma.releaseUnit.updateMany({
    where: { organisationId, id: unitId, state: { notIn: ['open', 'closing'] } },
    data: { isCleaned: true },
  })
}

/** Every unit of the store that takes answers. */
export async function listOpenEverywhere(
  db: Reader,
): Promise<{ organisationId: string; id: string }[]> {
  return await db.prisma.releaseUnit.findMany({
    where: { state: 'open' },
    select: { organisationId: true, id: true },
  })
}

/** A unit's key cannot be read now: it is looked for again at an instant of the wall clock. */
export async function waitForKey(
  { tx, organisationId }: Tenant,
  unitId: string,
  waitsUntil: Date,
): Promise<void> {
  await tx.prisma.releaseUnit.updateMany({
    where: { organisationId, id: unitId, state: 'closing' },
    data: { waitsUntil },
  })
}

/**
 * Sends a job for every unit that a crash left half made, and for those whose wait is over; returns
 * how many. Of one round each is sent once.
 */
export async function sweepUnits(
  database: Database,
  queue: Queue,
  { round, wall }: { round: number; wall: Date },
): Promise<number> {
  return await database.transaction(async (tx) => {
    const units = await tx.prisma.releaseUnit.findMany({
      where: {
        OR: [
          { state: 'closing', OR: [{ waitsUntil: null }, { waitsUntil: { lte: wall } }] },
          { state: { in: ['released', 'withheld', 'lost'] }, isCleaned: false },
        ],
      },
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
export async function unitsWithKey(db: Reader, unitIds: readonly string[]): Promise<Set<string>> {
  const rows = await db.prisma.releaseUnit.findMany({
    where: { id: { in: [...unitIds] }, isCleaned: false },
    select: { id: true },
  })
  return new Set(rows.map((row) => row.id))
}

/** How many units are not finished yet. */
export async function countUnfinishedUnits(db: Reader): Promise<number> {
  return await db.prisma.releaseUnit.count({
    where: {
      OR: [
        // One that waits for its key is nobody's work now.
        { state: 'closing', waitsUntil: null },
        { state: { in: ['released', 'withheld', 'lost'] }, isCleaned: false },
      ],
    },
  })
}
