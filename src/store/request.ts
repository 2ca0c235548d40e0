import type { Db, Tx } from './engine/database.ts'

/** Takes a request's receipt; false when it was taken before: the request is a repeat. */
export async function claimRequest(db: Tx, organisationId: string, digest: Uint8Array, now: Date): Promise<boolean> {
  const { count } = await db.receipt.createMany({
    data: [{ organisationId, digest: Uint8Array.from(digest), at: now }],
    skipDuplicates: true,
  })
  return count === 1
}

/** Receipts older than any platform's retries (24 h) are of no use. */
export async function forgetRequests(db: Db, before: Date): Promise<void> {
  await db.receipt.deleteMany({ where: { at: { lt: before } } })
}
