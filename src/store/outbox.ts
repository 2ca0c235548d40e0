import { type DeliveryKind, LONGEST_WAIT_DAYS, sendAt } from '../domain/delivery.ts'
import { afterQuiet, type QuietHours } from '../domain/quiet.ts'
import { DAY_MS, plus } from '../domain/time.ts'
import { NOT_OPENED } from '../platform.ts'
import type { Tx } from './database.ts'
import { fixedId, type Job, type Queue } from './queue.ts'

/** A message planned in the transaction that caused it: to one person, or to a group's channel. `key` makes planning it twice once. */
export type DeliveryPlan = {
  key: string
  kind: DeliveryKind
  /** Null: to the channel, over `connectionId`. */
  personId: string | null
  connectionId?: string
  groupId?: string
  sessionId?: string
  checkInId?: string
  digestId?: string
  messageId?: string
  receiptId?: string
  /** Too late after this instant (product clock). */
  expiresAt?: Date
}

/** Where somebody's messages go, and when they do not want any. */
type Mailbox = { personId: string; connectionId: string; quiet: QuietHours | null }

/** Writes ledger rows and wakes the connections that they go out over, in the caller's transaction. */
export async function planDeliveries(
  tx: Tx,
  queue: Queue,
  organisationId: string,
  plans: readonly DeliveryPlan[],
  now: Date,
): Promise<void> {
  if (plans.length === 0) return
  const mailboxes = await findMailboxes(
    tx,
    organisationId,
    plans.flatMap(({ personId }) => personId ?? []),
  )
  const rows = plans.map((plan) =>
    toRow(organisationId, plan, plan.personId ? mailboxes.get(plan.personId) : null, now),
  )
  const made = await tx.delivery.createManyAndReturn({
    data: rows,
    skipDuplicates: true,
    select: { id: true, connectionId: true, state: true, plannedAt: true },
  })
  const due = made.filter(({ state, plannedAt }) => state === 'planned' && plannedAt <= now)
  const first = new Map(due.map(({ connectionId, id }) => [connectionId, id]))
  await queue.enqueue(
    tx,
    [...first].flatMap(([connectionId, id]) => (connectionId ? laneJob(organisationId, connectionId, id) : [])),
  )
}

function toRow(organisationId: string, plan: DeliveryPlan, mailbox: Mailbox | null | undefined, now: Date) {
  const { key, ...fields } = plan
  const connectionId = mailbox?.connectionId ?? plan.connectionId ?? null
  const expiresAt = plan.expiresAt ?? plus(now, LONGEST_WAIT_DAYS * DAY_MS)
  const at = sendAt(plan.kind, now, afterQuiet(now, mailbox?.quiet ?? null), plan.expiresAt ?? null)
  const dropped = connectionId === null ? 'noAccount' : at === null ? 'quietHours' : null
  return {
    ...fields,
    organisationId,
    id: fixedId('delivery', organisationId, key, plan.personId ?? 'channel'),
    connectionId,
    expiresAt,
    plannedAt: at ?? now,
    ...(dropped === null ? {} : { state: 'dropped' as const, reason: dropped, endedAt: now }),
  }
}

/** The account that each person's messages go to: one that is in use before one that is closed or cannot be reached. */
async function findMailboxes(
  tx: Tx,
  organisationId: string,
  personIds: readonly string[],
): Promise<Map<string, Mailbox>> {
  if (personIds.length === 0) return new Map()
  const rows = await tx.$queryRaw<
    { personId: string; connectionId: string; from: string | null; until: string | null; timeZone: string | null }[]
  >`
    select distinct on (a."personId") a."personId"::text as "personId", a."connectionId"::text as "connectionId",
      p."quietFrom" as "from", p."quietUntil" as "until", a."timeZone"
    from "Account" a join "Person" p on p."organisationId" = a."organisationId" and p."id" = a."personId"
    where a."organisationId" = ${organisationId}::uuid and a."personId" = any(${[...new Set(personIds)]}::uuid[])
    order by a."personId", a."isDeactivated", a."unreachable" is not null, a."id"`
  return new Map(
    rows.map(({ personId, connectionId, from, until, timeZone }) => [
      personId,
      { personId, connectionId, quiet: from && until ? { from, until, timeZone: timeZone ?? 'UTC' } : null },
    ]),
  )
}

/** Wakes whoever sends over a connection. `reason` makes the job's id: waking twice for one reason is once. */
export const laneJob = (organisationId: string, connectionId: string, reason: string): Job => ({
  queue: 'lane',
  id: fixedId('lane', connectionId, reason),
  data: { organisationId, id: connectionId },
})

/** A person opened the app: the welcomes that could not reach them are planned again. */
export async function reviveWelcomes(tx: Tx, queue: Queue, organisationId: string, personId: string): Promise<void> {
  const rows = await tx.delivery.updateManyAndReturn({
    where: { organisationId, personId, kind: 'welcome', state: 'failed', reason: NOT_OPENED },
    data: { state: 'planned', reason: null, notBefore: null, endedAt: null },
    select: { id: true, connectionId: true, attempts: true },
  })
  await queue.enqueue(
    tx,
    rows.flatMap(({ id, connectionId, attempts }) =>
      connectionId ? laneJob(organisationId, connectionId, `${id} ${attempts}`) : [],
    ),
  )
}

/** Messages that are being sent, or could be sent now. */
export async function countPending(db: Tx, now: Date): Promise<number> {
  return await db.delivery.count({
    where: { OR: [{ state: 'sending' }, { state: 'planned', notBefore: null, plannedAt: { lte: now } }] },
  })
}

/** What failed or was given up since an instant: how many of each kind and reason, over an organisation. */
export async function countTroubles(
  db: Tx,
  organisationId: string,
  since: Date,
): Promise<{ kind: string; state: 'failed' | 'dropped'; reason: string; count: number }[]> {
  const rows = await db.delivery.groupBy({
    by: ['kind', 'state', 'reason'],
    where: { organisationId, endedAt: { gte: since }, state: { in: ['failed', 'dropped'] } },
    _count: true,
    orderBy: [{ kind: 'asc' }, { reason: 'asc' }],
  })
  return rows.flatMap(({ kind, state, reason, _count }) =>
    state === 'failed' || state === 'dropped' ? [{ kind, state, reason: reason ?? '', count: _count }] : [],
  )
}
