import pLimit from 'p-limit'
import { PgBoss } from 'pg-boss'
import { messageOf } from '../../errors.ts'
import type { Database } from './database.ts'
import type { Tx } from './transaction.ts'

/** The queues. A job holds opaque ids only. */
export type QueueName = 'occurrence' | 'release' | 'zoneData'
const QUEUES: readonly QueueName[] = ['occurrence', 'release', 'zoneData']

export type Job = { queue: QueueName; id: string; data: JobData }
export type JobData = { organisationId: string; id: string }

/**
 * Jobs that one worker takes; a full batch is followed by another at once. Occurrences that are due
 * at a time are mostly done together.
 */
const BATCH: Readonly<Record<QueueName, number>> = { occurrence: 250, release: 100, zoneData: 100 }
/**
 * Of each queue so many run at once: what takes long holds up only its own kind. Embedded, all
 * share one connection.
 */
const AT_ONCE = { postgres: 6, embedded: 4 } as const
/** A notification wakes a worker; this is the backstop for one that came while it was busy. */
const BACKSTOP_SECONDS = 2
/** A finished job is gone within the hour: even ids tell something. It is looked for as often. */
const DELETE_AFTER_SECONDS = 600
/** A job that has not ended by then is given to another worker; every job may run twice. */
const EXPIRE_SECONDS = 90
/** Rows are the truth and are claimed again by the clock, so a job need not live long. */
const RETENTION_SECONDS = 3_600
const RETRIES = { retryLimit: 5, retryDelay: 2, retryBackoff: true } as const

export type Queue = {
  start(): Promise<void>
  /**
   * Sends jobs in the caller's transaction: they exist if and only if it commits. A job id that
   * exists is left alone.
   */
  enqueue(tx: Tx, jobs: readonly Job[]): Promise<void>
  /**
   * `together` does what it can of a whole batch first and returns the ids that it did; null: each
   * is done alone.
   */
  work(
    queue: QueueName,
    handle: (data: JobData) => Promise<void>,
    together: ((batch: readonly JobData[]) => Promise<ReadonlySet<string>>) | null,
  ): Promise<void>
  /** Jobs that wait or run. */
  countUnfinished(): Promise<number>
  /** Lets running jobs finish, up to `graceMs`. */
  stop(graceMs: number): Promise<void>
}

/**
 * The queue's own connections. It hands what it does not know to its pool: a statement that a
 * server never answers ends, as those for rows do.
 */
const CONNECTIONS = { max: 4, keepAlive: true, query_timeout: 30_000 }

export function createQueue(database: Database, onError: (error: unknown) => void): Queue {
  const own = database.queueDatabase
  const boss = new PgBoss({
    ...('embedded' in own
      ? { db: own.embedded, backend: 'pglite' as const }
      : { connectionString: own.connectionString, ...CONNECTIONS }),
    schedule: false,
    maintenanceIntervalSeconds: DELETE_AFTER_SECONDS,
    useListenNotify: true,
    persistWarnings: false,
  })
  boss.on('error', onError)
  return {
    async start() {
      await boss.start()
      for (const name of QUEUES) {
        const options = {
          ...RETRIES,
          deleteAfterSeconds: DELETE_AFTER_SECONDS,
          retentionSeconds: RETENTION_SECONDS,
          expireInSeconds: EXPIRE_SECONDS,
          notify: true,
        }
        await boss.createQueue(name, options)
        await boss.updateQueue(name, options)
      }
    },
    async enqueue(tx, jobs) {
      for (const name of QUEUES) {
        const own = jobs.filter((job) => job.queue === name).map(({ id, data }) => ({ id, data }))
        if (own.length > 0) await boss.insert(name, own, { db: within(tx) })
      }
    },
    async work(name, handle, together) {
      const options = {
        batchSize: BATCH[name],
        burstWhenBatchFull: true,
        perJobResults: true,
        pollingIntervalSeconds: BACKSTOP_SECONDS,
        notifyPollingIntervalSeconds: BACKSTOP_SECONDS,
      } as const
      const atOnce = pLimit(AT_ONCE[database.kind])
      await boss.work<JobData, unknown, typeof options>(name, options, async (jobs) => {
        const done = (await together?.(jobs.map(({ data }) => data))) ?? new Set()
        const one = (job: { id: string; data: JobData }) =>
          outcomeOf(job.id, () => (done.has(job.data.id) ? Promise.resolve() : handle(job.data)))
        return await atOnce.map(jobs, one)
      })
    },
    async countUnfinished() {
      const rows = await database.db.sql.rows<{ count: number }>`
        select count(*)::int as count from pgboss.job where state in ('created', 'retry', 'active')`
      return rows[0]?.count ?? 0
    },
    async stop(graceMs) {
      await boss.stop({ graceful: true, timeout: graceMs, close: true })
    },
  }
}

/** The queue's statements, in a transaction of ours. */
const within = ({ sql }: Tx) => ({
  executeSql: async (text: string, values?: unknown[]) => ({
    rows: await sql.text(text, values ?? []),
  }),
})

/** How one job of a batch ended; a failed one is tried again without its neighbours. */
async function outcomeOf(
  id: string,
  work: () => Promise<void>,
): Promise<{ id: string; status: 'completed' } | { id: string; status: 'failed'; output: object }> {
  try {
    await work()
    return { id, status: 'completed' }
  } catch (error) {
    return { id, status: 'failed', output: { message: messageOf(error) } }
  }
}
