import { MOST_IN_UNIT } from '../domain/checkin.ts'
import { type Disclosed, readDisclosed } from '../domain/disclosure.ts'
import type { UnitResult } from '../domain/unit.ts'
import type { Reader, Tenant } from './engine/transaction.ts'
import { Prisma } from './generated/client.ts'

/** A finished unit, with what it showed when it was published. */
export type ResultRow = {
  unitId: string
  groupId: string
  questionSetId: string
  questionSetVersion: number
  audience: 'shared' | 'staff'
  /** When its last check-in closed. */
  closedAt: Date
  /** The session's start, or when the check-in was opened by hand. */
  sessionAt: Date
  state: UnitResult['state']
  disclosed: Disclosed
  /** Whether there are some before it, and none to set it beside was shown. */
  isAfterHidden: boolean
  /** The programme from its first unit to this one, sealed; null: nothing to set it beside. */
  course: Uint8Array | null
  lastCheckInId: string
  /** Whether words of members are kept with it. */
  hasWords: boolean
}

const FINISHED = Prisma.sql`('released', 'withheld', 'lost')`

/** One finished unit; null while it is not, or when there is none. */
export async function findResult(
  { tx, organisationId }: Tenant<Reader>,
  unitId: string,
): Promise<ResultRow | null> {
  const one = Prisma.sql`select u."organisationId", u."id" from "ReleaseUnit" u
    where u."organisationId" = ${organisationId}::uuid and u."id" = ${unitId}::uuid
      and u."state" in ${FINISHED}`
  return (await readResults(tx, one))[0] ?? null
}

/**
 * Each group's latest finished units that closed before an instant, newest first; `limit` of each
 * group, of one question set when it is named. It walks back from that instant and stops: how much
 * came before costs nothing (npm run bench -- summary).
 */
export async function listResults(
  { tx, organisationId }: Tenant<Reader>,
  groupIds: readonly string[],
  {
    closedBefore,
    limit,
    questionSetId,
  }: { closedBefore: Date; limit: number; questionSetId?: string },
): Promise<ResultRow[]> {
  const ofSet = questionSetId ? Prisma.sql`and c."questionSetId" = ${questionSetId}` : Prisma.empty
  // So many check-ins are at least so many units. A unit that closes later than asked is not in it,
  // whatever of it was before.
  const units = Prisma.sql`select latest."organisationId", latest."unitId" as "id"
    from unnest(${groupIds}::uuid[]) as one("id") cross join lateral (
      select c."organisationId", c."unitId", max(c."closesAt") as "closedAt" from (
        select c."organisationId", c."unitId", c."closesAt" from "CheckIn" c
          join "ReleaseUnit" u on u."organisationId" = c."organisationId" and u."id" = c."unitId"
        where c."organisationId" = ${organisationId}::uuid and c."groupId" = one."id"
          and c."closesAt" < ${closedBefore}
          and u."state" in ${FINISHED} ${ofSet} and not exists (select from "CheckIn" later
            where later."unitId" = c."unitId" and later."closesAt" >= ${closedBefore})
        order by c."closesAt" desc limit ${limit * MOST_IN_UNIT}) c
      group by c."organisationId", c."unitId" order by max(c."closesAt") desc
        limit ${limit}) latest`
  return await readResults(tx, units)
}

/**
 * The words of a unit, sealed, in the order of their random ids. Only the disclosure gate may read
 * what is in them.
 */
export async function listWords(
  { tx, organisationId }: Tenant<Reader>,
  unitId: string,
): Promise<{ id: string; sealed: Uint8Array }[]> {
  const rows = await tx.prisma.releaseText.findMany({
    where: { organisationId, unitId },
    orderBy: { id: 'asc' },
    select: { id: true, text: true },
  })
  return rows.map(({ id, text }) => ({ id, sealed: text }))
}

/** `shown` is null when it published nothing. */
type Row = Omit<ResultRow, 'disclosed'> & { shown: unknown }

/**
 * The units that a query names, with what they published: one statement, whatever is read of them.
 * Newest first.
 */
async function readResults(db: Reader, units: Prisma.Sql): Promise<ResultRow[]> {
  const rows = await db.sql.rows<Row>`
    select u."id"::text as "unitId", u."groupId"::text as "groupId", u."questionSetId",
      u."questionSetVersion",
      u."audience"::text as "audience", u."state"::text as "state", r."shown", r."course",
      coalesce(r."isAfterHidden", false) as "isAfterHidden",
      last."closedAt", last."sessionAt", last."id"::text as "lastCheckInId",
      exists (select from "ReleaseText" w where w."organisationId" = u."organisationId"
        and w."unitId" = u."id") as "hasWords"
    from (${units}) one
      join "ReleaseUnit" u on u."organisationId" = one."organisationId" and u."id" = one."id"
      join lateral (select c."id", c."closesAt" as "closedAt", coalesce(s."startsAt",
        c."opensAt") as "sessionAt" from "CheckIn" c
          left join "Session" s on s."organisationId" = c."organisationId"
            and s."id" = c."sessionId"
        where c."organisationId" = u."organisationId" and c."unitId" = u."id"
          order by c."closesAt" desc limit 1) last on true
      left join "Release" r on r."organisationId" = u."organisationId" and r."unitId" = u."id"
    order by last."closedAt" desc`
  return rows.map(({ shown, ...row }) => ({ ...row, disclosed: readDisclosed(row.state, shown) }))
}
