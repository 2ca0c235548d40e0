import type { Refusal } from '../domain/reasons.ts'
import { plus } from '../domain/time.ts'
import type { Address, PlatformName } from '../platform.ts'
import type { Database } from './engine/database.ts'
import type { Reader, Writer } from './engine/transaction.ts'
import { Prisma } from './generated/client.ts'
import { LEASE_SECONDS } from './occurrence.ts'

/**
 * A lane is one connection's way out: its notices go in their order, at the platform's pace, from
 * one process at a time.
 */
export type Lane = { organisationId: string; connectionId: string }
/** A lane and where it leads to. */
export type LaneTo = Lane & { platform: PlatformName; externalId: string }

const CHANNEL = 'groupwell_lane'

/**
 * SQL that tells every process, at the transaction's end, that a lane has something to send: any of
 * them may serve the workspace. A word that nobody hears is made good by the next tick.
 */
export const callingLane = (organisationId: Prisma.Sql, connectionId: Prisma.Sql): Prisma.Sql =>
  Prisma.sql`pg_notify(${CHANNEL}, ${organisationId}::text || ' ' || ${connectionId}::text)`

/** Hears of them, until the function that it returns is called. */
export async function hearLanes(
  { listen }: Pick<Database, 'listen'>,
  hear: (lane: Lane) => void,
): Promise<() => Promise<void>> {
  return await listen(CHANNEL, (said) => {
    const [organisationId, connectionId] = said.split(' ')
    if (organisationId && connectionId) hear({ organisationId, connectionId })
  })
}

/** Lanes that have something to send now, or are sending, and are not paused. */
export async function listBusyLanes(db: Reader, now: Date): Promise<LaneTo[]> {
  return await db.sql.rows<LaneTo>`
    with busy as (
      select distinct "organisationId", "connectionId" from "Delivery"
      where "endedAt" is null and "plannedAt" <= ${now} and "connectionId" is not null
        and ("state" = 'sending' or "notBefore" is null or "notBefore" <= clock_timestamp()))
    select c."organisationId"::text as "organisationId", c."id"::text as "connectionId",
      c."platform"::text as "platform", c."externalId"
    from busy join "Connection" c on c."organisationId" = busy."organisationId"
      and c."id" = busy."connectionId"
    where c."pausedUntil" is null or c."pausedUntil" <= clock_timestamp()`
}

/** Where a lane leads to; null when it was removed. */
export async function findLane(
  db: Reader,
  { organisationId, connectionId }: Lane,
): Promise<LaneTo | null> {
  const row = await db.prisma.connection.findUnique({
    where: { organisationId_id: { organisationId, id: connectionId } },
    select: { platform: true, externalId: true },
  })
  return row && { organisationId, connectionId, ...row }
}

/** `hasTrouble`: the platform took nothing from us when it was last tried. */
export type Lease =
  | { state: 'leased'; isHandedOver: boolean; hasTrouble: boolean }
  | { state: 'busy' }
  | { state: 'paused'; forMs: number }

/**
 * Leases a lane, or renews the lease. `isHandedOver`: another process had it before,
 * so its pace is not known here. `busy`: another process has it. `paused`: nothing may be sent for
 * so long (wall clock).
 */
export async function leaseLane(
  db: Writer,
  { organisationId, connectionId }: Lane,
  owner: string,
): Promise<Lease> {
  const rows = await db.sql.rows<{ before: string | null; hasTrouble: boolean; pausedMs: number }>`
    with known as (
      select "organisationId", "id", "laneOwner"::text as "before",
        "trouble" is not null as "hasTrouble",
        greatest(0, coalesce(extract(epoch from "pausedUntil" - clock_timestamp()) * 1000,
          0))::float8 as "pausedMs"
      from "Connection" where "organisationId" = ${organisationId}::uuid
        and "id" = ${connectionId}::uuid
        and ("laneUntil" is null or "laneUntil" < clock_timestamp() or "laneOwner" = ${owner}::uuid)
      for no key update skip locked), leased as (
      update "Connection" c set "laneOwner" = ${owner}::uuid,
        "laneUntil" = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS / 2})
      from known where c."organisationId" = known."organisationId" and c."id" = known."id"
        and known."pausedMs" = 0)
    select "before", "hasTrouble", "pausedMs" from known`
  const row = rows[0]
  if (!row) return { state: 'busy' }
  if (row.pausedMs > 0) return { state: 'paused', forMs: row.pausedMs }
  return {
    state: 'leased',
    isHandedOver: row.before !== null && row.before !== owner,
    hasTrouble: row.hasTrouble,
  }
}

/** A process whose clock is so little ahead planned them: they are due here in a moment. */
const CLOCKS_DIFFER_MS = 5_000

/**
 * Gives the lane back, so that no other process waits for the lease's end. Returns how long until
 * its next notice may be tried (wall clock): rows that came between the last look and this one had
 * nobody else to send them. Null: none waits.
 */
export async function releaseLane(
  db: Writer,
  { organisationId, connectionId }: Lane,
  owner: string,
  now: Date,
): Promise<number | null> {
  const rows = await db.sql.rows<{ ms: number | null }>`
    with released as (
      update "Connection" set "laneUntil" = null
      where "organisationId" = ${organisationId}::uuid and "id" = ${connectionId}::uuid
        and "laneOwner" = ${owner}::uuid)
    select min(greatest(extract(epoch from coalesce("notBefore" - clock_timestamp(), '0')),
      extract(epoch from "plannedAt" - ${now}::timestamptz)) * 1000)::float8 as "ms"
    from "Delivery"
    where "organisationId" = ${organisationId}::uuid and "connectionId" = ${connectionId}::uuid
      and "state" = 'planned' and "plannedAt" <= ${plus(now, CLOCKS_DIFFER_MS)}`
  return rows[0]?.ms ?? null
}

/**
 * The platform takes nothing from us for a while; `trouble` says why, null when it only asked for
 * patience.
 */
export async function pauseConnection(
  db: Writer,
  lane: Lane,
  forMs: number,
  trouble: Refusal | null,
): Promise<void> {
  await db.sql.run`
    update "Connection" set "trouble" = ${trouble},
      "troubleSince" = case when ${trouble}::text is not null
        then coalesce("troubleSince", clock_timestamp()) end,
      "pausedUntil" = clock_timestamp() + make_interval(secs => ${forMs / 1000})
    where "organisationId" = ${lane.organisationId}::uuid and "id" = ${lane.connectionId}::uuid`
}

/** Something got through again. */
export async function clearTrouble(db: Writer, lane: Lane): Promise<void> {
  await db.prisma.connection.updateMany({
    where: { organisationId: lane.organisationId, id: lane.connectionId, trouble: { not: null } },
    data: { trouble: null, troubleSince: null },
  })
}

/** Sending taught where people can be written to. */
export async function keepAddresses(
  db: Writer,
  { organisationId, connectionId }: Lane,
  learnt: readonly { externalId: string; address: Address }[],
): Promise<void> {
  for (const { externalId, address } of learnt)
    await db.prisma.account.updateMany({
      where: { organisationId, connectionId, externalId },
      data: { address: { ...address } },
    })
}
