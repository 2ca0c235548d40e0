import { type DeliveryKind, keptTime, LONGEST_WAIT_DAYS, sendAt } from '../domain/delivery.ts'
import { afterQuiet, type QuietHours, readQuiet } from '../domain/quiet.ts'
import { type Drop, type Reason, toReason } from '../domain/reasons.ts'
import { DAY_MS, plus } from '../domain/time.ts'
import { ownZone } from '../domain/zone.ts'
import type { Reader, Tenant, Tx } from './engine/transaction.ts'
import { Prisma } from './generated/client.ts'
import { fixedId } from './ids.ts'
import { callingLane } from './lane.ts'
import { IS_REACHED } from './reach.ts'
import { GROUP_ZONE } from './zone.ts'

/**
 * A notice planned in the transaction that caused it: to one person, or to a group's channel. `key`
 * makes planning it twice once.
 */
export type DeliveryPlan = {
  key: string
  kind: DeliveryKind
  /** Null: to the channel, over `connectionId`. */
  personId: string | null
  /** For a person the connection that they prefer, if they can be reached there. */
  connectionId?: string
  groupId?: string
  sessionId?: string
  checkInId?: string
  digestId?: string
  messageId?: string
  receiptId?: string
  contactId?: string
  /** Too late after this instant (product clock). */
  expiresAt?: Date
}

/** A plan that may stand beside those of other organisations. */
export type OwnedPlan = DeliveryPlan & { organisationId: string }

/** Where somebody's notices go, and when they do not want any. */
type Mailbox = { connectionId: string; quiet: QuietHours | null }

/**
 * Writes ledger rows and wakes the connections that they go out over, in the caller's transaction.
 */
export async function planDeliveries(
  tx: Tx,
  plans: readonly OwnedPlan[],
  now: Date,
): Promise<void> {
  if (plans.length === 0) return
  const mailboxes = await findMailboxes(tx, plans)
  const rows = plans.map((plan) =>
    toRow(plan, mailboxes.get(`${plan.organisationId} ${plan.personId}`) ?? null, now),
  )
  // One statement with one value: the client's own createMany takes its time to put together.
  await tx.sql.rows`
    with made as (insert into "Delivery" ("organisationId", "id", "kind", "personId",
      "connectionId", "groupId", "sessionId", "checkInId",
      "digestId", "messageId", "receiptId", "contactId", "state", "reason", "plannedAt",
        "expiresAt", "endedAt")
    select "organisationId", "id", "kind", "personId", "connectionId", "groupId", "sessionId",
      "checkInId",
      "digestId", "messageId", "receiptId", "contactId", "state", "reason", "plannedAt",
        "expiresAt", "endedAt"
    from jsonb_populate_recordset(null::"Delivery", ${JSON.stringify(rows)}::jsonb)
    on conflict do nothing
    returning "organisationId", "connectionId", "state", "plannedAt")
    select ${callingLane(Prisma.sql`"organisationId"`, Prisma.sql`"connectionId"`)} from made
    where "state" = 'planned' and "plannedAt" <= ${now} and "connectionId" is not null
    group by "organisationId", "connectionId"`
}

/** The id of a notice: planned again under the same key, it is the same one. */
export const deliveryId = (organisationId: string, key: string, personId: string | null): string =>
  fixedId('delivery', organisationId, key, personId ?? 'channel')

function toRow({ key, ...plan }: OwnedPlan, mailbox: Mailbox | null, now: Date) {
  const connectionId = mailbox?.connectionId ?? plan.connectionId ?? null
  const expiresAt = plan.expiresAt ?? plus(keptTime(plan.kind, now), LONGEST_WAIT_DAYS * DAY_MS)
  const at = sendAt(plan.kind, now, afterQuiet(now, mailbox?.quiet ?? null), plan.expiresAt ?? null)
  const dropped: Drop | null =
    connectionId === null ? 'noAccount' : at === null ? 'quietHours' : null
  return {
    ...plan,
    id: deliveryId(plan.organisationId, key, plan.personId),
    connectionId,
    expiresAt,
    plannedAt: keptTime(plan.kind, at ?? now),
    ...(dropped === null
      ? { state: 'planned' }
      : { state: 'dropped', reason: dropped, endedAt: keptTime(plan.kind, now) }),
  }
}

/**
 * The account that each person's notices go to: one that they reach (reach.ts) before one that is
 * closed or cannot be reached, then the one that they prefer.
 */
async function findMailboxes(
  tx: Reader,
  plans: readonly OwnedPlan[],
): Promise<Map<string, Mailbox>> {
  const people = plans.filter(({ personId }) => personId !== null)
  if (people.length === 0) return new Map()
  const rows = await tx.sql.rows<MailboxRow>`
    select distinct on (a."organisationId",
      a."personId") a."organisationId"::text as "organisationId",
      a."personId"::text as "personId", a."connectionId"::text as "connectionId",
      p."quietFrom" as "from", p."quietUntil" as "until", a."timeZone" as "told",
      ${GROUP_ZONE} as "ofGroup"
    from unnest(${people.map(({ organisationId }) => organisationId)}::uuid[],
      ${people.map(({ personId }) => personId)}::uuid[],
        ${people.map(({ connectionId }) => connectionId ?? null)}::uuid[])
      as wanted("organisationId", "personId", "connectionId")
      join "Account" a on a."organisationId" = wanted."organisationId"
        and a."personId" = wanted."personId"
      join "Connection" c on c."organisationId" = a."organisationId"
        and c."id" = a."connectionId"
      join "Person" p on p."organisationId" = a."organisationId" and p."id" = a."personId"
    order by a."organisationId", a."personId", ${IS_REACHED} desc, a."isDeactivated",
      a."unreachable" is not null,
      a."connectionId" is distinct from wanted."connectionId", a."id"`
  return new Map(
    rows.map(({ organisationId, personId, connectionId, from, until, told, ofGroup }) => {
      const { timeZone } = ownZone(told, ofGroup)
      const quiet = readQuiet(from, until, timeZone)
      return [`${organisationId} ${personId}`, { connectionId, quiet }]
    }),
  )
}

type MailboxRow = {
  organisationId: string
  personId: string
  connectionId: string
  from: string | null
  until: string | null
  told: string | null
  ofGroup: string | null
}

/** Notices about groups that failed in a window, by group; a group without any is not in it. */
export async function countFailed(
  { tx, organisationId }: Tenant<Reader>,
  groupIds: readonly string[],
  { startsAt, endsAt }: { startsAt: Date; endsAt: Date },
): Promise<Map<string, number>> {
  const rows = await tx.prisma.delivery.groupBy({
    by: ['groupId'],
    where: {
      organisationId,
      groupId: { in: [...groupIds] },
      state: 'failed',
      endedAt: { gte: startsAt, lt: endsAt },
    },
    _count: true,
  })
  return new Map(
    rows.flatMap(({ groupId, _count }) => (groupId === null ? [] : [[groupId, _count] as const])),
  )
}

/** So many notices of a kind that were not sent for a reason. */
export type Trouble = {
  kind: DeliveryKind
  state: 'failed' | 'dropped'
  reason: Reason
  count: number
}

/**
 * Counts what failed or was given up since an instant: how many of each kind and reason, over an
 * organisation.
 */
export async function countTroubles(
  { tx, organisationId }: Tenant<Reader>,
  since: Date,
): Promise<Trouble[]> {
  const rows = await tx.prisma.delivery.groupBy({
    by: ['kind', 'state', 'reason'],
    where: { organisationId, endedAt: { gte: since }, state: { in: ['failed', 'dropped'] } },
    _count: true,
    orderBy: [{ kind: 'asc' }, { reason: 'asc' }],
  })
  return rows.flatMap(({ kind, state, reason, _count }) =>
    state === 'failed' || state === 'dropped'
      ? [{ kind: kind as DeliveryKind, state, reason: toReason(reason), count: _count }]
      : [],
  )
}

/** Whether somebody was told something about a group, or (null) about none: they may read it. */
export async function wasTold(
  { tx, organisationId }: Tenant<Reader>,
  personId: string,
  groupId: string | null,
  kind: DeliveryKind,
): Promise<boolean> {
  const where = { organisationId, personId, groupId, kind }
  return (await tx.prisma.delivery.count({ where })) > 0
}
