import type { SessionTimes } from '../domain/checkin.ts'
import { LOOK_BACK_HOURS, SESSION_MINUTES } from '../domain/limits.ts'
import { HOUR_MS, MINUTE_MS, plus } from '../domain/time.ts'
import type { Reader, Tenant } from './engine/transaction.ts'

export type SessionRow = {
  id: string
  groupId: string
  startsAt: Date
  endsAt: Date
  state: 'planned' | 'cancelled'
}
const SESSION_FIELDS = {
  id: true,
  groupId: true,
  startsAt: true,
  endsAt: true,
  state: true,
} as const

/** A session with where it is: its own place and link, or its schedule's. */
export type SessionDetails = SessionRow & {
  scheduleId: string
  place: string | null
  link: string | null
  headcount: number | null
  revision: number
}
const DETAIL_FIELDS = {
  ...SESSION_FIELDS,
  scheduleId: true,
  place: true,
  link: true,
  headcount: true,
  revision: true,
  schedule: { select: { place: true, link: true } },
} as const

type Detailed = SessionDetails & { schedule: { place: string | null; link: string | null } }
const toDetails = ({ schedule, ...row }: Detailed): SessionDetails => ({
  ...row,
  place: row.place ?? schedule.place,
  link: row.link ?? schedule.link,
})

/** The next sessions of a group that have not ended. */
export async function listUpcoming(
  { tx, organisationId }: Tenant<Reader>,
  groupId: string,
  now: Date,
  limit: number,
): Promise<SessionRow[]> {
  return await tx.prisma.session.findMany({
    where: { organisationId, groupId, state: 'planned', endsAt: { gt: now } },
    orderBy: { startsAt: 'asc' },
    take: limit,
    select: SESSION_FIELDS,
  })
}

export async function findSession(
  { tx, organisationId }: Tenant<Reader>,
  id: string,
): Promise<SessionRow | null> {
  return await tx.prisma.session.findUnique({
    where: { organisationId_id: { organisationId, id } },
    select: SESSION_FIELDS,
  })
}

export async function findSessionDetails(
  { tx, organisationId }: Tenant<Reader>,
  id: string,
): Promise<SessionDetails | null> {
  const row = await tx.prisma.session.findUnique({
    where: { organisationId_id: { organisationId, id } },
    select: DETAIL_FIELDS,
  })
  return row && toDetails(row)
}

/** Sessions that have not begun, cancelled ones too, in order; not those that fell away. */
export async function listAhead(
  { tx, organisationId }: Tenant<Reader>,
  groupId: string,
  now: Date,
  limit: number,
): Promise<SessionDetails[]> {
  const rows = await tx.prisma.session.findMany({
    where: { organisationId, groupId, startsAt: { gt: now }, fellAwayAt: null },
    orderBy: { startsAt: 'asc' },
    take: limit,
    select: DETAIL_FIELDS,
  })
  return rows.map(toDetails)
}

/** Every session of a group from an instant on, for calendars: those that fell away, too. */
export async function listFrom(
  { tx, organisationId }: Tenant<Reader>,
  groupId: string,
  from: Date,
): Promise<SessionDetails[]> {
  const rows = await tx.prisma.session.findMany({
    where: { organisationId, groupId, startsAt: { gte: from } },
    orderBy: { startsAt: 'asc' },
    select: DETAIL_FIELDS,
  })
  return rows.map(toDetails)
}

/** The latest sessions that have begun and were not cancelled, newest first. */
export async function listHeld(
  { tx, organisationId }: Tenant<Reader>,
  groupId: string,
  now: Date,
  limit: number,
): Promise<SessionDetails[]> {
  const rows = await tx.prisma.session.findMany({
    where: { organisationId, groupId, state: 'planned', startsAt: { lte: now } },
    orderBy: { startsAt: 'desc' },
    take: limit,
    select: DETAIL_FIELDS,
  })
  return rows.map(toDetails)
}

/** Whether a session of the group has begun. */
export async function hasHeld(
  { tx, organisationId }: Tenant<Reader>,
  groupId: string,
  now: Date,
): Promise<boolean> {
  const held = { organisationId, groupId, state: 'planned', startsAt: { lte: now } } as const
  return (await tx.prisma.session.findFirst({ where: held, select: { id: true } })) !== null
}

/**
 * Sessions that have begun and may still be said not to have taken place: until so long after their
 * end. Newest first.
 */
export async function listLately(
  { tx, organisationId }: Tenant<Reader>,
  groupId: string,
  now: Date,
): Promise<SessionDetails[]> {
  const rows = await tx.prisma.session.findMany({
    where: {
      organisationId,
      groupId,
      state: 'planned',
      startsAt: { lte: now },
      endsAt: { gt: plus(now, -LOOK_BACK_HOURS * HOUR_MS) },
    },
    orderBy: { startsAt: 'desc' },
    select: DETAIL_FIELDS,
  })
  return rows.map(toDetails)
}

export type EndedSession = SessionRow & { headcount: number | null }

/** Sessions of groups that ended in a window, in order; not those that fell away before. */
export async function listEnded(
  { tx, organisationId }: Tenant<Reader>,
  groupIds: readonly string[],
  { startsAt, endsAt }: { startsAt: Date; endsAt: Date },
): Promise<EndedSession[]> {
  // The start's bounds say nothing more; the index begins with it, and what came before is not
  // read.
  const begun = { gte: plus(startsAt, -SESSION_MINUTES.to * MINUTE_MS), lt: endsAt }
  return await tx.prisma.session.findMany({
    where: {
      organisationId,
      groupId: { in: [...groupIds] },
      startsAt: begun,
      fellAwayAt: null,
      endsAt: { gte: startsAt, lt: endsAt },
    },
    orderBy: { startsAt: 'asc' },
    select: { ...SESSION_FIELDS, headcount: true },
  })
}

/** Every session of a group that takes place, from the first. */
export async function listProgramme(
  { tx, organisationId }: Tenant<Reader>,
  groupId: string,
): Promise<SessionTimes[]> {
  return await tx.prisma.session.findMany({
    where: { organisationId, groupId, state: 'planned' },
    orderBy: [{ startsAt: 'asc' }, { id: 'asc' }],
    select: { id: true, startsAt: true, endsAt: true },
  })
}
