import type { NoContactReason } from '../domain/contact.ts'
import type { StaffedTime } from '../domain/staffed.ts'
import type { Address } from '../platform.ts'
import type { Reader, Tenant } from './engine/transaction.ts'
import { Prisma } from './generated/client.ts'
import { lockRow } from './lock-row.ts'

/**
 * A group with what its facilitators set. Null goals or agreement: the kind's own. Null language or
 * holidays: the organisation's.
 */
export type GroupRow = {
  id: string
  alias: string
  kind: string
  timeZone: string
  rosterChanges: number
  isOpen: boolean
  language: string | null
  goals: readonly string[] | null
  agreement: readonly string[] | null
  agreementVersion: number
  channelId: string | null
  channelConnectionId: string | null
  backupId: string | null
  contactHours: number | null
  /** Times of a week at which somebody is there for requests; empty: always. */
  staffedTimes: readonly StaffedTime[]
  /** Why there is nobody to ask; null: no reason was given. */
  noContactReason: NoContactReason | null
  drilledAt: Date | null
  reminderMinutes: number[]
  holidays: string | null
  /** The request of its facilitators to their supervisor; null: nothing. */
  flag: string | null
  endedAt: Date | null
  endedBy: string | null
  deleteAt: Date | null
}
const GROUP_FIELDS = {
  id: true,
  alias: true,
  kind: true,
  timeZone: true,
  rosterChanges: true,
  isOpen: true,
  language: true,
  goals: true,
  agreement: true,
  agreementVersion: true,
  channelId: true,
  channelConnectionId: true,
  backupId: true,
  contactHours: true,
  staffedTimes: true,
  noContactReason: true,
  drilledAt: true,
  reminderMinutes: true,
  holidays: true,
  flag: true,
  endedAt: true,
  endedBy: true,
  deleteAt: true,
} as const

/** The fields that say who is there for contact requests, and when. */
export type ContactSettings = Pick<
  GroupRow,
  'backupId' | 'contactHours' | 'staffedTimes' | 'noContactReason'
>

/** The same columns for hand-written statements, where the group is `g`. */
export const GROUP_COLUMNS = Prisma.raw(
  Object.keys(GROUP_FIELDS)
    .map((name) =>
      name === 'staffedTimes' ? `coalesce(g."${name}", '[]') as "${name}"` : `g."${name}"`,
    )
    .join(', '),
)

export async function createGroup(
  { tx, organisationId }: Tenant,
  group: {
    id: string
    kind: string
    alias: string
    timeZone: string
    isOpen: boolean
    language: string | null
  } & ContactSettings,
  facilitatorId: string,
  now: Date,
): Promise<void> {
  await tx.prisma.group.create({
    data: { organisationId, ...group, staffedTimes: [...group.staffedTimes], createdAt: now },
  })
  await tx.prisma.rosterEntry.create({
    data: {
      organisationId,
      groupId: group.id,
      personId: facilitatorId,
      role: 'facilitator',
      joinedAt: now,
    },
  })
}

export async function getGroup(
  { tx, organisationId }: Tenant<Reader>,
  id: string,
): Promise<GroupRow> {
  const row = await tx.prisma.group.findUniqueOrThrow({
    where: { organisationId_id: { organisationId, id } },
    select: GROUP_FIELDS,
  })
  return {
    ...row,
    goals: row.goals as string[] | null,
    agreement: row.agreement as string[] | null,
    staffedTimes: (row.staffedTimes ?? []) as StaffedTime[],
    noContactReason: row.noContactReason as NoContactReason | null,
  }
}

/** Takes the group's row lock: roster and schedule change one at a time. */
export async function lockGroup(tenant: Tenant, id: string): Promise<void> {
  await lockRow(tenant, 'Group', id)
}

/** The same; returns by which times the group goes, as they are under the lock. */
export async function lockTimes(
  { tx, organisationId }: Tenant,
  id: string,
): Promise<Pick<GroupRow, 'reminderMinutes' | 'timeZone'>> {
  const [row] = await tx.sql.rows<Pick<GroupRow, 'reminderMinutes' | 'timeZone'>>`
    select "reminderMinutes", "timeZone" from "Group"
    where "organisationId" = ${organisationId}::uuid and "id" = ${id}::uuid for no key update`
  if (!row) throw new Error('the group is not there')
  return row
}

/** The fields that the edit form sets. */
export type GroupEdit = {
  alias: string
  isOpen: boolean
  language: string | null
  holidays: string | null
}

export async function editGroup(
  { tx, organisationId }: Tenant,
  id: string,
  edit: GroupEdit,
): Promise<void> {
  await tx.prisma.group.update({ where: { organisationId_id: { organisationId, id } }, data: edit })
}

/** Writes goals and agreement (null: the kind's own); everybody is asked anew. */
export async function editAgreement(
  { tx, organisationId }: Tenant,
  id: string,
  words: { goals: readonly string[] | null; agreement: readonly string[] | null },
): Promise<void> {
  const list = (lines: readonly string[] | null) => (lines === null ? Prisma.DbNull : [...lines])
  await tx.prisma.group.update({
    where: { organisationId_id: { organisationId, id } },
    data: {
      goals: list(words.goals),
      agreement: list(words.agreement),
      agreementVersion: { increment: 1 },
    },
  })
  await tx.prisma.rosterEntry.updateMany({
    where: { organisationId, groupId: id },
    data: { agreedAt: null },
  })
}

export async function setReminders(
  { tx, organisationId }: Tenant,
  id: string,
  minutes: readonly number[],
): Promise<void> {
  await tx.prisma.group.update({
    where: { organisationId_id: { organisationId, id } },
    data: { reminderMinutes: [...minutes] },
  })
}

/** Names the channel for the group's notices; null takes it away. */
export async function setChannel(
  { tx, organisationId }: Tenant,
  id: string,
  channel: { id: string; connectionId: string; address: Address | null } | null,
): Promise<void> {
  await tx.prisma.group.update({
    where: { organisationId_id: { organisationId, id } },
    data: {
      channelId: channel?.id ?? null,
      channelConnectionId: channel?.connectionId ?? null,
      channelAddress: channel?.address ? { ...channel.address } : Prisma.DbNull,
    },
  })
}

/**
 * Ends a group: nobody has a place in it any more, and what lay ahead is cancelled, so that
 * calendars say so until the group is deleted.
 */
export async function endGroup(
  { tx, organisationId }: Tenant,
  id: string,
  at: { endedAt: Date; endedBy: string; deleteAt: Date },
): Promise<void> {
  await tx.prisma.group.update({ where: { organisationId_id: { organisationId, id } }, data: at })
  await tx.prisma.message.updateMany({
    where: { organisationId, groupId: id, state: 'active' },
    data: { state: 'stopped' },
  })
  await tx.prisma.session.updateMany({
    where: { organisationId, groupId: id, fellAwayAt: null, startsAt: { gt: at.endedAt } },
    data: { state: 'cancelled', fellAwayAt: at.endedAt, revision: { increment: 1 } },
  })
}

/** An ended group that a person was in; null when it runs, is deleted, or was not theirs. */
export async function findEndedGroup(
  { tx, organisationId }: Tenant<Reader>,
  id: string,
  personId: string,
): Promise<{ alias: string; timeZone: string; deleteAt: Date | null; isStaff: boolean } | null> {
  const row = await tx.prisma.group.findFirst({
    where: { organisationId, id, endedAt: { not: null }, roster: { some: { personId } } },
    select: {
      alias: true,
      timeZone: true,
      deleteAt: true,
      roster: { where: { personId }, select: { role: true } },
    },
  })
  if (!row) return null
  const { roster, ...group } = row
  return { ...group, isStaff: roster[0]?.role !== 'member' }
}
