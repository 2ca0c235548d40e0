import type { OpenOutcome, OpenRequest } from '../ballot/make.ts'
import { listUnitBallots, markCleaned, recordRelease } from '../store/release.ts'
import { listRoster } from '../store/roster.ts'
import { getUnit } from '../store/unit.ts'
import { step } from './command.ts'

/** What a unit's making needs next: `open` its boxes, or only `clean` after a crash that came later; `nothing` when done. */
export type ReleaseWork = { work: 'open'; request: OpenRequest } | { work: 'clean' } | { work: 'nothing' }

/** Step 1: reads what the child process will be given. Changes nothing. */
export const beginRelease = step<{ unitId: string }, ReleaseWork>({
  verb: 'release.begin',
  access: { who: 'system' },
  run: async ({ tx, organisationId, content, vault }, { unitId }) => {
    const unit = await getUnit(tx, organisationId, unitId)
    if (unit.state === 'open') return { result: { work: 'nothing' } }
    if (unit.state !== 'closing') return { result: { work: unit.isCleaned ? 'nothing' : 'clean' } }
    const questionSet = content.questionSet(unit.questionSetId, unit.questionSetVersion)
    const ballots = await listUnitBallots(tx, organisationId, unitId)
    const request = {
      unitId,
      keyDirectory: vault.keyDirectory,
      secret: vault.secret,
      k: unit.k,
      questionSet,
      context: { questionSetId: unit.questionSetId, questionSetVersion: unit.questionSetVersion },
      boxes: ballots.map(({ checkInId, memberId, box }) => ({
        checkInId,
        memberId,
        box: Buffer.from(box).toString('base64'),
      })),
    }
    return { result: { work: 'open', request } }
  },
})

/** Step 2: publishes what met k and deletes the ballots, at once. A lost unit is told to its facilitators. */
export const recordOutcome = step<{ unitId: string; outcome: OpenOutcome }, { isRecorded: boolean }>({
  verb: 'release.record',
  access: { who: 'system' },
  run: async ({ tx, organisationId }, { unitId, outcome }) => {
    const release = outcome.outcome === 'counted' ? outcome.release : null
    const state = outcome.outcome !== 'counted' ? 'lost' : release ? 'released' : 'withheld'
    const isRecorded = await recordRelease(tx, organisationId, unitId, state, release)
    if (!isRecorded || state !== 'lost') return { result: { isRecorded } }
    const { groupId } = await getUnit(tx, organisationId, unitId)
    const facilitators = (await listRoster(tx, organisationId, groupId)).filter((entry) => entry.role === 'facilitator')
    return {
      result: { isRecorded },
      deliveries: facilitators.map(({ personId }) => ({
        key: `lost ${unitId}`,
        kind: 'summary-notice' as const,
        personId,
        groupId,
      })),
    }
  },
})

/** Step 3, after the key is destroyed and the files are cleaned: the unit is finished. */
export const finishRelease = step<{ unitId: string }, null>({
  verb: 'release.finish',
  access: { who: 'system' },
  run: async ({ tx, organisationId }, { unitId }) => {
    await markCleaned(tx, organisationId, unitId)
    return { result: null }
  },
})
