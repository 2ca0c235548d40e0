import { openUnit } from '../ballot/make.ts'
import { beginRelease, finishRelease, recordOutcome } from '../commands/release.ts'
import { runStep, type Services } from '../commands/services.ts'
import { scrubBallots } from '../store/ballot.ts'
import type { JobData } from '../store/engine/queue.ts'

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
    const outcome = await openUnit(next.request)
    after('opened')
    const { isRecorded } = await runStep(services, recordOutcome, organisationId, {
      unitId,
      outcome,
    })
    after('recorded')
    if (isRecorded && outcome.outcome !== 'counted')
      services.log.warn('release.lost', { unit: unitId, reason: outcome.outcome })
  }
  services.ballotKeys.keyStore.destroy(unitId)
  after('destroyed')
  await scrubBallots(services.database)
  after('scrubbed')
  await runStep(services, finishRelease, organisationId, { unitId })
  after('finished')
}
