import { type OpenOutcome, openUnit } from '../ballot/make.ts'
import { beginRelease, finishRelease, postponeRelease, recordOutcome } from '../commands/release.ts'
import { runStep, type Services } from '../commands/services.ts'
import { MINUTE_MS, plus } from '../domain/time.ts'
import { scrubBallots } from '../store/ballot.ts'
import type { JobData } from '../store/engine/queue.ts'
import { seesKeys } from './keys.ts'

/** Called after each step with its name; the crash tests end the process there. */
export type AfterStep = (
  step: 'begun' | 'opened' | 'recorded' | 'destroyed' | 'scrubbed' | 'finished',
) => void

/**
 * Makes a unit's release: open in a child process, publish and delete the ballots, destroy the key,
 * clean the files. Every step may be repeated, so whatever a crash left is finished by running it
 * again.
 */
export async function makeRelease(
  services: Services,
  { organisationId, id: unitId }: JobData,
  after: AfterStep = () => {},
): Promise<void> {
  const next = await runStep(services, beginRelease, organisationId, { unitId })
  after('begun')
  if (next.work === 'nothing') return
  if (next.work === 'open') {
    let outcome = await openUnit(next.request)
    // A mount that came back a moment ago has it after all.
    if (outcome.outcome === 'keyMissing' && (await seesKeys(services)))
      outcome = await openUnit(next.request)
    after('opened')
    if (outcome.outcome === 'keyUnreadable' || outcome.outcome === 'keyMissing') {
      // "Not here" is not "gone": another process may see it.
      const isGone = outcome.outcome === 'keyMissing' && (await seesKeys(services))
      if (!isGone) return await waitForIt(services, organisationId, unitId, outcome)
    }
    const { isRecorded } = await runStep(services, recordOutcome, organisationId, {
      unitId,
      outcome,
    })
    after('recorded')
    if (isRecorded && outcome.outcome !== 'counted')
      services.log.error('release.lost', new Error(outcome.outcome), { unit: unitId })
  }
  await services.ballotKeys.keyStore.destroy(unitId)
  after('destroyed')
  await scrubBallots(services.database)
  after('scrubbed')
  await runStep(services, finishRelease, organisationId, { unitId })
  after('finished')
}

/** Between two looks for a key that cannot be read: each costs a process. */
const WAIT_MS = 10 * MINUTE_MS

/** Gives the unit back, with an alarm: it is tried again, here or elsewhere. */
async function waitForIt(
  services: Services,
  organisationId: string,
  unitId: string,
  outcome: Extract<OpenOutcome, { outcome: 'keyMissing' | 'keyUnreadable' }>,
): Promise<void> {
  const reason = outcome.outcome === 'keyUnreadable' ? outcome.reason : 'keys are elsewhere'
  services.log.error('key.unreadable', new Error(reason), { unit: unitId })
  const until = plus(services.clock.wall(), WAIT_MS)
  await runStep(services, postponeRelease, organisationId, { unitId, until })
}
