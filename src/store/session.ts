import type { Tx } from './database.ts'

export type SessionRow = { id: string; groupId: string; startsAt: Date; endsAt: Date; state: 'planned' | 'cancelled' }
const SESSION_FIELDS = { id: true, groupId: true, startsAt: true, endsAt: true, state: true } as const

export type ScheduleRow = { id: string; rule: string; localStart: string; timeZone: string; durationMinutes: number }

/** Writes a schedule and its sessions; the group's times are shown in its zone. Sessions that have not begun yet, of earlier schedules, make way for them. */
export async function replaceSchedule(
  tx: Tx,
  organisationId: string,
  groupId: string,
  schedule: ScheduleRow,
  sessions: readonly { id: string; originalLocalStart: string; startsAt: Date; endsAt: Date }[],
  now: Date,
): Promise<void> {
  await tx.session.deleteMany({ where: { organisationId, groupId, startsAt: { gt: now } } })
  await tx.group.update({
    where: { organisationId_id: { organisationId, id: groupId } },
    data: { timeZone: schedule.timeZone },
  })
  await tx.schedule.create({ data: { organisationId, groupId, ...schedule } })
  await tx.session.createMany({
    data: sessions.map((session) => ({ organisationId, groupId, scheduleId: schedule.id, ...session })),
  })
}

/** The schedule that a group's last sessions follow; null when it has none. */
export async function findSchedule(db: Tx, organisationId: string, groupId: string): Promise<ScheduleRow | null> {
  const last = await db.session.findFirst({
    where: { organisationId, groupId },
    orderBy: { startsAt: 'desc' },
    select: { schedule: { select: { id: true, rule: true, localStart: true, timeZone: true, durationMinutes: true } } },
  })
  return last?.schedule ?? null
}

/** The next sessions of a group that have not ended. */
export async function listUpcoming(
  db: Tx,
  organisationId: string,
  groupId: string,
  now: Date,
  limit: number,
): Promise<SessionRow[]> {
  return await db.session.findMany({
    where: { organisationId, groupId, state: 'planned', endsAt: { gt: now } },
    orderBy: { startsAt: 'asc' },
    take: limit,
    select: SESSION_FIELDS,
  })
}

export async function findSession(db: Tx, organisationId: string, id: string): Promise<SessionRow | null> {
  return await db.session.findUnique({ where: { organisationId_id: { organisationId, id } }, select: SESSION_FIELDS })
}

/** Sessions of a group that ended in a window, in order. */
export async function listEnded(
  db: Tx,
  organisationId: string,
  groupId: string,
  startsAt: Date,
  endsAt: Date,
): Promise<SessionRow[]> {
  return await db.session.findMany({
    where: { organisationId, groupId, endsAt: { gte: startsAt, lt: endsAt } },
    orderBy: { startsAt: 'asc' },
    select: SESSION_FIELDS,
  })
}

/** The place of a session among its schedule's: which it is, and of how many. */
export async function sessionPlace(
  db: Tx,
  organisationId: string,
  sessionId: string,
): Promise<{ number: number; total: number }> {
  const session = await db.session.findUniqueOrThrow({
    where: { organisationId_id: { organisationId, id: sessionId } },
    select: { scheduleId: true, startsAt: true },
  })
  const where = { organisationId, scheduleId: session.scheduleId }
  const number = await db.session.count({ where: { ...where, startsAt: { lte: session.startsAt } } })
  return { number, total: await db.session.count({ where }) }
}
