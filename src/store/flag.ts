import type { Tx } from './engine/database.ts'

/** What facilitators ask of their supervisor. */
export const FLAGS = ['talk', 'cofacilitation'] as const
export type Flag = (typeof FLAGS)[number]
/** Null: none, or one that is no longer known. */
export const toFlag = (value: string | null): Flag | null => FLAGS.find((one) => one === value) ?? null

export async function findFlag(db: Tx, organisationId: string, groupId: string): Promise<Flag | null> {
  const { flag } = await db.group.findUniqueOrThrow({
    where: { organisationId_id: { organisationId, id: groupId } },
    select: { flag: true },
  })
  return toFlag(flag)
}

export async function setFlag(tx: Tx, organisationId: string, groupId: string, flag: Flag | null): Promise<void> {
  await tx.group.update({ where: { organisationId_id: { organisationId, id: groupId } }, data: { flag } })
}
