import { type Attempt, afterAttempt, type DeliveryKind, type LedgerStep } from '../domain/delivery.ts'
import { type ConversationRef, NOT_OPENED, type PlatformName } from '../platform.ts'
import type { Database, Tx } from './database.ts'
import { LEASE_SECONDS } from './occurrence.ts'
import { fixedId, type Queue } from './queue.ts'

/** A message to one person, planned in the transaction that caused it. `key` makes planning it twice once. */
export type DeliveryPlan = {
  key: string
  kind: DeliveryKind
  personId: string
  groupId?: string
  sessionId?: string
  checkInId?: string
  digestId?: string
  /** Too late after this instant (product clock). */
  expiresAt?: Date
}

export type DeliveryRow = {
  id: string
  kind: DeliveryKind
  personId: string
  groupId: string | null
  sessionId: string | null
  checkInId: string | null
  digestId: string | null
  attempts: number
  expiresAt: Date | null
}

const CLAIM_LIMIT = 500

/** Writes ledger rows and sends their jobs, in the caller's transaction. */
export async function planDeliveries(
  tx: Tx,
  queue: Queue,
  organisationId: string,
  plans: readonly DeliveryPlan[],
  now: Date,
  wall: Date,
): Promise<void> {
  if (plans.length === 0) return
  const leasedUntil = new Date(wall.getTime() + LEASE_SECONDS * 1000)
  const rows = plans.map(({ key, ...plan }) => ({
    organisationId,
    id: fixedId('delivery', organisationId, key, plan.personId),
    ...plan,
    plannedAt: now,
    leasedUntil,
  }))
  const known = await tx.delivery.findMany({
    where: { organisationId, id: { in: rows.map((row) => row.id) } },
    select: { id: true },
  })
  const fresh = rows.filter((row) => !known.some(({ id }) => id === row.id))
  await tx.delivery.createMany({ data: fresh, skipDuplicates: true })
  await queue.enqueue(
    tx,
    fresh.map(({ id }) => deliveryJob(organisationId, id, 0)),
  )
}

const deliveryJob = (organisationId: string, id: string, round: number) =>
  ({ queue: 'delivery', id: fixedId('job', id, round), data: { organisationId, id } }) as const

/**
 * Claims messages that wait for another attempt, and settles those whose sender died while sending; returns how many jobs
 * were sent. `round` makes each claim's job ids new.
 */
export async function claimDeliveries(database: Database, queue: Queue, now: Date, round: number): Promise<number> {
  return await database.db.$transaction(async (tx) => {
    await settleUnknown(tx)
    const rows = await tx.$queryRaw<{ organisationId: string; id: string }[]>`
      update "Delivery" set "leasedUntil" = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})
      where ("organisationId", "id") in (
        select "organisationId", "id" from "Delivery"
        where "state" = 'planned' and "plannedAt" <= ${now}
          and ("leasedUntil" is null or "leasedUntil" < clock_timestamp()) and ("notBefore" is null or "notBefore" <= clock_timestamp())
        order by "plannedAt" limit ${CLAIM_LIMIT} for update skip locked)
      returning "organisationId", "id"`
    await queue.enqueue(
      tx,
      rows.map(({ organisationId, id }) => deliveryJob(organisationId, id, round)),
    )
    return rows.length
  })
}

/** Rows left in `sending` past their lease: nobody knows whether the message arrived, so the kind's rule decides. */
async function settleUnknown(tx: Tx): Promise<void> {
  const rows = await tx.$queryRaw<{ organisationId: string; id: string; kind: DeliveryKind; attempts: number }[]>`
    select "organisationId", "id", "kind", "attempts" from "Delivery"
    where "state" = 'sending' and "leasedUntil" < clock_timestamp() limit ${CLAIM_LIMIT} for update skip locked`
  for (const row of rows) {
    const step = afterAttempt(row.kind, row.attempts, { outcome: 'unknown', reason: 'interrupted' })
    await writeStep(tx, row.organisationId, row.id, step)
  }
}

/** `planned` becomes `sending`; null when somebody else has it, or it is over. */
export async function beginDelivery(tx: Tx, organisationId: string, id: string): Promise<DeliveryRow | null> {
  const rows = await tx.$queryRaw<DeliveryRow[]>`
    update "Delivery" set "state" = 'sending', "attempts" = "attempts" + 1,
      "leasedUntil" = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})
    where "organisationId" = ${organisationId}::uuid and "id" = ${id}::uuid and "state" = 'planned'
      and ("notBefore" is null or "notBefore" <= clock_timestamp())
    returning "id", "kind", "personId", "groupId", "sessionId", "checkInId", "digestId", "attempts", "expiresAt"`
  return rows[0] ?? null
}

export type Address = {
  platform: PlatformName
  connectionId: string
  workspaceId: string
  externalId: string
  conversation: ConversationRef | null
  language: string | null
  pausedForMs: number
}

/** Where a person's messages go; null when they have no account. `pausedForMs` is what a connection's pause still lasts. */
export async function findAddress(
  db: Tx,
  organisationId: string,
  personId: string,
  wall: Date,
): Promise<Address | null> {
  const account = await db.account.findFirst({
    where: { organisationId, personId },
    orderBy: { id: 'asc' },
    select: {
      externalId: true,
      language: true,
      conversation: true,
      connection: { select: { id: true, platform: true, externalId: true, pausedUntil: true } },
    },
  })
  if (!account) return null
  return {
    platform: account.connection.platform,
    connectionId: account.connection.id,
    workspaceId: account.connection.externalId,
    externalId: account.externalId,
    conversation: account.conversation as ConversationRef | null,
    language: account.language,
    pausedForMs: Math.max(0, (account.connection.pausedUntil?.getTime() ?? 0) - wall.getTime()),
  }
}

/** Writes how an attempt ended, by the ledger's rule, and pauses the connection when the platform asked for it. */
export async function endDelivery(
  tx: Tx,
  organisationId: string,
  row: DeliveryRow,
  attempt: Attempt,
  connectionId: string | null,
): Promise<LedgerStep> {
  const step = afterAttempt(row.kind, row.attempts, attempt)
  await writeStep(tx, organisationId, row.id, step)
  if (attempt.outcome === 'refused' && attempt.retryAfterMs !== null && connectionId) {
    await tx.$executeRaw`update "Connection" set "pausedUntil" = clock_timestamp() + make_interval(secs => ${attempt.retryAfterMs / 1000})
      where "organisationId" = ${organisationId}::uuid and "id" = ${connectionId}::uuid`
  }
  return step
}

/** Puts a message back untried, to wait (its connection is paused). */
export async function postponeDelivery(tx: Tx, organisationId: string, id: string, waitMs: number): Promise<void> {
  await tx.$executeRaw`update "Delivery" set "state" = 'planned', "attempts" = "attempts" - 1, "leasedUntil" = null,
    "notBefore" = clock_timestamp() + make_interval(secs => ${waitMs / 1000})
    where "organisationId" = ${organisationId}::uuid and "id" = ${id}::uuid and "state" = 'sending'`
}

export async function dropDelivery(tx: Tx, organisationId: string, id: string, reason: string): Promise<void> {
  await writeStep(tx, organisationId, id, { state: 'dropped', reason })
}

async function writeStep(tx: Tx, organisationId: string, id: string, step: LedgerStep): Promise<void> {
  const reason = 'reason' in step ? step.reason : null
  const waitMs = step.state === 'planned' ? step.waitMs : 0
  await tx.$executeRaw`update "Delivery" set "state" = ${step.state}::"DeliveryState", "reason" = ${reason}, "leasedUntil" = null,
    "notBefore" = clock_timestamp() + make_interval(secs => ${waitMs / 1000})
    where "organisationId" = ${organisationId}::uuid and "id" = ${id}::uuid and "state" = 'sending'`
}

/** A person opened the app: the welcomes that could not reach them are planned again. */
export async function reviveWelcomes(tx: Tx, queue: Queue, organisationId: string, personId: string): Promise<void> {
  const where = { organisationId, personId, kind: 'welcome', state: 'failed', reason: NOT_OPENED } as const
  const rows = await tx.delivery.findMany({ where, select: { id: true, attempts: true } })
  await tx.delivery.updateMany({ where, data: { state: 'planned', reason: null, notBefore: null } })
  await queue.enqueue(
    tx,
    rows.map(({ id, attempts }) => deliveryJob(organisationId, id, attempts + 1_000_000)),
  )
}

/** Messages that are being sent, or could be sent now. */
export async function countPending(db: Tx): Promise<number> {
  return await db.delivery.count({ where: { OR: [{ state: 'sending' }, { state: 'planned', notBefore: null }] } })
}
