import type { Role } from '../domain/access.ts'
import type { Tx } from './database.ts'

export type GroupRow = { id: string; alias: string; kind: string; timeZone: string; rosterChanges: number }
const GROUP_FIELDS = { id: true, alias: true, kind: true, timeZone: true, rosterChanges: true } as const

export async function createGroup(
  tx: Tx,
  organisationId: string,
  group: { id: string; kind: string; alias: string; timeZone: string },
  facilitatorId: string,
  now: Date,
): Promise<void> {
  await tx.group.create({ data: { organisationId, ...group, createdAt: now } })
  await tx.rosterEntry.create({
    data: { organisationId, groupId: group.id, personId: facilitatorId, role: 'facilitator' },
  })
}

export async function getGroup(db: Tx, organisationId: string, id: string): Promise<GroupRow> {
  return await db.group.findUniqueOrThrow({
    where: { organisationId_id: { organisationId, id } },
    select: GROUP_FIELDS,
  })
}

/** Takes the group's row lock: roster and schedule change one at a time. */
export async function lockGroup(tx: Tx, organisationId: string, id: string): Promise<void> {
  await tx.$queryRaw`select 1 from "Group" where "organisationId" = ${organisationId}::uuid and "id" = ${id}::uuid for no key update`
}

export type RosterRow = {
  personId: string
  role: Role
  externalId: string
  connectionId: string
  name: string | null
  isBot: boolean
  isDeactivated: boolean
}

/** Who is in a group, with the account that messages go to. */
export async function listRoster(db: Tx, organisationId: string, groupId: string): Promise<RosterRow[]> {
  const rows = await db.rosterEntry.findMany({
    where: { organisationId, groupId },
    orderBy: { personId: 'asc' },
    select: {
      personId: true,
      role: true,
      person: {
        select: {
          accounts: {
            take: 1,
            orderBy: { id: 'asc' },
            select: { externalId: true, connectionId: true, name: true, isBot: true, isDeactivated: true },
          },
        },
      },
    },
  })
  return rows.flatMap(({ personId, role, person }) =>
    person.accounts.map((account) => ({ personId, role, ...account })),
  )
}

/** Members who can be asked: on the roster, not a bot, account not closed. */
export async function listAskable(db: Tx, organisationId: string, groupId: string): Promise<string[]> {
  const roster = await listRoster(db, organisationId, groupId)
  return roster
    .filter((entry) => entry.role === 'member' && !entry.isBot && !entry.isDeactivated)
    .map((entry) => entry.personId)
}

/** Adds and removes people; returns nothing. Each joining or leaving member counts as one roster change. */
export async function changeRoster(
  tx: Tx,
  organisationId: string,
  groupId: string,
  change: { add: readonly { personId: string; role: Role }[]; remove: readonly string[]; memberChanges: number },
): Promise<void> {
  await tx.rosterEntry.deleteMany({ where: { organisationId, groupId, personId: { in: [...change.remove] } } })
  await tx.rosterEntry.createMany({ data: change.add.map((entry) => ({ organisationId, groupId, ...entry })) })
  if (change.memberChanges === 0) return
  await tx.group.update({
    where: { organisationId_id: { organisationId, id: groupId } },
    data: { rosterChanges: { increment: change.memberChanges } },
  })
}

export async function findRole(
  db: Tx,
  organisationId: string,
  groupId: string,
  personId: string,
): Promise<Role | null> {
  const row = await db.rosterEntry.findUnique({
    where: { organisationId_groupId_personId: { organisationId, groupId, personId } },
    select: { role: true, group: { select: { endedAt: true } } },
  })
  return row && row.group.endedAt === null ? row.role : null
}

/** Remembers that a member accepted the agreement; the first time stays. */
export async function acceptAgreement(
  tx: Tx,
  organisationId: string,
  groupId: string,
  personId: string,
  now: Date,
): Promise<void> {
  await tx.rosterEntry.updateMany({
    where: { organisationId, groupId, personId, agreedAt: null },
    data: { agreedAt: now },
  })
}

/** How many members there are and how many accepted the agreement. */
export async function countAgreement(
  db: Tx,
  organisationId: string,
  groupId: string,
): Promise<{ members: number; accepted: number }> {
  const where = { organisationId, groupId, role: 'member' } as const
  const members = await db.rosterEntry.count({ where })
  const accepted = await db.rosterEntry.count({ where: { ...where, agreedAt: { not: null } } })
  return { members, accepted }
}
