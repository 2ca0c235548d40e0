import type { Reader, Tenant } from './engine/transaction.ts'

/**
 * People whose last note of a contact request came to nothing, with how many of theirs have:
 * refused to the end, or lost without an answer. Nobody who has one that is on its way or arrived,
 * and nobody who is not there any more.
 */
export async function countLostNotes(
  { tx, organisationId }: Tenant<Reader>,
  contactId: string,
): Promise<ReadonlyMap<string, number>> {
  const rows = await tx.prisma.delivery.findMany({
    where: { organisationId, contactId, kind: 'contact-request', personId: { not: null } },
    orderBy: [{ plannedAt: 'asc' }, { id: 'asc' }],
    select: { personId: true, state: true },
  })
  const lost = new Map<string, number>()
  for (const [personId, own] of Map.groupBy(rows, (row) => row.personId ?? '')) {
    const failed = own.filter(({ state }) => state === 'failed' || state === 'dropped')
    if (failed.length > 0 && failed.includes(own.at(-1) as (typeof own)[number]))
      lost.set(personId, failed.length)
  }
  return lost
}
