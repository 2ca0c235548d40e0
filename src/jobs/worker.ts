import { type Door, runStep } from '../commands/door.ts'
import { occur } from '../commands/occurrence.ts'
import type { Platform } from '../platform.ts'
import type { JobData, QueueName } from '../store/queue.ts'
import { deliver } from './deliver.ts'
import { makeRelease } from './release.ts'

/** Starts working off the queues. What a job throws is logged and the job is tried again. */
export async function startWorkers(door: Door, platforms: readonly Platform[]): Promise<void> {
  const handlers: Record<QueueName, (data: JobData) => Promise<unknown>> = {
    occurrence: ({ organisationId, id }) => runStep(door, occur, organisationId, { occurrenceId: id }),
    delivery: (data) => deliver(door, platforms, data),
    release: (data) => makeRelease(door, data),
  }
  for (const [queue, handle] of Object.entries(handlers) as [QueueName, (data: JobData) => Promise<unknown>][]) {
    await door.queue.work(queue, async (data) => {
      try {
        await handle(data)
      } catch (error) {
        door.log.error('job.failed', error, { queue, job: data.id })
        // What pg-boss keeps of a failed job is this message: no cause, no values.
        throw new Error(`${queue} failed`)
      }
    })
  }
}
