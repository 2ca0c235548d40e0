import type { BoxContext } from '../ballot/box.ts'
import { empty, rewrap } from '../ballot/seal.ts'
import { listBallots, replaceBallots } from '../store/ballot.ts'
import { lockCheckIn } from '../store/checkin.ts'
import { listUnmade, lockUnit, type UnitRow } from '../store/unit.ts'
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
 * Wraps every box of a group's open units anew: whatever is written in this transaction looks the
 * same whether somebody had just answered or not.
 */
export const rewrapAll = async (context: WriteContext, groupId: string): Promise<void> =>
  await blankBallotsOf(context, groupId, [])

/**
 * A leaver takes along the answers that are not counted yet: in every check-in of a unit that is
 * still open their ballot becomes a blank, like one never filled. All others are wrapped anew.
 */
export async function blankBallotsOf(
  context: WriteContext,
  groupId: string,
  memberIds: readonly string[],
): Promise<void> {
  const { ballotKeys } = context
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
          ? empty(ballotKeys.keyring, unit.publicKey, bound, box)
          : rewrap(ballotKeys.keyring, bound, box),
      }
    })
    if (fresh.length > 0) await replaceBallots(context, checkIn.id, fresh)
  }
}
