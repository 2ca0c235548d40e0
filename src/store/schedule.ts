import type { Reader, Tenant } from './engine/transaction.ts'

export type ScheduleRow = {
  id: string
  rule: string
  localStart: string
  timeZone: string
  durationMinutes: number
  exceptions: string[]
  place: string | null
  link: string | null
}
const SCHEDULE_FIELDS = {
  id: true,
  rule: true,
  localStart: true,
  timeZone: true,
  durationMinutes: true,
  exceptions: true,
  place: true,
  link: true,
} as const

/** The schedules that a group follows, by their first session. */
export async function listSchedules(
  { tx, organisationId }: Tenant<Reader>,
  groupId: string,
): Promise<ScheduleRow[]> {
  return await tx.prisma.schedule.findMany({
    where: { organisationId, groupId, isStopped: false },
    orderBy: [{ localStart: 'asc' }, { id: 'asc' }],
    select: SCHEDULE_FIELDS,
  })
}

/**
 * Writes a schedule, new or changed, and it runs; the group's times, so far in `zoneBefore`, are
 * shown in its zone.
 */
export async function saveSchedule(
  { tx, organisationId }: Tenant,
  groupId: string,
  { id, ...schedule }: ScheduleRow,
  zoneBefore: string,
): Promise<void> {
  await tx.prisma.schedule.upsert({
    where: { organisationId_id: { organisationId, id } },
    create: { organisationId, id, groupId, ...schedule },
    update: { ...schedule, isStopped: false },
  })
  if (schedule.timeZone === zoneBefore) return
  await tx.prisma.group.update({
    where: { organisationId_id: { organisationId, id: groupId } },
    data: { timeZone: schedule.timeZone },
  })
}

/** A schedule with its group, stopped or not; null when there is none. */
export async function findSchedule(
  { tx, organisationId }: Tenant<Reader>,
  id: string,
): Promise<(ScheduleRow & { groupId: string }) | null> {
  return await tx.prisma.schedule.findUnique({
    where: { organisationId_id: { organisationId, id } },
    select: { ...SCHEDULE_FIELDS, groupId: true },
  })
}

/** Takes a schedule away; its sessions are the caller's. */
export async function stopSchedule(
  { tx, organisationId }: Tenant,
  groupId: string,
  id: string,
): Promise<void> {
  await tx.prisma.schedule.updateMany({
    where: { organisationId, groupId, id },
    data: { isStopped: true },
  })
}

/** The local dates of a schedule's sessions that have been. */
export async function listHeldDates(
  { tx, organisationId }: Tenant<Reader>,
  scheduleId: string,
  now: Date,
): Promise<string[]> {
  const held = await tx.prisma.session.findMany({
    where: { organisationId, scheduleId, state: 'planned', startsAt: { lte: now } },
    select: { originalLocalStart: true },
  })
  return held.map(({ originalLocalStart }) => originalLocalStart.slice(0, 10))
}

/** A session as its schedule has it. */
export type PlannedSession = { originalLocalStart: string; startsAt: Date; endsAt: Date }
/** A session that is there already. */
export type KnownSession = {
  id: string
  originalLocalStart: string
  state: 'planned' | 'cancelled'
  movedTo: string | null
  startsAt: Date
  /** When it fell away with a change of its schedule; null: it did not. */
  fellAwayAt: Date | null
  /** Somebody cancelled it by hand. */
  isCalledOff: boolean
}

/** Every session of a schedule. */
export async function listOwn(
  { tx, organisationId }: Tenant<Reader>,
  scheduleId: string,
): Promise<KnownSession[]> {
  return await tx.prisma.session.findMany({
    where: { organisationId, scheduleId },
    select: {
      id: true,
      originalLocalStart: true,
      state: true,
      movedTo: true,
      startsAt: true,
      fellAwayAt: true,
      isCalledOff: true,
    },
  })
}

/**
 * Makes, retimes and brings back a schedule's sessions, and cancels those that fall away with it.
 */
export async function changeSessions(
  { tx, organisationId }: Tenant,
  groupId: string,
  scheduleId: string,
  change: {
    add: readonly (PlannedSession & { id: string })[]
    retime: readonly { id: string; originalLocalStart: string; startsAt: Date; endsAt: Date }[]
    bringBack: readonly string[]
    drop: { ids: readonly string[]; at: Date }
  },
): Promise<void> {
  // Nothing to change costs no round trip.
  if (change.drop.ids.length > 0)
    await tx.prisma.session.updateMany({
      where: { organisationId, id: { in: [...change.drop.ids] } },
      data: { state: 'cancelled', fellAwayAt: change.drop.at, revision: { increment: 1 } },
    })
  if (change.bringBack.length > 0)
    await tx.sql.run`
    update "Session" set "fellAwayAt" = null, "revision" = "revision" + 1,
      "state" = (case when "isCalledOff" then 'cancelled' else 'planned' end)::"SessionState"
    where "organisationId" = ${organisationId}::uuid
      and "id" = any(${[...change.bringBack]}::uuid[])`
  const retimed = change.retime
  if (retimed.length > 0)
    await tx.sql.run`
    update "Session" s set "originalLocalStart" = v."local", "startsAt" = v."starts",
      "endsAt" = v."ends", "revision" = s."revision" + 1
    from unnest(${retimed.map(({ id }) => id)}::uuid[],
      ${retimed.map(({ originalLocalStart }) => originalLocalStart)}::text[],
      ${retimed.map(({ startsAt }) => startsAt.toISOString())}::timestamptz[],
      ${retimed.map(({ endsAt }) => endsAt.toISOString())}::timestamptz[])
      as v("id", "local", "starts", "ends")
    where s."organisationId" = ${organisationId}::uuid and s."id" = v."id"
      and (s."originalLocalStart", s."startsAt", s."endsAt")
        is distinct from (v."local", v."starts", v."ends")`
  if (change.add.length === 0) return
  await tx.prisma.session.createMany({
    data: change.add.map((session) => ({ organisationId, groupId, scheduleId, ...session })),
    // A session that has begun keeps its place.
    skipDuplicates: true,
  })
}
