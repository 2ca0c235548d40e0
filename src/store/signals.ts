import type { Reader } from './engine/transaction.ts'

/** The state of the whole store in numbers, for whoever watches over it. Ages in seconds. */
export type Signals = {
  /** How long the oldest thing that is due has waited; 0: nothing is late. */
  overdueSeconds: number
  /** Notices that could be sent now, and those that wait for another attempt. */
  pending: number
  retrying: number
  /** How long the oldest notice has waited that could be sent or tried again. */
  waitingSeconds: number
  /** Results that are being made, the age of the oldest, and those that wait for a key. */
  making: number
  makingSeconds: number
  waitingForKey: number
  /** Results that are kept as lost. */
  lost: number
  /** Connections that take nothing, by platform. */
  troubled: { platform: string; count: number }[]
  /** This process's wall clock less the store's. */
  clockOffsetSeconds: number
}

/** Reads them, in statements that walk indexes alone. `now` is the product clock. */
export async function readSignals(db: Reader, now: Date, wall: Date): Promise<Signals> {
  const [row] = await db.sql.rows<Omit<Signals, 'troubled'>>`
    with late as (select min("dueAt") as "at" from "Occurrence"
        where "state" = 'planned' and "dueAt" <= ${now}),
      waiting as (select count(*) filter (where "notBefore" is null or "state" = 'sending')::int
          as "pending",
          count(*) filter (where "notBefore" is not null and "state" = 'planned')::int as "retrying",
          min("plannedAt") as "at"
        from "Delivery" where "endedAt" is null and "plannedAt" <= ${now}),
      making as (select count(*)::int as "count", count(u."waitsUntil")::int as "waits",
          min((select max(c."closesAt") from "CheckIn" c where c."unitId" = u."id")) as "at"
        from "ReleaseUnit" u where u."state" = 'closing')
    select coalesce(extract(epoch from ${now}::timestamptz - late."at"), 0)::float8
        as "overdueSeconds",
      waiting."pending", waiting."retrying",
      coalesce(extract(epoch from ${now}::timestamptz - waiting."at"), 0)::float8
        as "waitingSeconds",
      making."count" as "making", making."waits" as "waitingForKey",
      greatest(0, coalesce(extract(epoch from ${now}::timestamptz - making."at"), 0))::float8
        as "makingSeconds",
      (select count(*) from "ReleaseUnit" where "state" = 'lost')::int as "lost",
      extract(epoch from ${wall}::timestamptz - clock_timestamp())::float8 as "clockOffsetSeconds"
    from late, waiting, making`
  const troubled = await db.sql.rows<{ platform: string; count: number }>`
    select "platform"::text as "platform",
      count(*) filter (where "trouble" is not null)::int as "count"
    from "Connection" group by "platform" order by "platform"`
  if (!row) throw new Error('the store gave no signals')
  return { ...row, troubled }
}
