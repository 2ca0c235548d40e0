import type { Role } from '../domain/access.ts'
import type { Reader, Tenant } from './engine/transaction.ts'
import { Prisma } from './generated/client.ts'
import { GROUP_COLUMNS, type GroupRow } from './group.ts'

/** A person's place in a group. */
export type Membership = GroupRow & { role: Role }

/** The running groups of a person with their role in each, by alias. */
export async function listMemberships(
  { tx, organisationId }: Tenant<Reader>,
  personId: string,
): Promise<Membership[]> {
  return await tx.sql.rows<Membership>`
    select r."role"::text as "role", ${GROUP_COLUMNS}
    from "RosterEntry" r join "Group" g on g."organisationId" = r."organisationId"
      and g."id" = r."groupId"
    where r."organisationId" = ${organisationId}::uuid and r."personId" = ${personId}::uuid
      and g."endedAt" is null
    order by g."alias"`
}

/**
 * A person's place in a group that has ended, which staff keep until it is deleted; null when there
 * is none.
 */
export async function findEndedMembership(
  { tx, organisationId }: Tenant<Reader>,
  groupId: string,
  personId: string,
): Promise<Membership | null> {
  const rows = await tx.sql.rows<Membership>`
    select r."role"::text as "role", ${GROUP_COLUMNS}
    from "RosterEntry" r join "Group" g on g."organisationId" = r."organisationId"
      and g."id" = r."groupId"
    where r."organisationId" = ${organisationId}::uuid and r."personId" = ${personId}::uuid
      and g."id" = ${groupId}::uuid and g."endedAt" is not null and r."role" <> 'member'`
  return rows[0] ?? null
}

/**
 * The place of somebody whom staff took off the roster, for what they were asked before: a
 * member's. Null: they were not, or that is over.
 */
export async function findRemovedMembership(
  { tx, organisationId }: Tenant<Reader>,
  groupId: string,
  personId: string,
): Promise<Membership | null> {
  const rows = await tx.sql.rows<Membership>`
    select 'member' as "role", ${GROUP_COLUMNS}
    from "Removal" r join "Group" g on g."organisationId" = r."organisationId"
      and g."id" = r."groupId"
    where r."organisationId" = ${organisationId}::uuid and r."personId" = ${personId}::uuid
      and g."id" = ${groupId}::uuid and g."endedAt" is null`
  return rows[0] ?? null
}

/** A group that a supervisor answers for. */
export type SupervisedGroup = Pick<GroupRow, 'alias' | 'contactHours'> & {
  groupId: string
  hasEnded: boolean
}

/**
 * The groups of a supervisor that ran at some time of a window, by name, and those that ended
 * before and in which somebody still waits to be contacted. `hasEnded`: by its end.
 */
export async function listSupervised(
  { tx, organisationId }: Tenant<Reader>,
  personId: string,
  { startsAt, endsAt }: { startsAt: Date; endsAt: Date },
): Promise<SupervisedGroup[]> {
  return await tx.sql.rows<SupervisedGroup>`
    select g."id"::text as "groupId", g."alias", g."contactHours", coalesce(g."endedAt" < ${endsAt},
      false) as "hasEnded"
    from "RosterEntry" r join "Group" g on g."organisationId" = r."organisationId"
      and g."id" = r."groupId"
    where r."organisationId" = ${organisationId}::uuid and r."personId" = ${personId}::uuid
      and ${isSupervised(Prisma.sql`${startsAt}`)}
    order by g."alias"`
}

/** Those of some windows, by id, in which their supervisor has a group; of any organisation. */
export async function listSupervising(
  tx: Reader,
  windows: readonly { id: string; organisationId: string; personId: string; startsAt: Date }[],
): Promise<Set<string>> {
  const rows = await tx.sql.rows<{ id: string }>`
    select w."id"::text as "id" from unnest(${windows.map(({ id }) => id)}::uuid[],
      ${windows.map(({ organisationId }) => organisationId)}::uuid[],
      ${windows.map(({ personId }) => personId)}::uuid[],
      ${windows.map(({ startsAt }) => startsAt)}::timestamptz[])
      as w("id", "organisationId", "personId", "startsAt")
    where exists (select from "RosterEntry" r join "Group" g
      on g."organisationId" = r."organisationId" and g."id" = r."groupId"
      where r."organisationId" = w."organisationId" and r."personId" = w."personId"
        and ${isSupervised(Prisma.sql`w."startsAt"`)})`
  return new Set(rows.map(({ id }) => id))
}

/** Whether a place `r` in a group `g` is a supervisor's, and counts from an instant on. */
const isSupervised = (startsAt: Prisma.Sql) => Prisma.sql`r."role" = 'supervisor'
  and (g."endedAt" is null or g."endedAt" >= ${startsAt} or exists (
    select from "ContactRequest" c where c."organisationId" = g."organisationId"
      and c."groupId" = g."id" and c."closedAt" is null and not c."isDrill"
      and r."personId" <> all(c."avoidedIds")))`
