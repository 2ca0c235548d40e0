import { rewrap, sealBallot } from '../ballot/seal.ts'
import { listBallots, listOpen, lockCheckIn, replaceBallots } from '../store/checkin.ts'
import { getUnit } from '../store/unit.ts'
import type { Context } from './command.ts'

/** Who leaves while a check-in is open takes their answers with them: their ballot becomes a blank, like one never filled. */
export async function blankBallotsOf(
  { tx, actor, vault }: Context,
  groupId: string,
  memberIds: readonly string[],
): Promise<void> {
  if (memberIds.length === 0) return
  for (const open of await listOpen(tx, actor.organisationId, groupId)) {
    const checkIn = await lockCheckIn(tx, actor.organisationId, open.id)
    if (checkIn?.state !== 'open' || !checkIn.unitId) continue
    const unit = await getUnit(tx, actor.organisationId, checkIn.unitId)
    const ballots = await listBallots(tx, actor.organisationId, checkIn.id)
    const fresh = ballots.map(async ({ memberId, box }) => {
      const bound = {
        unitId: unit.id,
        checkInId: checkIn.id,
        memberId,
        questionSetId: unit.questionSetId,
        questionSetVersion: unit.questionSetVersion,
      }
      const isLeaving = memberIds.includes(memberId)
      return {
        memberId,
        box: isLeaving ? await sealBallot(vault.keyring, unit.publicKey, bound, {}) : rewrap(vault.keyring, bound, box),
      }
    })
    await replaceBallots(tx, actor.organisationId, checkIn.id, await Promise.all(fresh))
  }
}
