import { dayOf } from '../domain/time.ts'
import type { Database } from './engine/database.ts'
import type { Reader, Tenant } from './engine/transaction.ts'
import { forgetPeople } from './forget.ts'
import { fixedId } from './ids.ts'

/**
 * Remembers members whom staff took off a roster, until a day, and counts them, on this day and in
 * the units that are open: the supervisor sees how many.
 */
export async function noteRemovals(
  { tx, organisationId }: Tenant,
  groupId: string,
  people: readonly { id: string; personId: string }[],
  { today, forgetOn }: { today: Date; forgetOn: Date },
): Promise<void> {
  if (people.length === 0) return
  const count = people.length
  const on = dayOf(today)
  const id = fixedId('removals', organisationId, groupId, on.toISOString())
  await tx.prisma.removalDay.upsert({
    where: { organisationId_id: { organisationId, id } },
    create: { organisationId, id, groupId, on, count },
    update: { count: { increment: count } },
  })
  await tx.prisma.removal.createMany({
    data: people.map((one) => ({ organisationId, groupId, ...one, forgetOn })),
    skipDuplicates: true,
  })
  await tx.prisma.releaseUnit.updateMany({
    where: { organisationId, groupId, state: 'open', checkIns: { some: { state: 'open' } } },
    data: { removals: { increment: people.length } },
  })
}

/** Forgets removals of people who have a place again, or have gone of themselves. */
export async function clearRemovals(
  { tx, organisationId }: Tenant,
  groupId: string,
  personIds: readonly string[],
): Promise<void> {
  if (personIds.length === 0) return
  await tx.prisma.removal.deleteMany({
    where: { organisationId, groupId, personId: { in: [...personIds] } },
  })
}

/** Groups that somebody was taken off by staff a short time ago, and until when that is known. */
export async function listRemovals(
  { tx, organisationId }: Tenant<Reader>,
  personId: string,
): Promise<{ groupId: string; alias: string; forgetOn: Date }[]> {
  const rows = await tx.prisma.removal.findMany({
    where: { organisationId, personId },
    orderBy: { groupId: 'asc' },
    select: { groupId: true, forgetOn: true, group: { select: { alias: true } } },
  })
  return rows.map(({ group, ...row }) => ({ ...row, alias: group.alias }))
}

/** Organisations that have people whose day has come. */
export async function listWithOldRemovals(db: Reader, today: Date): Promise<string[]> {
  const rows = await db.prisma.removal.findMany({
    where: { forgetOn: { lte: today } },
    distinct: ['organisationId'],
    select: { organisationId: true },
  })
  return rows.map(({ organisationId }) => organisationId)
}

/** Forgets people whose day has come and who have no place any more; returns how many. */
export async function forgetRemoved(
  database: Database,
  organisationId: string,
  today: Date,
): Promise<number> {
  return await database.transaction(async (tx) => {
    const rows = await tx.prisma.removal.findMany({
      where: { organisationId, forgetOn: { lte: today } },
      select: { id: true, personId: true },
    })
    await tx.prisma.removal.deleteMany({
      where: { organisationId, id: { in: rows.map(({ id }) => id) } },
    })
    return await forgetPeople(
      { tx, organisationId },
      rows.map(({ personId }) => personId),
    )
  })
}

/** Members taken off while a check-in was open that closed in a window, by group. */
export async function countRemovals(
  { tx, organisationId }: Tenant<Reader>,
  groupIds: readonly string[],
  { startsAt, endsAt }: { startsAt: Date; endsAt: Date },
): Promise<Map<string, number>> {
  const rows = await tx.prisma.releaseUnit.findMany({
    where: {
      organisationId,
      groupId: { in: [...groupIds] },
      removals: { gt: 0 },
      // Told once, in the week in which its last one closed.
      checkIns: {
        some: { closesAt: { gte: startsAt, lt: endsAt } },
        none: { closesAt: { gte: endsAt } },
      },
    },
    select: { groupId: true, removals: true },
  })
  const counts = new Map<string, number>()
  // One who was taken off while two were open stands in both.
  for (const { groupId, removals } of rows)
    counts.set(groupId, Math.max(counts.get(groupId) ?? 0, removals))
  return counts
}

/** Members whom staff took off by hand from a day on, by group. */
export async function countRemovedSince(
  { tx, organisationId }: Tenant<Reader>,
  groupIds: readonly string[],
  { startsAt, endsAt }: { startsAt: Date; endsAt: Date },
): Promise<Map<string, number>> {
  const rows = await tx.prisma.removalDay.groupBy({
    by: ['groupId'],
    where: {
      organisationId,
      groupId: { in: [...groupIds] },
      // The last day counts with all of it: no time of it is kept.
      on: { gte: dayOf(startsAt), lte: dayOf(endsAt) },
    },
    _sum: { count: true },
  })
  return new Map(rows.map(({ groupId, _sum }) => [groupId, _sum.count ?? 0]))
}
