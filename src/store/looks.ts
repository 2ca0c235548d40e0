import type { Refusal } from '../domain/reasons.ts'
import type { Address, PlatformName } from '../platform.ts'
import type { Reader, Tenant, Writer } from './engine/transaction.ts'
import { Prisma } from './generated/client.ts'

/**
 * An account that may have changed on its platform. `near`: where a group of theirs has a channel
 * there; null: nowhere.
 */
export type ToLookAt = {
  organisationId: string
  id: string
  personId: string
  connectionId: string
  externalId: string
  platform: PlatformName
  workspaceId: string
  isDeactivated: boolean
  near: Address | null
}

/** Every workspace and tenant that takes what we send. */
export async function listUntroubled(
  db: Reader,
): Promise<{ id: string; platform: PlatformName; externalId: string }[]> {
  return await db.prisma.connection.findMany({
    where: { trouble: null },
    select: { id: true, platform: true, externalId: true },
  })
}

/**
 * Has a part in a running group, or is staff. As values, asked for of one account after the other:
 * two that exist, joined by “or”, are worked out for the whole store.
 */
const HAS_A_PART = Prisma.sql`not a."isBot" and coalesce(
  (select true from "Person" p where p."organisationId" = a."organisationId"
    and p."id" = a."personId" and p."isStaff"),
  (select true from "RosterEntry" r join "Group" g
    on g."organisationId" = r."organisationId" and g."id" = r."groupId"
    where r."organisationId" = a."organisationId" and r."personId" = a."personId"
      and g."endedAt" is null limit 1), false)`

/**
 * Accounts on some connections, of people who have a part in a running group, or are staff, that
 * nobody has looked at since an instant: the longest ago first.
 */
export async function listToLookAt(
  db: Reader,
  connectionIds: readonly string[],
  since: Date,
  limit: number,
): Promise<ToLookAt[]> {
  return await db.sql.rows<ToLookAt>`
    select a."organisationId"::text as "organisationId", a."id"::text as "id",
      a."personId"::text as "personId", a."connectionId"::text as "connectionId", a."externalId",
      c."platform"::text as "platform", c."externalId" as "workspaceId", a."isDeactivated",
      near."channelAddress" as "near"
    from unnest(${[...connectionIds]}::uuid[]) as own("id")
      cross join lateral (
        (select * from "Account" a where a."connectionId" = own."id" and a."lookedAt" is null
          and ${HAS_A_PART} order by a."id" limit ${limit})
        union all
        (select * from "Account" a where a."connectionId" = own."id" and a."lookedAt" <= ${since}
          and ${HAS_A_PART} order by a."lookedAt" limit ${limit})) a
      join "Connection" c on c."organisationId" = a."organisationId" and c."id" = a."connectionId"
      left join lateral (select g."channelAddress" from "RosterEntry" r join "Group" g
        on g."organisationId" = r."organisationId" and g."id" = r."groupId"
        where r."organisationId" = a."organisationId" and r."personId" = a."personId"
          and g."endedAt" is null and g."channelConnectionId" = a."connectionId"
          and g."channelAddress" is not null order by g."id" limit 1) near on true
    order by a."lookedAt" nulls first, a."id" limit ${limit}`
}

export async function markLookedAt(
  { tx, organisationId }: Tenant<Writer>,
  id: string,
  at: Date,
): Promise<void> {
  await tx.prisma.account.update({
    where: { organisationId_id: { organisationId, id } },
    data: { lookedAt: at },
  })
}

/** The account is open again: notices reach it, as far as we know. */
export async function clearClosed(
  { tx, organisationId }: Tenant<Writer>,
  id: string,
): Promise<void> {
  await tx.prisma.account.updateMany({
    where: { organisationId, id, unreachable: 'accountClosed' satisfies Refusal },
    data: { unreachable: null },
  })
}
