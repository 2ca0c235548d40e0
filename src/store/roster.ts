import type { Role } from '../domain/access.ts'
import type { Reader, Tenant } from './engine/transaction.ts'

export type RosterRow = {
  personId: string
  role: Role
  externalId: string
  connectionId: string
  name: string | null
  isBot: boolean
  isDeactivated: boolean
  /** Why notices do not reach them; null when they do, as far as we know. */
  unreachable: string | null
}

/**
 * The people of a group, each with the account that notices go to: one that is in use before one
 * that is closed.
 */
export async function listRoster(
  { tx, organisationId }: Tenant<Reader>,
  groupId: string,
): Promise<RosterRow[]> {
  return await tx.sql.rows<RosterRow>`
    select distinct on (r."personId") r."personId"::text as "personId", r."role"::text as "role",
      a."externalId",
      a."connectionId"::text as "connectionId", a."name", a."isBot", a."isDeactivated",
        a."unreachable"
    from "RosterEntry" r join "Account" a on a."organisationId" = r."organisationId"
      and a."personId" = r."personId"
    where r."organisationId" = ${organisationId}::uuid and r."groupId" = ${groupId}::uuid
    order by r."personId", a."isDeactivated", a."unreachable" is not null, a."id"`
}

/**
 * Members who are asked: on the roster, not a bot, account not closed. People who paused or opted
 * out are on it like the others.
 */
export async function listAskable(tenant: Tenant<Reader>, groupId: string): Promise<string[]> {
  const roster = await listRoster(tenant, groupId)
  return roster
    .filter((entry) => entry.role === 'member' && !entry.isBot && !entry.isDeactivated)
    .map((entry) => entry.personId)
}

const canBeReached = (entry: RosterRow) => !entry.isDeactivated && entry.unreachable === null

/** Facilitators who can be reached; where there is none, the supervisors: somebody must know. */
export async function listStaffOf(tenant: Tenant<Reader>, groupId: string): Promise<string[]> {
  const roster = await listRoster(tenant, groupId)
  const inRole = (role: Role) =>
    roster.filter((entry) => entry.role === role && canBeReached(entry))
  const facilitators = inRole('facilitator')
  return (facilitators.length > 0 ? facilitators : inRole('supervisor')).map(
    ({ personId }) => personId,
  )
}

/** The running groups of a person. */
export async function listGroupsOf(
  { tx, organisationId }: Tenant<Reader>,
  personId: string,
): Promise<string[]> {
  const rows = await tx.prisma.rosterEntry.findMany({
    where: { organisationId, personId, group: { endedAt: null } },
    select: { groupId: true },
  })
  return rows.map(({ groupId }) => groupId)
}

/**
 * Adds and removes people; returns nothing. Each joining or leaving member counts as one roster
 * change.
 */
export async function changeRoster(
  { tx, organisationId }: Tenant,
  groupId: string,
  change: {
    add: readonly { personId: string; role: Role }[]
    remove: readonly string[]
    memberChanges: number
  },
): Promise<void> {
  await tx.prisma.rosterEntry.deleteMany({
    where: { organisationId, groupId, personId: { in: [...change.remove] } },
  })
  await tx.prisma.rosterEntry.createMany({
    data: change.add.map((entry) => ({ organisationId, groupId, ...entry })),
  })
  if (change.memberChanges === 0) return
  await tx.prisma.group.update({
    where: { organisationId_id: { organisationId, id: groupId } },
    data: { rosterChanges: { increment: change.memberChanges } },
  })
}

/**
 * A person's place in a running group; null outside it. `hasEndedToo`: staff keep theirs in a group
 * that has ended.
 */
export async function findRole(
  { tx, organisationId }: Tenant<Reader>,
  groupId: string,
  personId: string,
  hasEndedToo = false,
): Promise<Role | null> {
  const row = await tx.prisma.rosterEntry.findUnique({
    where: { organisationId_groupId_personId: { organisationId, groupId, personId } },
    select: { role: true, group: { select: { endedAt: true } } },
  })
  if (!row) return null
  return row.group.endedAt === null || (hasEndedToo && row.role !== 'member') ? row.role : null
}

/** Remembers that a member accepted the agreement; the first time stays. */
export async function acceptAgreement(
  { tx, organisationId }: Tenant,
  groupId: string,
  personId: string,
  now: Date,
): Promise<void> {
  await tx.prisma.rosterEntry.updateMany({
    where: { organisationId, groupId, personId, agreedAt: null },
    data: { agreedAt: now },
  })
}

/** How many members there are and how many accepted the agreement. */
export async function countAgreement(
  { tx, organisationId }: Tenant<Reader>,
  groupId: string,
): Promise<{ members: number; accepted: number }> {
  const [counts] = await tx.sql.rows<{ members: number; accepted: number }>`
    select count(*)::int as "members", count("agreedAt")::int as "accepted" from "RosterEntry"
    where "organisationId" = ${organisationId}::uuid and "groupId" = ${groupId}::uuid
      and "role" = 'member'`
  return counts ?? { members: 0, accepted: 0 }
}
