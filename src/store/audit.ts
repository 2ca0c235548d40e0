import { createHash } from 'node:crypto'
import type { Reader, Tenant } from './engine/transaction.ts'

/** One fact: who did what to what. Access and changes, never answers. */
export type AuditFact = { actorId: string; action: string; subjectId: string }
type Entry = AuditFact & { number: number; at: Date }

/** Appends entries to the organisation's chain; its row lock keeps the order. */
export async function appendAudit(
  { tx, organisationId }: Tenant,
  facts: readonly AuditFact[],
  now: Date,
): Promise<void> {
  if (facts.length === 0) return
  const { auditHead, auditLength } = await lockChain({ tx, organisationId })
  let head = auditHead
  let number = auditLength
  for (const fact of facts) {
    number += 1
    const entry = { ...fact, number, at: now }
    const hash = hashOf(head, entry)
    await tx.prisma.auditEntry.create({ data: { organisationId, ...entry, hash } })
    head = hash
  }
  await tx.prisma.organisation.update({
    where: { id: organisationId },
    data: { auditHead: head && Uint8Array.from(head), auditLength: number },
  })
}

/** Takes the chain's lock until the transaction ends; returns where it stands. */
export async function lockChain({
  tx,
  organisationId,
}: Tenant): Promise<{ auditHead: Uint8Array | null; auditLength: number }> {
  const [chain] = await tx.sql.rows<{ auditHead: Uint8Array | null; auditLength: number }>`
    select "auditHead", "auditLength" from "Organisation"
    where "id" = ${organisationId}::uuid for no key update`
  if (!chain) throw new Error('the organisation is not there')
  return chain
}

/** SHA-256 over the previous hash and this entry's fields, one to a line. */
function hashOf(previous: Uint8Array | null, entry: Entry): Uint8Array<ArrayBuffer> {
  const hash = createHash('sha256').update(previous ?? Buffer.alloc(32))
  hash.update(
    [entry.number, entry.at.toISOString(), entry.actorId, entry.action, entry.subjectId].join('\n'),
  )
  return Uint8Array.from(hash.digest())
}

/**
 * Checks the whole chain of an organisation: its length, or the number of the first entry that does
 * not fit.
 */
export async function verifyAudit({
  tx,
  organisationId,
}: Tenant<Reader>): Promise<{ length: number; brokenAt: number | null }> {
  const { auditLength, auditHead, auditForgotten, auditAnchor } =
    await tx.prisma.organisation.findUniqueOrThrow({
      where: { id: organisationId },
      select: { auditLength: true, auditHead: true, auditForgotten: true, auditAnchor: true },
    })
  const entries = await tx.prisma.auditEntry.findMany({
    where: { organisationId },
    orderBy: { number: 'asc' },
  })
  // Entries past their time were deleted; the last one's hash is where the rest begins.
  let head: Uint8Array | null = auditAnchor
  for (const [index, entry] of entries.entries()) {
    const hash = hashOf(head, entry)
    if (
      entry.number !== auditForgotten + index + 1 ||
      !Buffer.from(hash).equals(Buffer.from(entry.hash))
    )
      return { length: auditLength, brokenAt: auditForgotten + index + 1 }
    head = hash
  }
  const isWhole =
    auditForgotten + entries.length === auditLength &&
    Buffer.from(head ?? []).equals(Buffer.from(auditHead ?? []))
  return { length: auditLength, brokenAt: isWhole ? null : auditForgotten + entries.length + 1 }
}
