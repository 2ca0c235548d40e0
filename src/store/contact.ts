import type { Reader, Tenant } from './engine/transaction.ts'

/**
 * A request to be spoken to. `text` is sealed. Nulls: nobody has seen it; the supervisors were not
 * told.
 */
export type ContactRow = {
  id: string
  groupId: string
  personId: string
  text: Uint8Array
  createdAt: Date
  dueAt: Date
  seenAt: Date | null
  seenBy: string | null
  escalatedAt: Date | null
}
const CONTACT_FIELDS = {
  id: true,
  groupId: true,
  personId: true,
  text: true,
  createdAt: true,
  dueAt: true,
  seenAt: true,
  seenBy: true,
  escalatedAt: true,
} as const

export async function createContact(
  { tx, organisationId }: Tenant,
  contact: Omit<ContactRow, 'seenAt' | 'seenBy' | 'escalatedAt'>,
): Promise<void> {
  await tx.prisma.contactRequest.create({
    data: { organisationId, ...contact, text: Uint8Array.from(contact.text) },
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

/**
 * Requests of a group that nobody has seen, the oldest first; of one person when they are named.
 */
export async function listWaiting(
  { tx, organisationId }: Tenant<Reader>,
  groupId: string,
  personId?: string,
): Promise<ContactRow[]> {
  return await tx.prisma.contactRequest.findMany({
    where: { organisationId, groupId, seenAt: null, ...(personId ? { personId } : {}) },
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
    select: CONTACT_FIELDS,
  })
}

/** Requests of groups whose promised time fell into a window, and whether each was seen by then. */
export async function listPromised(
  { tx, organisationId }: Tenant<Reader>,
  groupIds: readonly string[],
  window: { startsAt: Date; endsAt: Date },
): Promise<{ groupId: string; isInTime: boolean }[]> {
  const rows = await tx.prisma.contactRequest.findMany({
    where: {
      organisationId,
      groupId: { in: [...groupIds] },
      dueAt: { gte: window.startsAt, lt: window.endsAt },
    },
    select: { groupId: true, dueAt: true, seenAt: true },
  })
  return rows.map(({ groupId, dueAt, seenAt }) => ({
    groupId,
    isInTime: seenAt !== null && seenAt <= dueAt,
  }))
}

/** Marks a request seen; false when somebody had seen it before. */
export async function markSeen(
  { tx, organisationId }: Tenant,
  id: string,
  seenBy: string,
  now: Date,
): Promise<boolean> {
  const { count } = await tx.prisma.contactRequest.updateMany({
    where: { organisationId, id, seenAt: null },
    data: { seenAt: now, seenBy },
  })
  return count === 1
}

/** Marks a request as told to the supervisors; false when it was seen meanwhile, or told before. */
export async function markEscalated(
  { tx, organisationId }: Tenant,
  id: string,
  now: Date,
): Promise<boolean> {
  const { count } = await tx.prisma.contactRequest.updateMany({
    where: { organisationId, id, seenAt: null, escalatedAt: null },
    data: { escalatedAt: now },
  })
  return count === 1
}
