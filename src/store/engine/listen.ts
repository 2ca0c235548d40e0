import type { PGliteInterface } from '@electric-sql/pglite'
import pg from 'pg'

/** Hears what is said on a channel of the store (LISTEN), until the function it gives is called. */
export type Listen = (channel: string, hear: (said: string) => void) => Promise<() => Promise<void>>

/** A connection that broke is made again after so long. */
const AGAIN_MS = 1_000
/** A server that went away without a word is noticed within two of these. */
const LOOK_EVERY_MS = 30_000
const ANSWER_WITHIN_MS = 10_000

/**
 * On a server over a connection of its own, made again whenever it breaks. A word that was said
 * meanwhile is not heard: whoever listens has another way besides.
 */
export function listenOnServer(url: string): Listen {
  return async (channel, hear) => {
    let isOver = false
    let client: pg.Client | null = null
    let timer: NodeJS.Timeout | null = null
    const later = (work: () => Promise<void>, ms: number) => {
      if (timer) clearTimeout(timer)
      timer = isOver ? null : setTimeout(() => void work().catch(broken), ms).unref()
    }
    const broken = () => {
      const gone = client
      client = null
      void gone?.end().catch(() => {})
      later(connect, AGAIN_MS)
    }
    const look = async () => {
      await client?.query('select 1')
      later(look, LOOK_EVERY_MS)
    }
    async function connect(): Promise<void> {
      const fresh = new pg.Client({
        connectionString: url,
        connectionTimeoutMillis: ANSWER_WITHIN_MS,
        query_timeout: ANSWER_WITHIN_MS,
      })
      fresh.on('error', () => {
        if (client === fresh) broken()
      })
      fresh.on('notification', ({ payload }) => hear(payload ?? ''))
      client = fresh
      await fresh.connect()
      await fresh.query(`listen ${pg.escapeIdentifier(channel)}`)
      if (isOver) return void (await fresh.end())
      later(look, LOOK_EVERY_MS)
    }
    await connect()
    return async () => {
      isOver = true
      if (timer) clearTimeout(timer)
      const last = client
      client = null
      await last?.end().catch(() => {})
    }
  }
}

/** The same on the embedded store. */
export const listenEmbedded =
  (pglite: PGliteInterface): Listen =>
  async (channel, hear) => {
    const stop = await pglite.listen(channel, hear)
    return async () => await stop()
  }
