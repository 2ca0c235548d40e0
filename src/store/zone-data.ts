import type { Database } from './engine/database.ts'
import type { Queue } from './engine/queue.ts'
import type { Reader, Tenant } from './engine/transaction.ts'
import { fixedId } from './ids.ts'

/**
 * Sends a job for each organisation whose planned instants were made by older zone data than
 * `version`, such as "2025b" (later ones sort after), or by nobody knows which; returns how many.
 * Within a round a job is sent once.
 */
export async function sendBehind(
  database: Database,
  queue: Queue,
  version: string,
  round: number,
): Promise<number> {
  return await database.transaction(async (tx) => {
    const behind = await tx.prisma.organisation.findMany({
      where: { OR: [{ zoneData: null }, { zoneData: { lt: version } }] },
      orderBy: { id: 'asc' },
      select: { id: true, zoneData: true },
    })
    await queue.enqueue(
      tx,
      behind.map(({ id, zoneData }) => ({
        queue: 'zoneData',
        id: fixedId('zone data', zoneData ?? '', version, id, round),
        data: { organisationId: id, id },
      })),
    )
    return behind.length
  })
}

/** Whether an organisation's instants were made by older zone data than `version`. */
export async function isBehind(
  { tx, organisationId }: Tenant<Reader>,
  version: string,
): Promise<boolean> {
  const where = { id: organisationId, OR: [{ zoneData: null }, { zoneData: { lt: version } }] }
  return (await tx.prisma.organisation.count({ where })) > 0
}

/** Writes down by which zone data an organisation's instants are planned; never an older one. */
export async function setZoneData({ tx, organisationId }: Tenant, version: string): Promise<void> {
  await tx.prisma.organisation.updateMany({
    where: { id: organisationId, OR: [{ zoneData: null }, { zoneData: { lt: version } }] },
    data: { zoneData: version },
  })
}

/** A session that has not ended, with what places it. */
export type PlacedSession = {
  id: string
  state: 'planned' | 'cancelled'
  startsAt: Date
  endsAt: Date
  /** Local wall time that counts: where it was moved to, or where its schedule has it. */
  localStart: string
  timeZone: string
}

/** A group's sessions that have not ended. */
export async function listPlaced(
  { tx, organisationId }: Tenant<Reader>,
  groupId: string,
  now: Date,
): Promise<PlacedSession[]> {
  const rows = await tx.prisma.session.findMany({
    where: { organisationId, groupId, endsAt: { gt: now } },
    orderBy: { startsAt: 'asc' },
    select: {
      id: true,
      state: true,
      startsAt: true,
      endsAt: true,
      movedTo: true,
      originalLocalStart: true,
      schedule: { select: { timeZone: true } },
    },
  })
  return rows.map(({ movedTo, originalLocalStart, schedule, ...row }) => ({
    ...row,
    localStart: movedTo ?? originalLocalStart,
    timeZone: schedule.timeZone,
  }))
}

/** Puts a session to other instants; calendars see that it changed. */
export async function placeSession(
  { tx, organisationId }: Tenant,
  { id, ...times }: { id: string; startsAt: Date; endsAt: Date },
): Promise<void> {
  await tx.prisma.session.update({
    where: { organisationId_id: { organisationId, id } },
    data: { ...times, revision: { increment: 1 } },
  })
}

/** Groups of an organisation that run. */
export async function listRunning({
  tx,
  organisationId,
}: Tenant<Reader>): Promise<{ id: string }[]> {
  return await tx.prisma.group.findMany({
    where: { organisationId, endedAt: null },
    orderBy: { id: 'asc' },
    select: { id: true },
  })
}

/** When something is planned for that comes once at a time; null: nothing lies ahead. */
export async function findPlannedAt(
  { tx, organisationId }: Tenant<Reader>,
  about: { kind: 'message'; messageId: string } | { kind: 'digest'; personId: string },
  now: Date,
): Promise<Date | null> {
  const row = await tx.prisma.occurrence.findFirst({
    where: { organisationId, ...about, state: 'planned', dueAt: { gt: now } },
    orderBy: { dueAt: 'asc' },
    select: { dueAt: true },
  })
  return row?.dueAt ?? null
}
