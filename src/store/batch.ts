import type { Role } from '../domain/access.ts'
import type { DeliveryKind } from '../domain/delivery.ts'
import type { ConversationRef, PlatformName } from '../platform.ts'
import type { Tx } from './engine/database.ts'
import type { Lane } from './lane.ts'
import { LEASE_SECONDS } from './occurrence.ts'

/** A message that this process sends now, with everything that it is made from, as of now. Nulls: it is about none. */
export type Taken = {
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
  directChannel: string | null
  conversation: ConversationRef | null
  language: string | null
  isPaused: boolean
  wantsReminders: boolean
  wantsCheckIns: boolean
  quietFrom: string | null
  quietUntil: string | null
  personZone: string | null
  alias: string | null
  timeZone: string | null
  hasEnded: boolean
  /** Null: nobody is there for contact requests. */
  contactHours: number | null
  channelId: string | null
  channelAddress: ConversationRef | null
  role: Role | null
  sessionState: 'planned' | 'cancelled' | null
  startsAt: Date | null
  hasPlace: boolean
  checkInState: 'planned' | 'open' | 'closed' | 'dropped' | null
  closesAt: Date | null
  /** Whether the contact request that it is about was seen; false when it is about none. */
  isContactSeen: boolean
  messageState: 'draft' | 'active' | 'stopped' | 'done' | null
  /** Members and staff of the group whom messages do not reach; counted for that notice only. */
  unreachable: number
}

/**
 * Takes the next messages of a lane into `sending`, in one statement that also reads what they are made from. `now` is the
 * product clock: what was paused, left or cancelled by then is seen.
 */
export async function takeBatch(db: Tx, lane: Lane, now: Date, limit: number): Promise<Taken[]> {
  return await db.$queryRaw<Taken[]>`
    with batch as (
      update "Delivery" set "state" = 'sending', "attempts" = "attempts" + 1,
        "leasedUntil" = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})
      where ("organisationId", "id") in (
        select "organisationId", "id" from "Delivery"
        where "organisationId" = ${lane.organisationId}::uuid and "connectionId" = ${lane.connectionId}::uuid
          and "state" = 'planned' and "plannedAt" <= ${now} and ("notBefore" is null or "notBefore" <= clock_timestamp())
        order by "plannedAt", "id" limit ${limit} for update skip locked)
      returning *)
    select b."id"::text as "id", b."kind", b."attempts", b."lostAnswers", b."interruptions", b."expiresAt", b."personId"::text as "personId",
      b."groupId"::text as "groupId", b."checkInId"::text as "checkInId", b."sessionId"::text as "sessionId",
      b."digestId"::text as "digestId", b."messageId"::text as "messageId", b."receiptId"::text as "receiptId", b."contactId"::text as "contactId",
      c."platform"::text as "platform", c."externalId" as "workspaceId",
      a."externalId", a."directChannel", a."conversation", coalesce(d."language", a."language", g."language", o."language") as "language",
      coalesce(p."pausedUntil" > ${now}, false) as "isPaused", coalesce(p."wantsReminders", true) as "wantsReminders",
      coalesce(p."wantsCheckIns", true) as "wantsCheckIns", p."quietFrom", p."quietUntil", a."timeZone" as "personZone",
      g."alias", g."timeZone", g."endedAt" is not null as "hasEnded", g."contactHours", g."channelId", g."channelAddress", r."role"::text as "role",
      s."state"::text as "sessionState", s."startsAt",
      coalesce(s."place", s."link", h."place", h."link") is not null as "hasPlace",
      k."state"::text as "checkInState", k."closesAt", m."state"::text as "messageState", q."seenAt" is not null as "isContactSeen",
      case when b."kind" = 'delivery-problem' then (
        select count(*)::int from "RosterEntry" e where e."organisationId" = b."organisationId" and e."groupId" = b."groupId"
          and not exists (select 1 from "Account" ea where ea."organisationId" = e."organisationId" and ea."personId" = e."personId"
            and ea."unreachable" is null and not ea."isDeactivated")) else 0 end as "unreachable"
    from batch b
      join "Connection" c on c."organisationId" = b."organisationId" and c."id" = b."connectionId"
      join "Organisation" o on o."id" = b."organisationId"
      left join "Person" p on p."organisationId" = b."organisationId" and p."id" = b."personId"
      left join "Account" a on a."organisationId" = b."organisationId" and a."personId" = b."personId" and a."connectionId" = b."connectionId"
      left join "Group" g on g."organisationId" = b."organisationId" and g."id" = b."groupId"
      left join "RosterEntry" r on r."organisationId" = b."organisationId" and r."groupId" = b."groupId" and r."personId" = b."personId"
      left join "Session" s on s."organisationId" = b."organisationId" and s."id" = b."sessionId"
      left join "Schedule" h on h."organisationId" = s."organisationId" and h."id" = s."scheduleId"
      left join "CheckIn" k on k."organisationId" = b."organisationId" and k."id" = b."checkInId"
      left join "ContactRequest" q on q."organisationId" = b."organisationId" and q."id" = b."contactId"
      left join "DigestPlan" d on b."kind" = 'digest-notice' and d."organisationId" = b."organisationId" and d."personId" = b."personId"
      left join "Message" m on m."organisationId" = b."organisationId" and m."id" = b."messageId"
    order by b."plannedAt", b."id"`
}
