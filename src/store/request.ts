import type { Tenant, Writer } from './engine/transaction.ts'

/** Takes a request's receipt; false when it was taken before: the request is a repeat. */
export async function claimRequest({ tx, organisationId }: Tenant, digest: Uint8Array, now: Date): Promise<boolean> {
  const { count } = await tx.prisma.receipt.createMany({
    data: [{ organisationId, digest: Uint8Array.from(digest), at: now }],
    skipDuplicates: true,
  })
  return count === 1
}

/** Receipts older than any platform's retries (24 h) are of no use. */
export async function forgetRequests(db: Writer, before: Date): Promise<void> {
  await db.prisma.receipt.deleteMany({ where: { at: { lt: before } } })
}
