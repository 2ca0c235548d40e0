import type { KeyStore } from '../ballot/key-store.ts'
import type { DatabaseView } from '../simulator/page/protocol.ts'
import type { Reader } from '../store/engine/transaction.ts'

/** Characters of a box that are shown: enough to see that it changed. */
const SHOWN_BYTES = 12

/** Groups whose people come from a workspace or tenant. */
export const groupsOf = (workspaceId: string) => ({
  roster: { some: { person: { accounts: { some: { connection: { externalId: workspaceId } } } } } },
})

/**
 * The rows of the latest check-in of a workspace's groups, as somebody with the whole database
 * reads them.
 */
export async function viewDatabase(
  { prisma }: Reader,
  keyStore: KeyStore,
  workspaceId: string,
): Promise<DatabaseView> {
  const checkIn = await prisma.checkIn.findFirst({
    where: {
      unitId: { not: null },
      group: groupsOf(workspaceId),
    },
    orderBy: { opensAt: 'desc' },
    select: {
      state: true,
      opensAt: true,
      closesAt: true,
      group: { select: { alias: true } },
      unit: {
        select: {
          id: true,
          state: true,
          k: true,
          isCleaned: true,
          release: { select: { shown: true } },
          sums: { select: { sealed: true, destroyOn: true } },
        },
      },
      ballots: { select: { memberId: true, box: true }, orderBy: { memberId: 'asc' } },
    },
  })
  if (!checkIn)
    return { checkIn: null, unit: null, hasKey: false, ballots: [], shown: null, sums: null }
  const { unit, ballots } = checkIn
  const accounts = await prisma.account.findMany({
    where: { personId: { in: ballots.map(({ memberId }) => memberId) } },
    select: { personId: true, externalId: true },
  })
  const externalId = (personId: string) =>
    accounts.find((account) => account.personId === personId)?.externalId ?? personId
  return {
    checkIn: {
      alias: checkIn.group.alias,
      state: checkIn.state,
      opensAt: checkIn.opensAt.toISOString(),
      closesAt: checkIn.closesAt.toISOString(),
    },
    unit: unit && { state: unit.state, k: unit.k, isCleaned: unit.isCleaned },
    hasKey: unit !== null && (await keyStore.list()).some(({ unitId }) => unitId === unit.id),
    ballots: ballots.map(({ memberId, box }) => ({
      memberId: externalId(memberId),
      box: hexOf(box),
      bytes: box.length,
    })),
    shown: unit?.release ? JSON.stringify(unit.release.shown) : null,
    sums: unit?.sums
      ? { sealed: hexOf(unit.sums.sealed), destroyOn: unit.sums.destroyOn.toISOString() }
      : null,
  }
}

const hexOf = (bytes: Uint8Array): string =>
  `${Buffer.from(bytes.subarray(0, SHOWN_BYTES)).toString('hex')}…`
