import type { Refusal } from '../domain/reasons.ts'
import type { Address, PlatformName } from '../platform.ts'
import type { Reader, Tenant, Writer } from './engine/transaction.ts'

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

/**
 * Accounts of people who have a part in a running group, or are staff, that nobody has looked at
 * since an instant: the longest ago first.
 */
export async function listToLookAt(db: Reader, since: Date, limit: number): Promise<ToLookAt[]> {
  return await db.sql.rows<ToLookAt>`
    select a."organisationId"::text as "organisationId", a."id"::text as "id",
      a."personId"::text as "personId", a."connectionId"::text as "connectionId", a."externalId",
      c."platform"::text as "platform", c."externalId" as "workspaceId", a."isDeactivated",
      near."channelAddress" as "near"
    from "Account" a
      join "Connection" c on c."organisationId" = a."organisationId" and c."id" = a."connectionId"
      join "Person" p on p."organisationId" = a."organisationId" and p."id" = a."personId"
      left join lateral (select g."channelAddress" from "RosterEntry" r join "Group" g
        on g."organisationId" = r."organisationId" and g."id" = r."groupId"
        where r."organisationId" = a."organisationId" and r."personId" = a."personId"
          and g."endedAt" is null and g."channelConnectionId" = a."connectionId"
          and g."channelAddress" is not null order by g."id" limit 1) near on true
    where (a."lookedAt" is null or a."lookedAt" <= ${since}) and not a."isBot"
      and c."trouble" is null
      and (p."isStaff" or exists (select from "RosterEntry" r join "Group" g
        on g."organisationId" = r."organisationId" and g."id" = r."groupId"
        where r."organisationId" = a."organisationId" and r."personId" = a."personId"
          and g."endedAt" is null))
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
