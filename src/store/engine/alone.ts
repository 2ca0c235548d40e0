import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'

/** A number of our own among the server's advisory locks. */
const LOCK = 7_071_326
const LOOK_EVERY_MS = 250
/** So often the connection that holds the lock says that it is there: nothing ends it as idle. */
const ALIVE_EVERY_MS = 15_000

/**
 * Runs work that one process of a database may do at a time. The others ask again and again:
 * somebody who waits inside a statement would hold up an index that is built beside the service,
 * and it them. The lock ends with the connection; lost meanwhile, this throws, and what the work
 * has not done is somebody else's to do.
 */
export const aloneOnServer =
  (connectionString: string) =>
  async <T>(work: () => Promise<T>): Promise<T> => {
    const client = new pg.Client({ connectionString, keepAlive: true })
    const lost = Promise.withResolvers<never>()
    lost.promise.catch(() => {})
    client.on('error', lost.reject)
    await client.connect()
    try {
      for (;;) {
        const { rows } = await client.query<{ isOurs: boolean }>(
          'select pg_try_advisory_lock($1) as "isOurs"',
          [LOCK],
        )
        if (rows[0]?.isOurs) break
        await wait(LOOK_EVERY_MS)
      }
      const alive = setInterval(
        () => void client.query('select 1').catch(lost.reject),
        ALIVE_EVERY_MS,
      )
      return await Promise.race([work(), lost.promise]).finally(() => clearInterval(alive))
    } finally {
      await client.end().catch(() => {})
    }
  }
