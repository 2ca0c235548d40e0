import type { Tenant } from './engine/transaction.ts'

/** Requests of facilitators to their supervisor. */
export const FLAGS = ['talk', 'cofacilitation'] as const
export type Flag = (typeof FLAGS)[number]
/** Null: none, or one that is no longer known. */
export const toFlag = (value: string | null): Flag | null =>
  FLAGS.find((one) => one === value) ?? null

export async function setFlag(
  { tx, organisationId }: Tenant,
  groupId: string,
  flag: Flag | null,
): Promise<void> {
  await tx.prisma.group.update({
    where: { organisationId_id: { organisationId, id: groupId } },
    data: { flag },
  })
}
