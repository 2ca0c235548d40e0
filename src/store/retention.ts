import type { Keyring } from '../ballot/keyring.ts'
import type { Cutoffs } from '../domain/retention.ts'
import { lockChain, saveChain } from './audit.ts'
import type { Database } from './engine/database.ts'
import type { Tenant } from './engine/transaction.ts'
import { Prisma } from './generated/client.ts'

/** Rows that one round takes of each kind: short transactions, however much is past its time. */
const ROUND = 500

/** A table's rows that are past their time, as a condition on its alias `r`. */
type Rule = { table: string; isOver(before: Cutoffs): Prisma.Sql }

/** No check-in of a unit closed later than an instant. `unit` is the column that names it. */
const lastClosedBefore = (
  unit: string,
  at: Date,
) => Prisma.sql`not exists (select 1 from "CheckIn" k
  where k."organisationId" = r."organisationId" and k."unitId" = r.${Prisma.raw(`"${unit}"`)}
    and k."closesAt" >= ${at})`

/** Everything that goes by age alone. */
const RULES = {
  results: {
    table: 'ReleaseUnit',
    isOver: ({ results }) =>
      Prisma.sql`r."state" in ('released', 'withheld', 'lost') and r."isCleaned"
        and ${lastClosedBefore('id', results)}`,
  },
  sessions: {
    table: 'Session',
    isOver: ({
      sessions,
    }) => Prisma.sql`r."endsAt" < ${sessions} and not exists (select 1 from "CheckIn" k
      where k."organisationId" = r."organisationId" and k."sessionId" = r."id"
        and k."unitId" is not null)
      -- A programme's sessions go together: the ninth of twelve stays the ninth.
      and not exists (select 1 from "Session" later
        where later."organisationId" = r."organisationId" and later."groupId" = r."groupId"
          and later."scheduleId" = r."scheduleId" and later."endsAt" >= ${sessions})`,
  },
  fallenSessions: {
    table: 'Session',
    isOver: ({
      fallen,
    }) => Prisma.sql`r."fellAwayAt" < ${fallen} and not exists (select 1 from "CheckIn" k
      where k."organisationId" = r."organisationId" and k."sessionId" = r."id"
        and k."unitId" is not null)`,
  },
  deliveries: { table: 'Delivery', isOver: ({ ledger }) => Prisma.sql`r."endedAt" < ${ledger}` },
  occurrences: {
    table: 'Occurrence',
    isOver: ({ ledger }) => Prisma.sql`r."state" in ('done', 'dropped') and r."dueAt" < ${ledger}`,
  },
  words: { table: 'ReleaseText', isOver: ({ words }) => lastClosedBefore('unitId', words) },
  // A message that was never confirmed may hold a win; its first date is the only time that it has.
  drafts: {
    table: 'Message',
    isOver: ({ words }) => Prisma.sql`r."state" = 'draft' and r."localStart" < ${dayOf(words)}`,
  },
  sums: {
    table: 'SealedSums',
    isOver: ({ sums }) => Prisma.sql`r."destroyOn" <= ${dayOf(sums)}::date`,
  },
  removalDays: {
    table: 'RemovalDay',
    isOver: ({ results }) => Prisma.sql`r."on" < ${dayOf(results)}::date`,
  },
  wins: { table: 'Win', isOver: ({ wins }) => Prisma.sql`r."deleteOn" < ${dayOf(wins)}::date` },
} as const satisfies Record<string, Rule>

const dayOf = (instant: Date): string => instant.toISOString().slice(0, 10)

/** How many rows of each kind one round deleted. */
export type Forgotten = Record<keyof typeof RULES | 'headcounts' | 'audit', number>

/**
 * Deletes what is past its time in an organisation, at most a round of each kind; the caller goes
 * on while anything was deleted. The audit log's chain begins anew at the hash of the last entry
 * that went.
 */
export async function forgetOld(
  database: Database,
  organisationId: string,
  before: Cutoffs,
  keyring: Keyring,
): Promise<Forgotten> {
  const counts: Partial<Forgotten> = {}
  for (const [kind, { table, isOver }] of Object.entries(RULES)) {
    const name = Prisma.raw(`"${table}"`)
    counts[kind as keyof typeof RULES] = await database.db.sql
      .run`delete from ${name} where ("organisationId", "id") in (
      select r."organisationId", r."id" from ${name} r
      where r."organisationId" = ${organisationId}::uuid and ${isOver(before)} limit ${ROUND})`
  }
  counts.headcounts = await database.db.sql
    .run`update "Session" set "headcount" = null where ("organisationId", "id") in (
      select s."organisationId", s."id" from "Session" s
      where s."organisationId" = ${organisationId}::uuid and s."endsAt" < ${before.sessions}
        and s."headcount" is not null limit ${ROUND})`
  const audit = await database.transaction((tx) =>
    forgetAudit({ tx, organisationId }, before.audit, keyring),
  )
  return { ...(counts as Forgotten), audit }
}

async function forgetAudit(tenant: Tenant, before: Date, keyring: Keyring): Promise<number> {
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
