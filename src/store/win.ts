import type { Tx } from './engine/database.ts'

/** A win that waits for a facilitator. `sealed` holds who wrote it and what. */
export type WinRow = { id: string; groupId: string; sealed: Uint8Array }
const WIN_FIELDS = { id: true, groupId: true, sealed: true } as const

/** `deleteOn` is a day: no time of day is kept. */
export async function createWin(tx: Tx, organisationId: string, win: WinRow & { deleteOn: Date }): Promise<void> {
  await tx.win.create({ data: { organisationId, ...win, sealed: Uint8Array.from(win.sealed) } })
}

export async function findWin(db: Tx, organisationId: string, id: string): Promise<WinRow | null> {
  return await db.win.findUnique({ where: { organisationId_id: { organisationId, id } }, select: WIN_FIELDS })
}

/** Wins of groups that wait, by their random ids: no order of time. */
export async function listWins(db: Tx, organisationId: string, groupIds: readonly string[]): Promise<WinRow[]> {
  return await db.win.findMany({
    where: { organisationId, groupId: { in: [...groupIds] } },
    orderBy: { id: 'asc' },
    select: WIN_FIELDS,
  })
}

export async function resealWin(tx: Tx, organisationId: string, id: string, sealed: Uint8Array): Promise<void> {
  await tx.win.updateMany({ where: { organisationId, id }, data: { sealed: Uint8Array.from(sealed) } })
}

/** Every win of a group that waits. */
export async function deleteWins(tx: Tx, organisationId: string, groupId: string): Promise<void> {
  await tx.win.deleteMany({ where: { organisationId, groupId } })
}

/** False when somebody had decided on it before. */
export async function deleteWin(tx: Tx, organisationId: string, id: string): Promise<boolean> {
  return (await tx.win.deleteMany({ where: { organisationId, id } })).count === 1
}
