import {
  type Due,
  type OccurrenceKind,
  type OccurrencePlan,
  type SkipReason,
  SUBJECTS,
} from '../domain/occurrence.ts'
import type { Database } from './engine/database.ts'
import type { Queue } from './engine/queue.ts'
import type { Reader, Tenant, Tx } from './engine/transaction.ts'
import { Prisma } from './generated/client.ts'
import { fixedId } from './ids.ts'

/** A worker has a claimed row so long; then the clock may claim it again. Wall clock. */
export const LEASE_SECONDS = 60
/** Rows that one claim takes; the clock claims until nothing is due. */
const CLAIM_LIMIT = 500

const SUBJECT_COLUMNS = Prisma.raw(
  [...new Set(Object.values(SUBJECTS))].map((column) => `"${column}"`).join(', '),
)

/** The id of what a plan is about. */
const subjectOf = (plan: OccurrencePlan): string => {
  const columns: Partial<Record<string, unknown>> = plan
  return String(columns[SUBJECTS[plan.kind]])
}

/** Plans something for a time. Ids are fixed by what and when, so planning twice is once. */
export async function planOccurrences(
  { tx, organisationId }: Tenant,
  plans: readonly OccurrencePlan[],
): Promise<void> {
  await planOwnOccurrences(
    tx,
    plans.map((plan) => ({ ...plan, organisationId })),
  )
}

/** The same for several organisations. */
export async function planOwnOccurrences(
  tx: Tx,
  plans: readonly (OccurrencePlan & { organisationId: string })[],
): Promise<void> {
  const rows = plans.map((plan) => {
    const { organisationId, kind, dueAt } = plan
    const named = [organisationId, kind, subjectOf(plan), dueAt.toISOString()]
    return { ...plan, id: fixedId('occurrence', ...named) }
  })
  await tx.sql.run`
    insert into "Occurrence" ("organisationId", "id", "kind", "dueAt", ${SUBJECT_COLUMNS})
    select "organisationId", "id", "kind", "dueAt", ${SUBJECT_COLUMNS}
    from jsonb_populate_recordset(null::"Occurrence", ${JSON.stringify(rows)}::jsonb)
    on conflict do nothing`
}

/**
 * Claims what is due by the product clock and sends a job for each, in one transaction; returns how
 * many. The claim is one conditional statement, so ticks on several machines do not meet.
 */
export async function claimOccurrences(
  database: Database,
  queue: Queue,
  now: Date,
): Promise<number> {
  return await database.transaction(async (tx) => {
    const rows = await tx.sql.rows<{ organisationId: string; id: string; attempts: number }>`
      update "Occurrence" set "attempts" = "attempts" + 1,
        "leasedUntil" = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})
      where ("organisationId", "id") in (
        select "organisationId", "id" from "Occurrence"
        where "state" = 'planned' and "dueAt" <= ${now} and ("leasedUntil" is null
          or "leasedUntil" < clock_timestamp())
        order by "dueAt" limit ${CLAIM_LIMIT} for update skip locked)
      returning "organisationId", "id", "attempts"`
    await queue.enqueue(
      tx,
      rows.map(({ organisationId, id, attempts }) => ({
        queue: 'occurrence' as const,
        id: fixedId('job', id, attempts),
        data: { organisationId, id },
      })),
    )
    return rows.length
  })
}

/**
 * The row while it is still to be done, locked so that a second worker waits; null when it was
 * done.
 */
export async function lockOccurrence(
  { tx, organisationId }: Tenant,
  id: string,
): Promise<Due | null> {
  const [row] = await tx.sql.rows<
    { id: string; kind: OccurrenceKind; dueAt: Date } & Record<string, unknown>
  >`
    select "id", "kind"::text as "kind", "dueAt", ${SUBJECT_COLUMNS}
    from "Occurrence"
    where "organisationId" = ${organisationId}::uuid and "id" = ${id}::uuid
      and "state" = 'planned' for update`
  if (!row) return null
  const column = SUBJECTS[row.kind]
  // Rows go with what they are about; one without it would be a fault of planOccurrences, whose
  // type forbids it.
  if (typeof row[column] !== 'string') throw new Error(`a ${row.kind} is about nothing`)
  return { id: row.id, kind: row.kind, dueAt: row.dueAt, [column]: row[column] } as Due
}

/** Marks it done, or dropped with the reason. */
export async function finishOccurrence(
  { tx, organisationId }: Tenant,
  id: string,
  reason: SkipReason | null,
): Promise<void> {
  // It may have gone with the group that it deleted.
  const state = reason === null ? 'done' : 'dropped'
  await tx.sql.run`
    update "Occurrence" set "state" = ${state}::"OccurrenceState", "reason" = ${reason},
      "leasedUntil" = null
    where "organisationId" = ${organisationId}::uuid and "id" = ${id}::uuid`
}

/** Marks rows of any organisations done, or dropped with their reason, in one statement. */
export async function finishTogether(
  tx: Tx,
  outcomes: readonly { organisationId: string; id: string; dropped: SkipReason | null }[],
): Promise<void> {
  await tx.sql.run`update "Occurrence" o set "reason" = v."reason", "leasedUntil" = null,
      "state" = (case when v."reason" is null then 'done' else 'dropped' end)::"OccurrenceState"
    from unnest(${outcomes.map(({ organisationId }) => organisationId)}::uuid[],
      ${outcomes.map(({ id }) => id)}::uuid[], ${outcomes.map(({ dropped }) => dropped)}::text[])
      as v("organisationId", "id", "reason")
    where o."organisationId" = v."organisationId" and o."id" = v."id"`
}

/** How many rows are due and not done, whoever holds them; at most as many as a claim takes. */
export async function countDue(db: Reader, now: Date): Promise<number> {
  const [row] = await db.sql.rows<{ count: number }>`
    select count(*)::int as "count" from (select 1 from "Occurrence"
      where "state" = 'planned' and "dueAt" <= ${now} order by "dueAt" limit ${CLAIM_LIMIT}) due`
  return row?.count ?? 0
}

/** The next thing that happens after an instant; null when nothing is planned. */
export async function findNextDue(
  db: Reader,
  after: Date,
): Promise<{ dueAt: Date; kind: OccurrenceKind } | null> {
  const [row] = await db.sql.rows<{ dueAt: Date; kind: OccurrenceKind }>`
    select "dueAt", "kind"::text as "kind" from "Occurrence"
    where "state" = 'planned' and "dueAt" > ${after} order by "dueAt" limit 1`
  return row ?? null
}

/** Lists what will happen next for some groups, soonest first. */
export async function listGoingOut(
  { tx, organisationId }: Tenant<Reader>,
  groupIds: readonly string[],
  now: Date,
  limit: number,
): Promise<GoingOut[]> {
  return await tx.sql.rows<GoingOut>`
    with led as (select unnest(${groupIds}::uuid[]) as "groupId"), about as (
      select s."groupId", o."kind", o."dueAt", o."state" from led join "Session" s
        on s."groupId" = led."groupId"
        join "Occurrence" o on o."organisationId" = s."organisationId" and o."sessionId" = s."id"
        where s."organisationId" = ${organisationId}::uuid and s."state" = 'planned'
      union all
      select k."groupId", o."kind", o."dueAt", o."state" from led join "CheckIn" k
        on k."groupId" = led."groupId"
        join "Occurrence" o on o."organisationId" = k."organisationId" and o."checkInId" = k."id"
        where k."organisationId" = ${organisationId}::uuid
      union all
      select m."groupId", o."kind", o."dueAt", o."state" from led join "Message" m
        on m."groupId" = led."groupId"
        join "Occurrence" o on o."organisationId" = m."organisationId" and o."messageId" = m."id"
        where m."organisationId" = ${organisationId}::uuid)
    select "kind"::text as "kind", "dueAt", "groupId"::text as "groupId" from about
    where "state" = 'planned' and "dueAt" > ${now} order by "dueAt", "kind" limit ${limit}`
}

export type GoingOut = { kind: OccurrenceKind; dueAt: Date; groupId: string }

/** Forgets when a supervisor's next digest was to come. */
export async function clearDigests(
  { tx, organisationId }: Tenant,
  personId: string,
): Promise<void> {
  await tx.prisma.occurrence.deleteMany({
    where: { organisationId, personId, kind: 'digest', state: 'planned' },
  })
}

/** Forgets what is planned for a message. */
export async function clearMessagePlans(
  { tx, organisationId }: Tenant,
  messageId: string,
): Promise<void> {
  await tx.prisma.occurrence.deleteMany({ where: { organisationId, messageId, state: 'planned' } })
}

/**
 * Forgets what was planned around a group's sessions that have not begun: reminders, the question
 * for the headcount, and check-ins that have not opened.
 */
export async function clearAhead(
  { tx, organisationId }: Tenant,
  groupId: string,
  now: Date,
): Promise<void> {
  await tx.sql.run`
    with gone as (delete from "Occurrence" o using "Session" s
      where s."organisationId" = ${organisationId}::uuid and s."groupId" = ${groupId}::uuid
        and s."startsAt" > ${now} and o."organisationId" = s."organisationId"
        and o."sessionId" = s."id" and o."state" = 'planned' and o."dueAt" > ${now}
        and o."kind" in ('reminder', 'sessionEnded'))
    delete from "CheckIn" where "organisationId" = ${organisationId}::uuid
      and "groupId" = ${groupId}::uuid and "state" = 'planned' and "opensAt" > ${now}`
}
