import type { Role } from '../domain/access.ts'
import {
  afterAttempt,
  type DeliveryKind,
  keptTime,
  type LedgerStep,
  type Tries,
} from '../domain/delivery.ts'
import { type Attempt, type Drop, INTERRUPTED } from '../domain/reasons.ts'
import type { Address, PlatformName } from '../platform.ts'
import type { Tenant, Tx, Writer } from './engine/transaction.ts'
import { Prisma } from './generated/client.ts'
import type { Lane } from './lane.ts'
import { LEASE_SECONDS } from './occurrence.ts'
import { GROUP_ZONE } from './zone.ts'

/**
 * A notice that this process sends now, with everything that it is made from, as of now. Nulls: it
 * is about none.
 */
export type Claimed = {
  id: string
  kind: DeliveryKind
  attempts: number
  lostAnswers: number
  interruptions: number
  expiresAt: Date | null
  personId: string | null
  groupId: string | null
  checkInId: string | null
  sessionId: string | null
  digestId: string | null
  messageId: string | null
  receiptId: string | null
  contactId: string | null
  platform: PlatformName
  workspaceId: string
  externalId: string | null
  address: Address | null
  language: string | null
  isPaused: boolean
  wantsReminders: boolean
  wantsCheckIns: boolean
  quietFrom: string | null
  quietUntil: string | null
  /** As their platform told it, and that of a group of theirs; null: none. */
  personZone: string | null
  groupZone: string | null
  alias: string | null
  timeZone: string | null
  hasEnded: boolean
  /** Null: nobody is there for contact requests. */
  contactHours: number | null
  channelId: string | null
  channelAddress: Address | null
  role: Role | null
  sessionState: 'planned' | 'cancelled' | null
  startsAt: Date | null
  hasPlace: boolean
  checkInState: 'planned' | 'open' | 'closed' | 'dropped' | null
  closesAt: Date | null
  /** Where the contact request that it is about stands; null when it is about none. */
  contactState: 'waits' | 'taken' | 'closed' | null
  messageState: 'draft' | 'active' | 'stopped' | 'done' | null
  /** Members and staff of the group whom notices do not reach; counted for that notice only. */
  unreachable: number
}

/**
 * Claims the next notices of a lane into `sending`, in one statement that also reads what they are
 * made from. `now` is the product clock: what was paused, left or cancelled by then is seen.
 */
export async function claimBatch(
  db: Writer,
  lane: Lane,
  now: Date,
  limit: number,
): Promise<Claimed[]> {
  return await db.sql.rows<Claimed>`
    with batch as (
      update "Delivery" set "state" = 'sending', "attempts" = "attempts" + 1,
        "leasedUntil" = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})
      where ("organisationId", "id") in (
        select "organisationId", "id" from "Delivery"
        where "organisationId" = ${lane.organisationId}::uuid
          and "connectionId" = ${lane.connectionId}::uuid
          and "state" = 'planned' and "plannedAt" <= ${now} and ("notBefore" is null
            or "notBefore" <= clock_timestamp())
        order by "plannedAt", "id" limit ${limit} for update skip locked)
      returning *)
    select b."id"::text as "id", b."kind", b."attempts", b."lostAnswers", b."interruptions",
      b."expiresAt", b."personId"::text as "personId",
      b."groupId"::text as "groupId", b."checkInId"::text as "checkInId",
        b."sessionId"::text as "sessionId",
      b."digestId"::text as "digestId", b."messageId"::text as "messageId",
        b."receiptId"::text as "receiptId", b."contactId"::text as "contactId",
      c."platform"::text as "platform", c."externalId" as "workspaceId",
      a."externalId", a."address", coalesce(d."language", p."language", a."language",
        g."language", o."language") as "language",
      coalesce(p."pausedUntil" > ${now}, false) as "isPaused", coalesce(p."wantsReminders",
        true) as "wantsReminders",
      coalesce(p."wantsCheckIns", true) as "wantsCheckIns", p."quietFrom", p."quietUntil",
        a."timeZone" as "personZone", ${GROUP_ZONE} as "groupZone",
      g."alias", g."timeZone", g."endedAt" is not null as "hasEnded", g."contactHours",
        g."channelId", g."channelAddress", coalesce(r."role"::text, gone."role") as "role",
      s."state"::text as "sessionState", s."startsAt",
      coalesce(s."place", s."link", h."place", h."link") is not null as "hasPlace",
      k."state"::text as "checkInState", k."closesAt", m."state"::text as "messageState",
        case when q."id" is null then null when q."closedAt" is not null then 'closed'
          when q."holderId" is not null then 'taken' else 'waits' end as "contactState",
      case when b."kind" = 'delivery-problem' then (
        select count(*)::int from "RosterEntry" e where e."organisationId" = b."organisationId"
          and e."groupId" = b."groupId"
          and not exists (select 1 from "Account" ea
            where ea."organisationId" = e."organisationId" and ea."personId" = e."personId"
            and ea."unreachable" is null and not ea."isDeactivated")) else 0 end as "unreachable"
    from batch b
      join "Connection" c on c."organisationId" = b."organisationId" and c."id" = b."connectionId"
      join "Organisation" o on o."id" = b."organisationId"
      left join "Person" p on p."organisationId" = b."organisationId" and p."id" = b."personId"
      left join "Account" a on a."organisationId" = b."organisationId"
        and a."personId" = b."personId" and a."connectionId" = b."connectionId"
      left join "Group" g on g."organisationId" = b."organisationId" and g."id" = b."groupId"
      left join "RosterEntry" r on r."organisationId" = b."organisationId"
        and r."groupId" = b."groupId" and r."personId" = b."personId"
      -- Staff took them off: for what had begun they are a member yet.
      left join lateral (select 'member' as "role" from "Removal" o where b."checkInId" is not null
        and o."organisationId" = b."organisationId" and o."groupId" = b."groupId"
        and o."personId" = b."personId") gone on true
      left join "Session" s on s."organisationId" = b."organisationId" and s."id" = b."sessionId"
      left join "Schedule" h on h."organisationId" = s."organisationId" and h."id" = s."scheduleId"
      left join "CheckIn" k on k."organisationId" = b."organisationId" and k."id" = b."checkInId"
      left join "ContactRequest" q on q."organisationId" = b."organisationId"
        and q."id" = b."contactId"
      left join "DigestPlan" d on b."kind" = 'digest-notice'
        and d."organisationId" = b."organisationId" and d."personId" = b."personId"
      left join "Message" m on m."organisationId" = b."organisationId" and m."id" = b."messageId"
    order by b."plannedAt", b."id"`
}

/** Interrupted notices that one look resolves. */
const RESOLVE_LIMIT = 500

/** How an attempt ended, for the ledger. */
export type Outcome = { id: string; kind: DeliveryKind } & Tries &
  (
    | { attempt: Attempt }
    | { dropped: Drop }
    /** Quiet hours began while it waited: it goes out when they end (product clock). */
    | { later: Date }
  )

const stepOf = (outcome: Outcome): LedgerStep =>
  'later' in outcome
    ? { state: 'planned', waitMs: 0, isUntried: true }
    : 'dropped' in outcome
      ? { state: 'dropped', reason: outcome.dropped }
      : afterAttempt(outcome.kind, outcome, outcome.attempt)

/**
 * Writes how attempts ended, in one statement. Only rows still in `sending` change: a late writer
 * changes nothing.
 */
export async function recordOutcomes(
  { tx, organisationId }: Tenant<Writer>,
  outcomes: readonly Outcome[],
  now: Date,
): Promise<void> {
  if (outcomes.length === 0) return
  const values = outcomes.map((outcome) => {
    const step = stepOf(outcome)
    const isOver = step.state !== 'planned'
    const waitMs = step.state === 'planned' ? step.waitMs : 0
    const untried = step.state === 'planned' && step.isUntried ? 1 : 0
    const unknown =
      'attempt' in outcome && outcome.attempt.outcome === 'unknown' ? outcome.attempt.reason : null
    const died = unknown === INTERRUPTED ? 1 : 0
    const lost = unknown !== null && unknown !== INTERRUPTED ? 1 : 0
    const reason = 'reason' in step ? step.reason : null
    return Prisma.sql`(${outcome.id}::uuid, ${step.state}, ${reason}::text,
      ${waitMs / 1000}::float8, ${untried}::int, ${lost}::int, ${died}::int,
      ${isOver ? keptTime(outcome.kind, now) : null}::timestamptz,
      ${'later' in outcome ? outcome.later : null}::timestamptz)`
  })
  await tx.sql.run`
    update "Delivery" d set "state" = o."state"::"DeliveryState", "reason" = o."reason",
      "leasedUntil" = null,
      "attempts" = d."attempts" - o."untried", "lostAnswers" = d."lostAnswers" + o."lost",
      "interruptions" = d."interruptions" + o."died", "endedAt" = o."endedAt",
      "plannedAt" = coalesce(o."later", d."plannedAt"),
      "notBefore" = case when o."wait" > 0
        then clock_timestamp() + make_interval(secs => o."wait") end
    from (values ${Prisma.join(values)}) as o("id", "state", "reason", "wait", "untried", "lost",
      "died", "endedAt", "later")
    where d."organisationId" = ${organisationId}::uuid and d."id" = o."id"
      and d."state" = 'sending'`
}

/**
 * Rows left in `sending` past their lease: nobody knows whether the notice arrived, so the kind's
 * rule decides.
 */
export async function resolveInterrupted(tx: Tx, now: Date): Promise<void> {
  const rows = await tx.sql.rows<
    { organisationId: string; id: string; kind: DeliveryKind } & Tries
  >`
    select "organisationId"::text as "organisationId", "id"::text as "id", "kind", "attempts",
      "lostAnswers", "interruptions" from "Delivery"
    where "endedAt" is null and "state" = 'sending' and "leasedUntil" < clock_timestamp()
      limit ${RESOLVE_LIMIT} for update skip locked`
  for (const organisationId of new Set(rows.map((row) => row.organisationId))) {
    const own = rows.filter((row) => row.organisationId === organisationId)
    const attempt = { outcome: 'unknown', reason: INTERRUPTED } as const
    await recordOutcomes(
      { tx, organisationId },
      own.map(({ organisationId: _, ...row }) => ({ ...row, attempt })),
      now,
    )
  }
}
