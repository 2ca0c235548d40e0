import type { Addressee, Outcome, Rung } from '../domain/contact.ts'
import type { Reader, Tenant } from './engine/transaction.ts'
import { lockRow } from './lock-row.ts'

/**
 * A request to be spoken to. `text` is sealed. Nulls: nobody has seen it; nobody has it now; it is
 * open; the member did not say that somebody came. `isClosedAbove`: not by those who lead the
 * group.
 */
export type ContactRow = {
  id: string
  groupId: string
  personId: string
  text: Uint8Array
  createdAt: Date
  dueAt: Date
  addressee: Addressee
  avoidedIds: string[]
  rung: Rung
  rungAt: Date
  round: number
  seenAt: Date | null
  holderId: string | null
  closedAt: Date | null
  outcome: Outcome | null
  confirmedAt: Date | null
  isClosedAbove: boolean
  isDrill: boolean
}
const CONTACT_FIELDS = {
  id: true,
  groupId: true,
  personId: true,
  text: true,
  createdAt: true,
  dueAt: true,
  addressee: true,
  avoidedIds: true,
  rung: true,
  rungAt: true,
  round: true,
  seenAt: true,
  holderId: true,
  closedAt: true,
  outcome: true,
  confirmedAt: true,
  isClosedAbove: true,
  isDrill: true,
} as const
const OLDEST_FIRST = [{ createdAt: 'asc' as const }, { id: 'asc' as const }]

export type NewContact = Pick<
  ContactRow,
  | 'id'
  | 'groupId'
  | 'personId'
  | 'text'
  | 'createdAt'
  | 'dueAt'
  | 'addressee'
  | 'avoidedIds'
  | 'rung'
  | 'isDrill'
>

/** Keeps a new request; returns the row. */
export async function createContact(
  { tx, organisationId }: Tenant,
  contact: NewContact,
): Promise<ContactRow> {
  return await tx.prisma.contactRequest.create({
    data: {
      organisationId,
      ...contact,
      text: Uint8Array.from(contact.text),
      rungAt: contact.createdAt,
    },
    select: CONTACT_FIELDS,
  })
}

/** Keeps tests of the way, one for each group, in one statement. */
export async function createDrills(
  { tx, organisationId }: Tenant,
  drills: readonly NewContact[],
): Promise<void> {
  await tx.prisma.contactRequest.createMany({
    data: drills.map((drill) => ({
      organisationId,
      ...drill,
      text: Uint8Array.from(drill.text),
      rungAt: drill.createdAt,
    })),
  })
}

/** Breaks off the tests of the way that are still on it. */
export async function breakOffDrills(
  { tx, organisationId }: Tenant,
  closedAt: Date,
): Promise<void> {
  await tx.prisma.contactRequest.updateMany({
    where: { organisationId, isDrill: true, closedAt: null },
    data: { closedAt, outcome: 'tried' },
  })
}

export async function findContact(
  { tx, organisationId }: Tenant<Reader>,
  id: string,
): Promise<ContactRow | null> {
  return await tx.prisma.contactRequest.findUnique({
    where: { organisationId_id: { organisationId, id } },
    select: CONTACT_FIELDS,
  })
}

/** The same under its lock: what changes it happens one at a time. */
export async function lockContact(tenant: Tenant, id: string): Promise<ContactRow | null> {
  return (await lockRow(tenant, 'ContactRequest', id)) ? await findContact(tenant, id) : null
}

/**
 * Open requests, the oldest first: of some groups, of one person, or of everybody. Tests of the way
 * only where they are asked for.
 */
export async function listOpenContacts(
  { tx, organisationId }: Tenant<Reader>,
  of: { groupIds?: readonly string[]; personId?: string; withDrills?: boolean } = {},
): Promise<ContactRow[]> {
  return await tx.prisma.contactRequest.findMany({
    where: {
      organisationId,
      closedAt: null,
      ...(of.groupIds ? { groupId: { in: [...of.groupIds] } } : {}),
      ...(of.personId ? { personId: of.personId } : {}),
      ...(of.withDrills ? {} : { isDrill: false }),
    },
    orderBy: OLDEST_FIRST,
    select: CONTACT_FIELDS,
  })
}

/** The requests of a person that are still kept, open or closed, the oldest first. */
export async function listContactsOf(
  { tx, organisationId }: Tenant<Reader>,
  personId: string,
): Promise<ContactRow[]> {
  return await tx.prisma.contactRequest.findMany({
    where: { organisationId, personId, isDrill: false },
    orderBy: OLDEST_FIRST,
    select: CONTACT_FIELDS,
  })
}

/**
 * Requests of groups whose promised time fell into a window, and whether each was seen by then;
 * none that goes past the reader.
 */
export async function listPromised(
  { tx, organisationId }: Tenant<Reader>,
  groupIds: readonly string[],
  window: { startsAt: Date; endsAt: Date; readerId: string },
): Promise<{ groupId: string; isInTime: boolean }[]> {
  const rows = await tx.prisma.contactRequest.findMany({
    where: {
      organisationId,
      groupId: { in: [...groupIds] },
      isDrill: false,
      dueAt: { gte: window.startsAt, lt: window.endsAt },
      NOT: { avoidedIds: { has: window.readerId } },
    },
    select: { groupId: true, dueAt: true, seenAt: true },
  })
  return rows.map(({ groupId, dueAt, seenAt }) => ({
    groupId,
    isInTime: seenAt !== null && seenAt <= dueAt,
  }))
}

/**
 * Whether somebody of a group was asked so lately whether anybody had been in touch that their "no"
 * may yet come.
 */
export async function hasUnanswered(
  { tx, organisationId }: Tenant<Reader>,
  groupId: string,
  since: Date,
): Promise<boolean> {
  const where = {
    organisationId,
    groupId,
    isDrill: false,
    closedAt: { gt: since },
    confirmedAt: null,
    outcome: { not: 'withdrawn' as const },
  }
  return (await tx.prisma.contactRequest.count({ where })) > 0
}

/** Fields of a request that change after it was made. */
export type ContactChange = Partial<
  Omit<ContactRow, 'id' | 'groupId' | 'personId' | 'createdAt' | 'isDrill' | 'text'>
>

export async function changeContact(
  { tx, organisationId }: Tenant,
  id: string,
  change: ContactChange,
): Promise<void> {
  await tx.prisma.contactRequest.update({
    where: { organisationId_id: { organisationId, id } },
    data: change,
  })
}
