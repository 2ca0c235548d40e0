import type { Reader, Tenant } from './engine/transaction.ts'

/** Keeps a unit's sums for later comparisons. `destroyOn`: a day. */
export async function saveSums(
  { tx, organisationId }: Tenant,
  { unitId, sealed, destroyOn }: { unitId: string; sealed: Uint8Array; destroyOn: Date },
): Promise<void> {
  await tx.prisma.sealedSums.create({
    data: { organisationId, id: unitId, sealed: Uint8Array.from(sealed), destroyOn },
  })
}

/** The sealed sums of units; one that has none any more is not in it. */
export async function listSums(
  { tx, organisationId }: Tenant<Reader>,
  unitIds: readonly string[],
): Promise<Map<string, Uint8Array>> {
  const rows = await tx.prisma.sealedSums.findMany({
    where: { organisationId, id: { in: [...unitIds] } },
    select: { id: true, sealed: true },
  })
  return new Map(rows.map(({ id, sealed }) => [id, sealed]))
}

/** Destroys the sums of units. */
export async function destroySums(
  { tx, organisationId }: Tenant,
  unitIds: readonly string[],
): Promise<void> {
  await tx.prisma.sealedSums.deleteMany({ where: { organisationId, id: { in: [...unitIds] } } })
}
