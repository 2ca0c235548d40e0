import type { Tx } from './database.ts'

/** What facilitators ask of their supervisor. */
export const FLAGS = ['talk', 'cofacilitation'] as const
export type Flag = (typeof FLAGS)[number]

export async function findFlag(db: Tx, organisationId: string, groupId: string): Promise<Flag | null> {
  const { flag } = await db.group.findUniqueOrThrow({
    where: { organisationId_id: { organisationId, id: groupId } },
    select: { flag: true },
  })
  return FLAGS.find((one) => one === flag) ?? null
}

export async function setFlag(tx: Tx, organisationId: string, groupId: string, flag: Flag | null): Promise<void> {
  await tx.group.update({ where: { organisationId_id: { organisationId, id: groupId } }, data: { flag } })
}
