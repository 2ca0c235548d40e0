import type { Reader, Tenant } from './engine/transaction.ts'

/** The place of sessions among their schedules' that take place: which it is, and of how many. */
export async function sessionPlaces(
  { tx, organisationId }: Tenant<Reader>,
  sessionIds: readonly string[],
): Promise<Map<string, SessionPlace>> {
  const rows = await tx.sql.rows<SessionPlace & { id: string }>`
    select one."id"::text as "id",
      count(*) filter (where every."startsAt" <= one."startsAt")::int as "number",
      count(*)::int as "total"
    from "Session" one join "Session" every on every."organisationId" = one."organisationId"
      and every."groupId" = one."groupId"
      and every."scheduleId" = one."scheduleId"
    where one."organisationId" = ${organisationId}::uuid
      and one."id" = any(${sessionIds}::uuid[]) and every."state" = 'planned'
    group by one."id"`
  return new Map(rows.map(({ id, number, total }) => [id, { number, total }]))
}

export type SessionPlace = { number: number; total: number }

export type NextSession = SessionPlace & { groupId: string; startsAt: Date }

/**
 * The next sessions of each group that have not ended, soonest first, with their places; `limit` of
 * each group.
 */
export async function listNext(
  { tx, organisationId }: Tenant<Reader>,
  groupIds: readonly string[],
  now: Date,
  limit: number,
): Promise<NextSession[]> {
  return await tx.sql.rows<NextSession>`
    select "groupId"::text as "groupId", "startsAt", "number", "total" from (
      select "groupId", "startsAt", "endsAt",
        row_number() over (partition by "scheduleId" order by "startsAt")::int as "number",
        count(*) over (partition by "scheduleId")::int as "total",
        row_number() over (partition by "groupId", "endsAt" > ${now} order by "startsAt") as "rank"
      from "Session"
      where "organisationId" = ${organisationId}::uuid and "groupId" = any(${groupIds}::uuid[])
        and "state" = 'planned') every
    where "endsAt" > ${now} and "rank" <= ${limit} order by "startsAt"`
}
