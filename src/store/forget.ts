import { forgetInAudit } from './audit.ts'
import type { Reader, Tenant } from './engine/transaction.ts'

/**
 * Reasons why somebody stays known: a place in any group or lately lost, staff, admin, or a contact
 * request that is kept.
 */
const UNNEEDED = {
  isStaff: false,
  isAdmin: false,
  roles: { none: {} },
  removals: { none: {} },
  contacts: { none: {} },
} as const

/** Forgets people who have no place any more, with everything about them; returns how many. */
export async function forgetPeople(
  { tx, organisationId }: Tenant,
  personIds: readonly string[],
): Promise<number> {
  if (personIds.length === 0) return 0
  const gone = await tx.prisma.person.findMany({
    where: { organisationId, id: { in: [...personIds] }, ...UNNEEDED },
    select: { id: true },
  })
  const ids = gone.map(({ id }) => id)
  if (ids.length === 0) return 0
  const { count } = await tx.prisma.person.deleteMany({
    where: { organisationId, id: { in: ids }, ...UNNEEDED },
  })
  await forgetInAudit({ tx, organisationId }, ids)
  return count
}

/** An ended group's deletion, in numbers. */
export type Deleted = {
  members: number
  sessions: number
  checkIns: number
  results: number
  messages: number
  contacts: number
  wins: number
  deliveries: number
  people: number
}

/** Deletes a group with everything in it, and the people whom nothing else keeps. */
export async function deleteGroup(
  tenant: Tenant,
  groupId: string,
): Promise<Omit<Deleted, 'contacts'>> {
  const { tx, organisationId } = tenant
  const where = { organisationId, groupId }
  const roster = await tx.prisma.rosterEntry.findMany({
    where,
    select: { personId: true, role: true },
  })
  const removed = await tx.prisma.removal.findMany({ where, select: { personId: true } })
  const counts = {
    members: roster.filter(({ role }) => role === 'member').length,
    sessions: await tx.prisma.session.count({ where: { ...where, state: 'planned' } }),
    checkIns: await tx.prisma.checkIn.count({ where }),
    results: await tx.prisma.release.count({ where: { organisationId, unit: { groupId } } }),
    messages: await tx.prisma.message.count({ where }),
    wins: await tx.prisma.win.count({ where }),
    deliveries: await tx.prisma.delivery.count({ where }),
  }
  await tx.prisma.group.delete({ where: { organisationId_id: { organisationId, id: groupId } } })
  const people = await forgetPeople(
    tenant,
    [...roster, ...removed].map(({ personId }) => personId),
  )
  return { ...counts, people }
}

export type ReceiptRow = { id: string; personId: string; at: Date; counts: Deleted }

export async function saveReceipt(
  { tx, organisationId }: Tenant,
  receipt: ReceiptRow,
): Promise<void> {
  await tx.prisma.deletionReceipt.createMany({
    data: [{ organisationId, ...receipt }],
    skipDuplicates: true,
  })
}

export async function findReceipt(
  { tx, organisationId }: Tenant<Reader>,
  id: string,
): Promise<ReceiptRow | null> {
  const row = await tx.prisma.deletionReceipt.findUnique({
    where: { organisationId_id: { organisationId, id } },
    select: { id: true, personId: true, at: true, counts: true },
  })
  return row && { ...row, counts: row.counts as Deleted }
}
