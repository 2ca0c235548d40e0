import type { Pool, PoolClient } from 'pg'
import { BusyError } from '../../errors.ts'
import type { EmbeddedClient } from './embedded-client.ts'
import { createSql, type NameOf, type Send, sendToServer } from './sql.ts'
import { type RunSqlTransaction, type SqlTx, TRANSACTION } from './transaction.ts'

const toTx = (send: Send): SqlTx => ({ sql: createSql(send), [TRANSACTION]: true })

/**
 * Transactions of the driver itself, on a server. The client's own cost several times the
 * statements in them, which only shows where a whole group presses one button within a few minutes:
 * answering (docs/decisions/0021).
 */
export function sqlTransactionsOnServer(pool: Pool, nameOf: NameOf): RunSqlTransaction {
  return async (work, limits) => {
    const connection = await connectWithin(pool, limits.maxWait)
    let isBroken = false
    // The statement that meets it throws; without a listener the event itself would end the
    // process.
    const onError = () => {
      isBroken = true
    }
    connection.on('error', onError)
    try {
      await connection.query('begin')
      const result = await inTime(
        () => work(toTx(sendToServer(connection, nameOf))),
        limits.timeout,
      )
      await connection.query('commit')
      return result
    } catch (error) {
      // A connection that does not even roll back is thrown away, and with it whatever it had
      // begun.
      await connection.query('rollback').catch(() => {
        isBroken = true
      })
      throw error
    } finally {
      connection.off('error', onError)
      connection.release(isBroken)
    }
  }
}

/** The same on the embedded store, which has one connection: waiting is for whoever holds it. */
export function sqlTransactionsEmbedded({ transaction }: EmbeddedClient): RunSqlTransaction {
  return async (work, limits) => {
    const askedAt = performance.now()
    return await transaction(async (send) => {
      if (performance.now() - askedAt > limits.maxWait) throw new BusyError('no connection in time')
      return await inTime(() => work(toTx(send)), limits.timeout)
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
    connecting.then((connection) => connection.release()).catch(() => {})
    throw error
  } finally {
    clearTimeout(timer)
  }
}
