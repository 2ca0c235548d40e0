import type { Keyring } from '../ballot/keyring.ts'
import type { OpenOutcome, OpenRequest } from '../ballot/make.ts'
import { sealText } from '../ballot/secret-text.ts'
import { mayMembersSee } from '../domain/disclosure.ts'
import { listUnitBallots } from '../store/ballot.ts'
import { getMaking, markCleaned, recordRelease, waitForKey } from '../store/release.ts'
import { listRoster } from '../store/roster.ts'
import { findUnit } from '../store/unit.ts'
import { step } from './command.ts'
import { decide } from './decide.ts'

/**
 * The next step in making a unit: `open` its boxes, or only `clean` after a crash that came later;
 * `nothing` when done.
 */
export type ReleaseWork =
  | { work: 'open'; request: OpenRequest }
  | { work: 'clean' }
  | { work: 'nothing' }

/** Step 1: reads what the child process will be given. Changes nothing. */
export const beginRelease = step<{ unitId: string }, ReleaseWork>({
  verb: 'release.begin',
  access: { who: 'system' },
  run: async (base, { unitId }) => {
    const { content, ballotKeys } = base
    const unit = await findUnit(base, unitId)
    // Its only check-in was taken back: nothing is made of it, and its key is nobody's.
    if (!unit) return { result: { work: 'clean' } }
    if (unit.state === 'open') return { result: { work: 'nothing' } }
    if (unit.state !== 'closing') return { result: { work: unit.isCleaned ? 'nothing' : 'clean' } }
    const questionSet = content.questionSet(unit.questionSetId, unit.questionSetVersion)
    const ballots = await listUnitBallots(base, unitId)
    const request = {
      unitId,
      keyDirectory: ballotKeys.keyDirectory,
      secret: ballotKeys.secret,
      k: unit.k,
      audience: unit.audience,
      questionSet,
      context: {
        questionSetId: unit.questionSetId,
        questionSetVersion: unit.questionSetVersion,
        asksText: unit.asksText,
      },
      boxes: ballots.map(({ checkInId, memberId, box }) => ({
        checkInId,
        memberId,
        box: Buffer.from(box).toString('base64'),
      })),
    }
    return { result: { work: 'open', request } }
  },
})

/**
 * Step 2: publishes what met k and deletes the ballots, at once, and tells those who may see it
 * that it is there.
 */
export const recordOutcome = step<
  { unitId: string; outcome: OpenOutcome },
  { isRecorded: boolean }
>({
  verb: 'release.record',
  access: { who: 'system' },
  run: async (base, { unitId, outcome }) => {
    const { ballotKeys, newId } = base
    const counted = outcome.outcome === 'counted' ? outcome.release : null
    const making = await getMaking(base, unitId)
    const decision = counted && (await decide(base, unitId, making, counted))
    const published = decision && {
      ...decision,
      words: counted.texts.map((text) => sealWords(ballotKeys.keyring, newId(), text)),
    }
    const state = outcome.outcome !== 'counted' ? 'lost' : published ? 'released' : 'withheld'
    const isRecorded = await recordRelease(base, unitId, state, published)
    if (!isRecorded) return { result: { isRecorded } }
    await decision?.keepSums()
    const { groupId, audience } = making
    const roster = await listRoster(base, groupId)
    // Members get what facilitators get, in the same words and at the same time, whatever came of
    // it.
    const told = roster.filter(
      ({ role }) => role === 'facilitator' || (role === 'member' && mayMembersSee(audience)),
    )
    return {
      result: { isRecorded },
      deliveries: told.map(({ personId, role }) => ({
        key: `result ${unitId}`,
        kind: role === 'member' ? ('result' as const) : ('summary-notice' as const),
        personId,
        groupId,
      })),
    }
  },
})

/** Sealed with the application's secret: a copy of the store does not show them. */
const sealWords = (keyring: Keyring, id: string, text: string) => ({
  id,
  sealed: sealText(keyring, id, text),
})

/** In place of step 2 where the key cannot be read now: nothing is decided. */
export const postponeRelease = step<{ unitId: string; until: Date }, null>({
  verb: 'release.postpone',
  access: { who: 'system' },
  run: async (base, { unitId, until }) => {
    await waitForKey(base, unitId, until)
    return { result: null }
  },
})

/** Step 3, after the key is destroyed and the files are cleaned: the unit is finished. */
export const finishRelease = step<{ unitId: string }, null>({
  verb: 'release.finish',
  access: { who: 'system' },
  run: async (base, { unitId }) => {
    await markCleaned(base, unitId)
    return { result: null }
  },
})
