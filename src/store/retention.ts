import type { Keyring } from '../ballot/keyring.ts'
import type { Cutoffs, CutoffsByNumber } from '../domain/retention.ts'
import { lockChain, saveChain } from './audit.ts'
import type { Database } from './engine/database.ts'
import type { Reader, Tenant, Writer } from './engine/transaction.ts'
import { Prisma } from './generated/client.ts'

/** Rows that one round takes of each kind: short statements, however much is past its time. */
const ROUND = 500

/** The rows of a table that are past their time, in every organisation. */
type Rule = {
  table: string
  /** A query for where they stand ("ctid"): whatever is planned, each is found at once. */
  listOver(before: Cutoffs): Prisma.Sql
  /** They are changed so, in place of going. */
  change?: Prisma.Sql
}

/** A row that somebody is at stays for this round, and holds up nobody else's. */
const UNLESS_HELD = Prisma.sql`for update of r skip locked`

/**
 * Every organisation with the rows of `own`, a query that knows the organisation as `o` and the
 * instant of its setting as `cut."at"`. Walking the organisations costs one look into an index
 * each; an index by time alone would walk what those with a longer setting keep
 * (docs/decisions/0050-deleting-by-age.md).
 */
const inEach = (
  setting: 'resultMonths' | 'ledgerDays',
  cutoffs: CutoffsByNumber,
  own: Prisma.Sql,
): Prisma.Sql => Prisma.sql`
  select old.ctid from "Organisation" o
    join unnest(${cutoffs.map((_, index) => index + 1)}::int[],
      ${[...cutoffs]}::timestamptz[]) as cut("number", "at")
      on cut."number" = greatest(1, least(${cutoffs.length}, o.${Prisma.raw(`"${setting}"`)}))
    cross join lateral (${own}) old`

/** No check-in of the session began a unit. */
const HAS_NO_UNIT = Prisma.sql`not exists (select 1 from "CheckIn" k
  where k."organisationId" = r."organisationId" and k."sessionId" = r."id"
    and k."unitId" is not null)`

/** Everything that goes by age alone. */
const RULES = {
  // A unit goes with its last check-in. Nothing changes one that is over and cleaned.
  results: {
    table: 'ReleaseUnit',
    listOver: ({ byMonths }) =>
      inEach(
        'resultMonths',
        byMonths,
        Prisma.sql`select distinct r.ctid from "CheckIn" k
          join "ReleaseUnit" r on r."organisationId" = k."organisationId" and r."id" = k."unitId"
          where k."organisationId" = o."id" and k."closesAt" < cut."at"
            and r."state" in ('released', 'withheld', 'lost') and r."isCleaned"
            and not exists (select 1 from "CheckIn" later
              where later."organisationId" = r."organisationId" and later."unitId" = r."id"
                and later."closesAt" >= cut."at")`,
      ),
  },
  sessions: {
    table: 'Session',
    listOver: ({ byMonths }) =>
      inEach(
        'resultMonths',
        byMonths,
        Prisma.sql`select r.ctid from "Session" r
          where r."organisationId" = o."id" and r."endsAt" < cut."at" and ${HAS_NO_UNIT}
            -- A programme's sessions go together: the ninth of twelve stays the ninth.
            and not exists (select 1 from "Session" later
              where later."organisationId" = r."organisationId" and later."groupId" = r."groupId"
                and later."scheduleId" = r."scheduleId" and later."endsAt" >= cut."at")
          limit ${ROUND} ${UNLESS_HELD}`,
      ),
  },
  headcounts: {
    table: 'Session',
    change: Prisma.sql`"headcount" = null`,
    listOver: ({ byMonths }) =>
      inEach(
        'resultMonths',
        byMonths,
        Prisma.sql`select r.ctid from "Session" r where r."organisationId" = o."id"
          and r."endsAt" < cut."at" and r."headcount" is not null limit ${ROUND} ${UNLESS_HELD}`,
      ),
  },
  removalDays: {
    table: 'RemovalDay',
    listOver: ({ byMonths }) =>
      inEach(
        'resultMonths',
        byMonths,
        Prisma.sql`select r.ctid from "RemovalDay" r where r."organisationId" = o."id"
          and r."on" < (cut."at" at time zone 'UTC')::date limit ${ROUND} ${UNLESS_HELD}`,
      ),
  },
  deliveries: {
    table: 'Delivery',
    listOver: ({ byDays }) =>
      inEach(
        'ledgerDays',
        byDays,
        Prisma.sql`select r.ctid from "Delivery" r
          where r."organisationId" = o."id" and r."endedAt" < cut."at"
          limit ${ROUND} ${UNLESS_HELD}`,
      ),
  },
  occurrences: {
    table: 'Occurrence',
    listOver: ({ byDays }) =>
      inEach(
        'ledgerDays',
        byDays,
        Prisma.sql`select r.ctid from "Occurrence" r where r."organisationId" = o."id"
          and r."state" <> 'planned' and r."dueAt" < cut."at"
          limit ${ROUND} ${UNLESS_HELD}`,
      ),
  },
  fallenSessions: {
    table: 'Session',
    listOver: ({ fallen }) => Prisma.sql`select r.ctid from "Session" r
      where r."fellAwayAt" < ${fallen} and ${HAS_NO_UNIT} limit ${ROUND} ${UNLESS_HELD}`,
  },
  words: {
    table: 'ReleaseText',
    listOver: ({ words }) => Prisma.sql`select r.ctid from "ReleaseText" r
      where not exists (select 1 from "CheckIn" k
        where k."organisationId" = r."organisationId" and k."unitId" = r."unitId"
          and k."closesAt" >= ${words}) limit ${ROUND} ${UNLESS_HELD}`,
  },
  // A message that was never confirmed may hold a win; its first date is the only time that it has.
  drafts: {
    table: 'Message',
    listOver: ({ words }) => Prisma.sql`select r.ctid from "Message" r
      where r."state" = 'draft' and r."localStart" < ${dayOf(words)}
      limit ${ROUND} ${UNLESS_HELD}`,
  },
  sums: {
    table: 'SealedSums',
    listOver: ({ sums }) => Prisma.sql`select r.ctid from "SealedSums" r
      where r."destroyOn" <= ${dayOf(sums)}::date limit ${ROUND} ${UNLESS_HELD}`,
  },
  wins: {
    table: 'Win',
    listOver: ({ wins }) => Prisma.sql`select r.ctid from "Win" r
      where r."deleteOn" < ${dayOf(wins)}::date limit ${ROUND} ${UNLESS_HELD}`,
  },
} as const satisfies Record<string, Rule>

const dayOf = (instant: Date): string => instant.toISOString().slice(0, 10)

/** A kind of row that goes by age alone. */
export type Ageing = keyof typeof RULES
export const AGEING = Object.keys(RULES) as Ageing[]

/**
 * Deletes what is past its time of a kind, in all organisations, at most a round; returns how many
 * rows. The caller goes on while any went.
 */
export async function forgetRound(db: Writer, kind: Ageing, before: Cutoffs): Promise<number> {
  const { table, listOver, change }: Rule = RULES[kind]
  const name = Prisma.raw(`"${table}"`)
  const isOver = Prisma.sql`ctid = any(array(
    select ctid from (${listOver(before)}) over limit ${ROUND}))`
  return change
    ? await db.sql.run`update ${name} set ${change} where ${isOver}`
    : await db.sql.run`delete from ${name} where ${isOver}`
}

/** Organisations whose audit log has entries from before an instant. */
export async function listWithOldAudit(db: Reader, before: Date): Promise<string[]> {
  const rows = await db.sql.rows<{ id: string }>`select distinct "organisationId"::text as "id"
    from "AuditEntry" where "at" < ${before}`
  return rows.map(({ id }) => id)
}

/**
 * Deletes the entries of an organisation's audit log from before an instant, at most a round;
 * returns how many. The chain begins anew at the hash of the last one that went.
 */
export async function forgetAudit(
  database: Database,
  organisationId: string,
  before: Date,
  keyring: Keyring,
): Promise<number> {
  return await database.transaction((tx) => cutAudit({ tx, organisationId }, before, keyring))
}

async function cutAudit(tenant: Tenant, before: Date, keyring: Keyring): Promise<number> {
  const { tx, organisationId } = tenant
  const { living: _, ...chain } = await lockChain(tenant)
  const old = await tx.prisma.auditEntry.findMany({
    where: { organisationId, at: { lt: before } },
    orderBy: { number: 'asc' },
    take: ROUND,
    select: { number: true, hash: true },
  })
  const last = old.at(-1)
  if (!last) return 0
  await tx.prisma.auditEntry.deleteMany({ where: { organisationId, number: { lte: last.number } } })
  // Entries from before the chain was keyed are outside of it.
  if (last.number > chain.auditForgotten)
    await saveChain(tenant, keyring, {
      ...chain,
      auditForgotten: last.number,
      auditAnchor: last.hash,
    })
  return old.length
}
