import type { Reader, Tenant } from './engine/transaction.ts'
import { Prisma } from './generated/client.ts'

/** A win that waits for a facilitator. `sealed` holds who wrote it and what. */
export type WinRow = { id: string; groupId: string; sealed: Uint8Array }
const WIN_FIELDS = { id: true, groupId: true, sealed: true } as const

/** `deleteOn` is a day: no time of day is kept. */
export async function createWin(
  { tx, organisationId }: Tenant,
  win: WinRow & { deleteOn: Date },
): Promise<void> {
  await tx.prisma.win.create({
    data: { organisationId, ...win, sealed: Uint8Array.from(win.sealed) },
  })
}

export async function findWin(
  { tx, organisationId }: Tenant<Reader>,
  id: string,
): Promise<WinRow | null> {
  return await tx.prisma.win.findUnique({
    where: { organisationId_id: { organisationId, id } },
    select: WIN_FIELDS,
  })
}

/** Wins of groups that wait, by their random ids: no order of time. */
export async function listWins(
  { tx, organisationId }: Tenant<Reader>,
  groupIds: readonly string[],
): Promise<WinRow[]> {
  return await tx.prisma.win.findMany({
    where: { organisationId, groupId: { in: [...groupIds] } },
    orderBy: { id: 'asc' },
    select: WIN_FIELDS,
  })
}

/** Seals wins anew, in one statement, so that all rows change alike. */
export async function resealWins(
  { tx, organisationId }: Tenant,
  wins: readonly { id: string; sealed: Uint8Array }[],
): Promise<void> {
  if (wins.length === 0) return
  const values = wins.map(
    ({ id, sealed }) => Prisma.sql`(${id}::uuid, ${Buffer.from(sealed)}::bytea)`,
  )
  await tx.sql.run`
    update "Win" set "sealed" = fresh."sealed"
      from (values ${Prisma.join(values)}) as fresh("id", "sealed")
    where "organisationId" = ${organisationId}::uuid and "Win"."id" = fresh."id"`
}

/** Every win of a group that waits. */
export async function deleteWins({ tx, organisationId }: Tenant, groupId: string): Promise<void> {
  await tx.prisma.win.deleteMany({ where: { organisationId, groupId } })
}

/** False when somebody had decided on it before. */
export async function deleteWin({ tx, organisationId }: Tenant, id: string): Promise<boolean> {
  return (await tx.prisma.win.deleteMany({ where: { organisationId, id } })).count === 1
}
