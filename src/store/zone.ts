import { Prisma } from './generated/client.ts'

/**
 * The zone of the first running group, by alias, of an account's (`a`) person; null: they are in
 * none. It counts where their platform told no zone (domain/zone.ts).
 */
export const GROUP_ZONE = Prisma.sql`(select og."timeZone" from "RosterEntry" oe
  join "Group" og on og."organisationId" = oe."organisationId" and og."id" = oe."groupId"
  where oe."organisationId" = a."organisationId" and oe."personId" = a."personId"
    and og."endedAt" is null
  order by og."alias" limit 1)`
