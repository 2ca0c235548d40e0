import type { PGliteInterface, Transaction } from '@electric-sql/pglite'
import type { Pool, PoolClient } from 'pg'
import { BusyError } from '../../errors.ts'
import { Prisma } from '../generated/client.ts'

/** Statements written by hand, past the client: it costs several times what they do. The client, or a transaction of it, fits too. */
export type Raw = {
  $queryRaw<T>(query: TemplateStringsArray, ...values: unknown[]): Promise<T>
  $executeRaw(query: TemplateStringsArray, ...values: unknown[]): Promise<number>
}

/** How long to wait for a connection, and then for the work. */
type Limits = { maxWait: number; timeout: number }

/**
 * Runs work in a transaction of the driver itself. The client's own costs several times the statements in it, which only shows
 * where a whole group presses one button within a few minutes: answering (docs/decisions/0021). Throws BusyError past the limits; then
 * nothing was written.
 */
export type RawTransaction = <T>(work: (tx: Raw) => Promise<T>, limits: Limits) => Promise<T>

type Query = (text: string, values: unknown[]) => Promise<{ rows: unknown[]; count: number }>

function toRaw(query: Query): Raw {
  const ask = (parts: TemplateStringsArray, values: unknown[]) => {
    const { text, values: flat } = Prisma.sql(parts, ...values)
    return query(text, flat)
  }
  return {
    $queryRaw: async <T>(parts: TemplateStringsArray, ...values: unknown[]) => (await ask(parts, values)).rows as T,
    $executeRaw: async (parts, ...values) => (await ask(parts, values)).count,
  }
}

/** Single statements on a server, outside any transaction. */
export function askServer(pool: Pool, nameOf: (query: { sql: string }) => string): Raw {
  return toRaw(async (text, values) => {
    const { rows, rowCount } = await pool.query({ name: nameOf({ sql: text }), text, values })
    return { rows, count: rowCount ?? 0 }
  })
}

/** The same on the embedded store. */
export function askEmbedded(pglite: PGliteInterface): Raw {
  return toRaw(async (text, values) => {
    const { rows, affectedRows } = await pglite.query(text, values)
    return { rows, count: affectedRows ?? 0 }
  })
}

/** On a server. `nameOf` gives a statement the name under which the server keeps it planned. */
export function rawOnServer(pool: Pool, nameOf: (query: { sql: string }) => string): RawTransaction {
  return async (work, limits) => {
    const client = await connectWithin(pool, limits.maxWait)
    let isBroken = false
    // The statement that meets it throws; without a listener the event itself would end the process.
    const onError = () => {
      isBroken = true
    }
    client.on('error', onError)
    try {
      await client.query('begin')
      const query: Query = async (text, values) => {
        const { rows, rowCount } = await client.query({ name: nameOf({ sql: text }), text, values })
        return { rows, count: rowCount ?? 0 }
      }
      const result = await inTime(() => work(toRaw(query)), limits.timeout)
      await client.query('commit')
      return result
    } catch (error) {
      // A connection that does not even roll back is thrown away, and with it whatever it had begun.
      await client.query('rollback').catch(() => {
        isBroken = true
      })
      throw error
    } finally {
      client.off('error', onError)
      client.release(isBroken)
    }
  }
}

/** On the embedded store, which has one connection: waiting is for whoever holds it. */
export function rawEmbedded(pglite: PGliteInterface): RawTransaction {
  return async (work, limits) => {
    const askedAt = performance.now()
    return await pglite.transaction(async (tx: Transaction) => {
      if (performance.now() - askedAt > limits.maxWait) throw new BusyError('no connection in time')
      const query: Query = async (text, values) => {
        const { rows, affectedRows } = await tx.query(text, values)
        return { rows, count: affectedRows ?? 0 }
      }
      return await inTime(() => work(toRaw(query)), limits.timeout)
    })
  }
}

/** The result, unless it took longer than it may: then it is not committed. */
async function inTime<T>(work: () => Promise<T>, ms: number): Promise<T> {
  const startedAt = performance.now()
  const result = await work()
  if (performance.now() - startedAt > ms) throw new BusyError('not done in time')
  return result
}

async function connectWithin(pool: Pool, ms: number): Promise<PoolClient> {
  const connecting = pool.connect()
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new BusyError('no connection in time')), ms)
  })
  try {
    return await Promise.race([connecting, late])
  } catch (error) {
    // It may come yet: back to the others with it. A connection that failed has said so already.
    connecting.then((client) => client.release()).catch(() => {})
    throw error
  } finally {
    clearTimeout(timer)
  }
}
