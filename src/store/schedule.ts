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

/** Writes a schedule, new or changed; the group's times are shown in its zone. */
export async function saveSchedule(
  { tx, organisationId }: Tenant,
  groupId: string,
  { id, ...schedule }: ScheduleRow,
): Promise<void> {
  await tx.prisma.schedule.upsert({
    where: { organisationId_id: { organisationId, id } },
    create: { organisationId, id, groupId, ...schedule },
    update: schedule,
  })
  await tx.prisma.group.update({
    where: { organisationId_id: { organisationId, id: groupId } },
    data: { timeZone: schedule.timeZone },
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

/** A session as its schedule has it. */
export type PlannedSession = { originalLocalStart: string; startsAt: Date; endsAt: Date }
/** A session that is there already. */
export type KnownSession = {
  id: string
  originalLocalStart: string
  state: 'planned' | 'cancelled'
  movedTo: string | null
  startsAt: Date
}

/** Every session of a schedule. */
export async function listOwn(
  { tx, organisationId }: Tenant<Reader>,
  scheduleId: string,
): Promise<KnownSession[]> {
  return await tx.prisma.session.findMany({
    where: { organisationId, scheduleId },
    select: { id: true, originalLocalStart: true, state: true, movedTo: true, startsAt: true },
  })
}

/** Makes, retimes and removes a schedule's sessions. */
export async function changeSessions(
  { tx, organisationId }: Tenant,
  groupId: string,
  scheduleId: string,
  change: {
    add: readonly (PlannedSession & { id: string })[]
    retime: readonly { id: string; originalLocalStart: string; startsAt: Date; endsAt: Date }[]
    remove: readonly string[]
    cancel: readonly string[]
  },
): Promise<void> {
  await tx.prisma.session.deleteMany({ where: { organisationId, id: { in: [...change.remove] } } })
  await tx.prisma.session.updateMany({
    where: { organisationId, id: { in: [...change.cancel] } },
    data: { state: 'cancelled', revision: { increment: 1 } },
  })
  for (const { id, ...times } of change.retime)
    await tx.prisma.session.update({
      where: { organisationId_id: { organisationId, id } },
      data: { ...times, revision: { increment: 1 } },
    })
  await tx.prisma.session.createMany({
    data: change.add.map((session) => ({ organisationId, groupId, scheduleId, ...session })),
    // A session that has begun keeps its place.
    skipDuplicates: true,
  })
}
