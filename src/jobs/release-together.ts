import pLimit from 'p-limit'
import { MOST_UNITS, type OpenOutcome, openUnits } from '../ballot/make.ts'
import { beginRelease, finishRelease, recordOutcome } from '../commands/release.ts'
import { runStep, type Services } from '../commands/services.ts'
import { scrubBallots } from '../store/ballot.ts'
import type { JobData } from '../store/engine/queue.ts'

/** Steps that go to the store at a time, so that requests always find a connection. */
const STEPS_AT_ONCE = 4
/** Processes that open ballots at a time: each keeps a core busy. */
const PROCESSES = 2

/**
 * Makes the releases of many units that closed at one minute: the same steps in the same order for
 * each, with several in one child process, and their rows cleaned from the files together. Returns
 * the ids of those that are finished. A unit with anything unusual stays as it is, for
 * `makeRelease`, which decides it alone.
 */
export async function makeReleasesTogether(
  services: Services,
  jobs: readonly JobData[],
): Promise<ReadonlySet<string>> {
  const steps = pLimit(STEPS_AT_ONCE)
  const failed = (jobs: number) => (error: unknown) => {
    services.log.error('job.failed', error, { queue: 'release', jobs })
    return []
  }
  /** Does a step for each; those that fail are told of, and left out. */
  const each = async <T, R>(all: readonly T[], work: (one: T) => Promise<R>): Promise<R[]> => {
    const one = (item: T) => steps(() => work(item)).then((result) => [result], failed(1))
    return (await Promise.all(all.map(one))).flat()
  }
  const begun = await each(jobs, async (job) => ({
    job,
    next: await runStep(services, beginRelease, job.organisationId, { unitId: job.id }),
  }))
  const opening = begun.flatMap(({ job, next }) =>
    next.work === 'open' ? [{ job, request: next.request }] : [],
  )
  const recorded = await each(await openAll(opening, failed), async ({ job, outcome }) => {
    await runStep(services, recordOutcome, job.organisationId, { unitId: job.id, outcome })
    return job
  })
  const cleaning = [
    ...recorded,
    ...begun.flatMap((one) => (one.next.work === 'clean' ? [one.job] : [])),
  ]
  const destroyed = await each(cleaning, async (job) => {
    await services.ballotKeys.keyStore.destroy(job.id)
    return job
  })
  if (destroyed.length > 0) await scrubBallots(services.database)
  const finished = await each(destroyed, async (job) => {
    await runStep(services, finishRelease, job.organisationId, { unitId: job.id })
    return job.id
  })
  const idle = begun.flatMap(({ job, next }) => (next.work === 'nothing' ? [job.id] : []))
  return new Set([...finished, ...idle])
}

type Opening = { job: JobData; request: Parameters<typeof openUnits>[0][number] }
type Opened = { job: JobData; outcome: Extract<OpenOutcome, { outcome: 'counted' }> }

/** Those that could be counted. A process that fails opens none of its units. */
async function openAll(
  opening: readonly Opening[],
  failed: (jobs: number) => (error: unknown) => never[],
): Promise<Opened[]> {
  const processes = pLimit(PROCESSES)
  const chunks = Array.from({ length: Math.ceil(opening.length / MOST_UNITS) }, (_, index) =>
    opening.slice(index * MOST_UNITS, (index + 1) * MOST_UNITS),
  )
  const opened = chunks.map(async (chunk) => {
    const requests = chunk.map(({ request }) => request)
    const outcomes = await processes(() => openUnits(requests)).catch(failed(chunk.length))
    return chunk.flatMap(({ job }, index) => {
      const outcome = outcomes[index]
      return outcome?.outcome === 'counted' ? [{ job, outcome }] : []
    })
  })
  return (await Promise.all(opened)).flat()
}
