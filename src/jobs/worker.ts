import { digestTogether } from '../commands/digest-due.ts'
import { remindTogether } from '../commands/reminder.ts'
import { runStep, type Services } from '../commands/services.ts'
import { handleDue } from '../door/due.ts'
import type { JobData, QueueName } from '../store/engine/queue.ts'
import { makeRelease } from './release.ts'
import { makeReleasesTogether } from './release-together.ts'
import type { ZoneData } from './zone-data.ts'

/** Starts working off the queues. A job's error is logged and the job is tried again. */
export async function startWorkers(
  services: Services,
  { zoneData }: { zoneData: ZoneData },
): Promise<void> {
  /** Errors of rows that could not be done together, nor by themselves: their jobs fail. */
  const stuck = new Map<string, unknown>()
  const handlers: Record<QueueName, (data: JobData) => Promise<unknown>> = {
    occurrence: ({ organisationId, id }) => {
      const error = stuck.get(id)
      stuck.delete(id)
      if (error !== undefined) throw error
      return runStep(services, handleDue, organisationId, { occurrenceId: id })
    },
    release: (data) => makeRelease(services, data),
    zoneData: (data) => zoneData.place(data),
  }
  /**
   * All at once; where that fails, by halves, so that one fault does not hold up its neighbours.
   */
  const allOr = async (
    act: typeof remindTogether,
    batch: readonly JobData[],
  ): Promise<ReadonlySet<string>> => {
    try {
      return await act(services, batch)
    } catch (error) {
      const [first, ...others] = batch
      if (first && others.length === 0) stuck.set(first.id, error)
      if (others.length === 0) return new Set()
      services.log.error('job.failed', error, { queue: 'occurrence', jobs: batch.length })
      const middle = Math.ceil(batch.length / 2)
      const halves = [batch.slice(0, middle), batch.slice(middle)]
      const done = new Set<string>()
      for (const half of halves) for (const id of await allOr(act, half)) done.add(id)
      return done
    }
  }
  const occurrences = async (batch: readonly JobData[]): Promise<ReadonlySet<string>> =>
    new Set([...(await allOr(remindTogether, batch)), ...(await allOr(digestTogether, batch))])
  const releases = async (batch: readonly JobData[]): Promise<ReadonlySet<string>> =>
    batch.length > 1
      ? await makeReleasesTogether(services, batch).catch((error: unknown) => {
          services.log.error('job.failed', error, { queue: 'release', jobs: batch.length })
          return new Set<string>()
        })
      : new Set()
  const together = { occurrence: occurrences, release: releases, zoneData: null } as const
  for (const [queue, handle] of Object.entries(handlers) as [
    QueueName,
    (data: JobData) => Promise<unknown>,
  ][]) {
    await services.queue.work(
      queue,
      async (data) => {
        try {
          await handle(data)
        } catch (error) {
          services.log.error('job.failed', error, { queue, job: data.id })
          services.onSign?.jobFailed(queue)
          // Of a failed job pg-boss keeps this message: no cause, no values.
          throw new Error(`${queue} failed`)
        }
      },
      together[queue],
    )
  }
}
