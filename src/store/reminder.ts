import type { JobData } from './engine/queue.ts'
import type { Tx } from './engine/transaction.ts'

/**
 * A reminder that is due, locked, with what it is about. `isSuperseded`: a later one of the session
 * is due as well.
 */
export type DueReminder = {
  organisationId: string
  id: string
  dueAt: Date
  sessionId: string
  groupId: string
  state: 'planned' | 'cancelled'
  startsAt: Date
  isSuperseded: boolean
}

/**
 * Reminders out of a batch of jobs that are still to be done and that nobody else is at, of any
 * organisation.
 */
export async function lockReminders(
  tx: Tx,
  jobs: readonly JobData[],
  now: Date,
): Promise<DueReminder[]> {
  return await tx.sql.rows<DueReminder>`
    select o."organisationId"::text as "organisationId", o."id"::text as "id", o."dueAt",
      s."id"::text as "sessionId",
      s."groupId"::text as "groupId", s."state"::text as "state", s."startsAt",
      exists (select 1 from "Occurrence" l where l."organisationId" = o."organisationId"
        and l."sessionId" = o."sessionId"
        and l."kind" = 'reminder' and l."dueAt" > o."dueAt"
          and l."dueAt" <= ${now}) as "isSuperseded"
    from unnest(${jobs.map(({ organisationId }) => organisationId)}::uuid[],
      ${jobs.map(({ id }) => id)}::uuid[]) as job("organisationId", "id")
      join "Occurrence" o on o."organisationId" = job."organisationId" and o."id" = job."id"
        and o."kind" = 'reminder' and o."state" = 'planned'
      join "Session" s on s."organisationId" = o."organisationId" and s."id" = o."sessionId"
    order by o."organisationId", o."id" for update of o skip locked`
}

/**
 * Members and facilitators of groups whose accounts are people's and open: whom a reminder is for.
 */
export async function listReminded(
  tx: Tx,
  groups: readonly { organisationId: string; groupId: string }[],
): Promise<{ organisationId: string; groupId: string; personId: string }[]> {
  return await tx.sql.rows`
    select distinct r."organisationId"::text as "organisationId", r."groupId"::text as "groupId",
      r."personId"::text as "personId"
    from unnest(${groups.map(({ organisationId }) => organisationId)}::uuid[],
      ${groups.map(({ groupId }) => groupId)}::uuid[]) as wanted("organisationId", "groupId")
      join "RosterEntry" r on r."organisationId" = wanted."organisationId"
        and r."groupId" = wanted."groupId" and r."role" <> 'supervisor'
      join "Account" a on a."organisationId" = r."organisationId"
        and a."personId" = r."personId" and not a."isBot" and not a."isDeactivated"`
}
