import type { Reader, Tenant } from './engine/transaction.ts'

/**
 * The notes of a contact request that came to nothing, by id: refused to the end, or lost without
 * an answer. The ledger keeps their hour alone, so nothing else tells which of two was later.
 */
export async function listLostNotes(
  { tx, organisationId }: Tenant<Reader>,
  contactId: string,
): Promise<ReadonlySet<string>> {
  const rows = await tx.prisma.delivery.findMany({
    where: {
      organisationId,
      contactId,
      kind: 'contact-request',
      state: { in: ['failed', 'dropped'] },
    },
    select: { id: true },
  })
  return new Set(rows.map(({ id }) => id))
}
