import type { Helper, Rung } from '../domain/contact.ts'
import type { Reader, Tenant } from './engine/transaction.ts'
import { Prisma } from './generated/client.ts'
import { IS_REACHED } from './reach.ts'

/** Whether notices reach an account of somebody's, as far as we know. */
const reaches = (person: string) => Prisma.sql`exists (select from "Account" a
  join "Connection" c on c."organisationId" = a."organisationId" and c."id" = a."connectionId"
  where a."organisationId" = ${Prisma.raw(person)}."organisationId"
    and a."personId" = ${Prisma.raw(person)}."id" and ${IS_REACHED})`

/** Somebody who has this request now, beside those whose place it is. */
type Holder = { personId: string; rung: Rung }

/** A member of the group is never on its ladder. */
const isMember = (person: string) => Prisma.sql`exists (select from "RosterEntry" m
  where m."organisationId" = ${Prisma.raw(person)}."organisationId" and m."groupId" = l."groupId"
    and m."personId" = ${Prisma.raw(person)}."id" and m."role" = 'member')`

/**
 * Everybody whom a group's requests can reach, as of now: its facilitators, its backup, its
 * supervisors, the organisation's safety contact, and who has taken one (null: nobody). Never a
 * member of the group, nor somebody who is no longer staff.
 */
export async function listHelpers(
  tenant: Tenant<Reader>,
  groupId: string,
  now: Date,
  holder: Holder | null = null,
): Promise<Helper[]> {
  return (await listHelpersOf(tenant, [groupId], now, holder)).get(groupId) ?? []
}

/** The same for many groups at once. */
export async function listHelpersOf(
  { tx, organisationId }: Tenant<Reader>,
  groupIds: readonly string[],
  now: Date,
  holder: Holder | null = null,
): Promise<Map<string, Helper[]>> {
  const isAway = (person: string) =>
    Prisma.sql`coalesce(${Prisma.raw(person)}."awayFrom" <= ${now}
      and ${Prisma.raw(person)}."awayUntil" > ${now}, false)`
  const rows = await tx.sql.rows<Helper & { groupId: string }>`
    with wanted as (select "id" as "groupId", "backupId" from "Group"
      where "organisationId" = ${organisationId}::uuid and "id" = any(${[...groupIds]}::uuid[])),
    ladder as (
      select w."groupId", r."personId", case when r."role" = 'facilitator' then 'facilitators'
          else 'supervisors' end as "rung"
      from wanted w join "RosterEntry" r on r."organisationId" = ${organisationId}::uuid
        and r."groupId" = w."groupId" and r."role" <> 'member'
      union all select "groupId", "backupId", 'backup' from wanted
      union all select "groupId", o."safetyContactId", 'safety'
        from wanted, "Organisation" o where o."id" = ${organisationId}::uuid
      union all select "groupId", ${holder?.personId ?? null}::uuid,
        ${holder?.rung ?? 'safety'} from wanted)
    select l."groupId"::text as "groupId", l."personId"::text as "personId", l."rung",
      ${reaches('p')} as "canBeReached", ${isAway('p')} as "isAway",
      p."awayUntil",
      case when s."isStaff" and ${reaches('s')} and not ${isAway('s')} and not ${isMember('s')}
        then s."id"::text end as "standInId"
    from ladder l join "Person" p on p."organisationId" = ${organisationId}::uuid
      and p."id" = l."personId"
      left join "Person" s on s."organisationId" = p."organisationId" and s."id" = p."standInId"
    where p."isStaff" and not ${isMember('p')}
    order by l."groupId", l."rung", l."personId"`
  return Map.groupBy(rows, ({ groupId }) => groupId)
}

/** Whether somebody is staff and notices reach them; null: nobody is named. */
export async function isReachedStaff(
  { tx, organisationId }: Tenant<Reader>,
  personId: string | null,
): Promise<boolean> {
  const rows = await tx.sql.rows<{ isReached: boolean }>`
    select p."isStaff" and ${reaches('p')} as "isReached" from "Person" p
    where p."organisationId" = ${organisationId}::uuid and p."id" = ${personId}::uuid`
  return rows[0]?.isReached ?? false
}

/** Running groups that promise to see requests, by name. */
export async function listPromising({
  tx,
  organisationId,
}: Tenant<Reader>): Promise<{ id: string; alias: string }[]> {
  return await tx.prisma.group.findMany({
    where: { organisationId, endedAt: null, contactHours: { not: null } },
    orderBy: [{ alias: 'asc' }, { id: 'asc' }],
    select: { id: true, alias: true },
  })
}

/** An organisation, and which parts of the watch have something to look at there. */
type Watched = { id: string; requests: boolean; nobody: boolean; drills: boolean }

/** Organisations with open requests, groups that promise to see some, or drills that come. */
export async function listWatched(db: Reader): Promise<Watched[]> {
  return await db.sql.rows<Watched>`
    with open as (select distinct "organisationId" from "ContactRequest" where "closedAt" is null),
      promising as (select distinct "organisationId" from "Group"
        where "endedAt" is null and "contactHours" is not null)
    select o."id"::text as "id", open."organisationId" is not null as "requests",
      open."organisationId" is not null or promising."organisationId" is not null as "nobody",
      o."hasDrills" as "drills"
    from "Organisation" o left join open on open."organisationId" = o."id"
      left join promising on promising."organisationId" = o."id"
    where open."organisationId" is not null or promising."organisationId" is not null
      or o."hasDrills"`
}
