import { openUnit } from '../ballot/make.ts'
import { beginRelease, finishRelease, recordOutcome } from '../commands/release.ts'
import { type Door, runStep } from '../commands/services.ts'
import { scrubBallots } from '../store/ballot.ts'
import type { JobData } from '../store/engine/queue.ts'

/** Called after each step with its name; the crash tests end the process there. */
export type AfterStep = (step: 'begun' | 'opened' | 'recorded' | 'destroyed' | 'scrubbed' | 'finished') => void

/**
 * Makes a unit's release: open in a child process, publish and delete the ballots, destroy the key, clean the files. Every
 * step may be repeated, so whatever a crash left is finished by running it again.
 */
export async function makeRelease(
  door: Door,
  { organisationId, id: unitId }: JobData,
  after: AfterStep = () => {},
): Promise<void> {
  const next = await runStep(door, beginRelease, organisationId, { unitId })
  after('begun')
  if (next.work === 'nothing') return
  if (next.work === 'open') {
    const outcome = await openUnit(next.request)
    after('opened')
    const { isRecorded } = await runStep(door, recordOutcome, organisationId, { unitId, outcome })
    after('recorded')
    if (isRecorded && outcome.outcome !== 'counted')
      door.log.warn('release.lost', { unit: unitId, reason: outcome.outcome })
  }
  door.vault.keyStore.destroy(unitId)
  after('destroyed')
  await scrubBallots(door.database)
  after('scrubbed')
  await runStep(door, finishRelease, organisationId, { unitId })
  after('finished')
}
