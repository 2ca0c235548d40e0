import { dayOf } from '../domain/time.ts'
import type { Tenant, Writer } from './engine/transaction.ts'

/** Claims a request; false when it was claimed before: the request is a repeat. */
export async function claimRequest(
  { tx, organisationId }: Tenant,
  digest: Uint8Array,
  now: Date,
): Promise<boolean> {
  const { count } = await tx.prisma.servedRequest.createMany({
    data: [{ organisationId, digest: Uint8Array.from(digest), at: dayOf(now) }],
    skipDuplicates: true,
  })
  return count === 1
}

/** Requests older than any platform's retries (24 h) are of no use. */
export async function forgetRequests(db: Writer, before: Date): Promise<void> {
  await db.prisma.servedRequest.deleteMany({ where: { at: { lt: before } } })
}
