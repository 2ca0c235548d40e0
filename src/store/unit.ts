import type { Tx } from './database.ts'

/** A release unit as it is frozen when its first check-in opens. `publicKey` is raw X25519. */
export type NewUnit = {
  id: string
  groupId: string
  questionSetId: string
  questionSetVersion: number
  k: number
  audience: 'shared' | 'staff'
  publicKey: Uint8Array
  rosterChanges: number
}

export type UnitRow = Omit<NewUnit, 'rosterChanges'> & {
  state: 'open' | 'closing' | 'released' | 'withheld' | 'lost'
  isCleaned: boolean
}

export async function getUnit(db: Tx, organisationId: string, id: string): Promise<UnitRow> {
  return await db.releaseUnit.findUniqueOrThrow({
    where: { organisationId_id: { organisationId, id } },
    select: {
      id: true,
      groupId: true,
      questionSetId: true,
      questionSetVersion: true,
      k: true,
      audience: true,
      publicKey: true,
      state: true,
      isCleaned: true,
    },
  })
}
