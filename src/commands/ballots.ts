import { BLANK, type BoxContext } from '../ballot/box.ts'
import { rewrap, sealBallot } from '../ballot/seal.ts'
import { listBallots, listUnmade, replaceBallots } from '../store/ballot.ts'
import { lockCheckIn } from '../store/checkin.ts'
import { lockUnit, type UnitRow } from '../store/unit.ts'
import type { WriteContext } from './command.ts'

/** Binds a member's box to its check-in and unit. */
export function boundTo(
  unit: Pick<UnitRow, 'id' | 'questionSetId' | 'questionSetVersion' | 'asksText'>,
  checkInId: string,
  memberId: string,
): BoxContext {
  const { id: unitId, questionSetId, questionSetVersion, asksText } = unit
  return { unitId, checkInId, memberId, questionSetId, questionSetVersion, asksText }
}

/**
 * A leaver takes along the answers that are not counted yet: in every check-in of a unit that is
 * still open their ballot becomes a blank, like one never filled.
 */
export async function blankBallotsOf(
  context: WriteContext,
  groupId: string,
  memberIds: readonly string[],
): Promise<void> {
  const { ballotKeys } = context
  if (memberIds.length === 0) return
  for (const id of await listUnmade(context, groupId)) {
    // The check-in before its unit, as closing takes them. From here on nothing is counted before
    // this is done.
    const checkIn = await lockCheckIn(context, id)
    const unit = checkIn?.unitId ? await lockUnit(context, checkIn.unitId) : null
    if (!checkIn || unit?.state !== 'open') continue
    const ballots = await listBallots(context, checkIn.id)
    const fresh = ballots.map(({ memberId, box }) => {
      const bound = boundTo(unit, checkIn.id, memberId)
      const isLeaving = memberIds.includes(memberId)
      return {
        memberId,
        box: isLeaving
          ? sealBallot(ballotKeys.keyring, unit.publicKey, bound, BLANK)
          : rewrap(ballotKeys.keyring, bound, box),
      }
    })
    await replaceBallots(context, checkIn.id, fresh)
  }
}
