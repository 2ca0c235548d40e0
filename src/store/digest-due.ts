import type { DigestTime } from '../domain/digest.ts'
import type { DigestRow } from './digest.ts'
import type { JobData } from './engine/queue.ts'
import type { Tx } from './engine/transaction.ts'

/** A digest that is due, locked. `earlierEnd`: when the one before ended; null: there was none. */
export type DueDigest = {
  organisationId: string
  id: string
  dueAt: Date
  personId: string
  earlierEnd: Date | null
  /** Null: they want none any more. */
  plan: (DigestTime & { connectionId: string | null }) | null
}

type Row = Omit<DueDigest, 'plan'> & {
  weekday: number | null
  localTime: string
  timeZone: string
  connectionId: string | null
}

/**
 * Digests out of a batch of jobs that are still to be done and that nobody else is at, of any
 * organisation.
 */
export async function lockDigests(tx: Tx, jobs: readonly JobData[]): Promise<DueDigest[]> {
  const rows = await tx.sql.rows<Row>`
    select o."organisationId"::text as "organisationId", o."id"::text as "id", o."dueAt",
      o."personId"::text as "personId", p."weekday", p."localTime", p."timeZone",
      p."connectionId"::text as "connectionId",
      (select max(d."endsAt") from "Digest" d where d."organisationId" = o."organisationId"
        and d."personId" = o."personId" and d."endsAt" < o."dueAt") as "earlierEnd"
    from unnest(${jobs.map(({ organisationId }) => organisationId)}::uuid[],
      ${jobs.map(({ id }) => id)}::uuid[]) as job("organisationId", "id")
      join "Occurrence" o on o."organisationId" = job."organisationId" and o."id" = job."id"
        and o."kind" = 'digest' and o."state" = 'planned'
      left join "DigestPlan" p on p."organisationId" = o."organisationId"
        and p."personId" = o."personId"
    order by o."organisationId", o."id" for update of o skip locked`
  return rows.map(({ weekday, localTime, timeZone, connectionId, ...due }) => ({
    ...due,
    plan: weekday === null ? null : { weekday, localTime, timeZone, connectionId },
  }))
}

/** A supervisor's digest, of any organisation. */
export type OwnedDigest = DigestRow & { organisationId: string }

/** One digest a supervisor and week; the same week again is the same row. */
export async function createDigests(tx: Tx, digests: readonly OwnedDigest[]): Promise<void> {
  await tx.sql.run`
    insert into "Digest" ("organisationId", "id", "personId", "startsAt", "endsAt", "timeZone")
    select "organisationId", "id", "personId", "startsAt", "endsAt", "timeZone"
    from jsonb_populate_recordset(null::"Digest", ${JSON.stringify(digests)}::jsonb)
    on conflict do nothing`
}

/** Supervisors without a group get none any more. */
export async function deletePlansOf(
  tx: Tx,
  people: readonly { organisationId: string; personId: string }[],
): Promise<void> {
  await tx.sql.run`
    delete from "DigestPlan" p using unnest(
      ${people.map(({ organisationId }) => organisationId)}::uuid[],
      ${people.map(({ personId }) => personId)}::uuid[]) as gone("organisationId", "personId")
    where p."organisationId" = gone."organisationId" and p."personId" = gone."personId"`
}
