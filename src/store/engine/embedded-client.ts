import { Duplex } from 'node:stream'
import type { PGlite } from '@electric-sql/pglite'
import pg from 'pg'
import { BusyError } from '../../errors.ts'
import { type NameOf, type Send, sendToServer } from './sql.ts'

/** The ways by which hand-written statements reach the embedded store. */
export type EmbeddedClient = {
  /** Sends a statement that stands by itself: it waits until no transaction is open. */
  alone: Send
  /**
   * Sends into a transaction that somebody else began. Refused once that is over: a statement that
   * came behind its end would stand by itself, or in the next one's work.
   */
  within(isOpen: () => boolean): Send
  /** A transaction of such statements alone. */
  transaction<T>(work: (send: Send) => Promise<T>): Promise<T>
}

/**
 * The driver that speaks to a server, over PGlite in its place: a statement is one message and not
 * five, and its plan is kept under its name. PGlite's own `query` takes three to eight times as
 * long.
 */
export async function connectEmbedded(pglite: PGlite, nameOf: NameOf): Promise<EmbeddedClient> {
  const client = new pg.Client({
    stream: () => new PgliteStream(pglite),
    user: 'postgres',
    database: 'postgres',
    ssl: false,
  })
  // Each statement's own promise tells of it; an error that nobody hears would end the process.
  client.on('error', () => {})
  await client.connect()
  // Plans are kept, and nothing here counts rows again: one that was made for an empty table must
  // not read it from end to end later. Our joins are written in a good order; looking for a better
  // one costs more than it finds.
  await client.query('set enable_seqscan = off; set join_collapse_limit = 2')
  const send = sendToServer(client, nameOf)
  // PGlite's own queries come in several messages, and none of ours may come between them. A store
  // that is closed refuses, as they do.
  const exclusively = <T>(act: () => Promise<T>): Promise<T> =>
    pglite.runExclusive(async () => {
      await pglite._checkReady()
      return await act()
    })
  const within: EmbeddedClient['within'] = (isOpen) => (text, values) =>
    exclusively(async () => {
      if (!isOpen() || !pglite.isInTransaction()) throw new BusyError('the transaction is over')
      return await send(text, values)
    })
  const end = (how: 'commit' | 'rollback') => exclusively(() => client.query(how))
  return {
    alone: (text, values) =>
      pglite._runExclusiveTransaction(() => exclusively(() => send(text, values))),
    within,
    transaction: (work) =>
      pglite._runExclusiveTransaction(async () => {
        await exclusively(() => client.query('begin'))
        let isOpen = true
        try {
          const result = await work(within(() => isOpen))
          isOpen = false
          const { command } = await end('commit')
          // A transaction in which a statement failed is rolled back by a commit, without an error.
          if (command !== 'COMMIT') throw new Error('the transaction had failed')
          return result
        } catch (error) {
          isOpen = false
          // One that cannot be ended would take in what others write next.
          await end('rollback').catch(() => void pglite.close().catch(() => {}))
          throw error
        }
      }),
  }
}

/** A connection whose other end is PGlite: each write is answered at once. */
class PgliteStream extends Duplex {
  readonly #pglite: PGlite
  constructor(pglite: PGlite) {
    super()
    this.#pglite = pglite
  }
  connect(): this {
    process.nextTick(() => this.emit('connect'))
    return this
  }
  // A socket has these; here there is nothing to set.
  setNoDelay = (): this => this
  setKeepAlive = (): this => this
  ref = (): this => this
  unref = (): this => this
  override _read(): void {}
  override _write(chunk: Buffer, _: string, done: (error?: Error | null) => void): void {
    this.#answer(chunk, done)
  }
  override _writev(chunks: { chunk: Buffer }[], done: (error?: Error | null) => void): void {
    this.#answer(Buffer.concat(chunks.map(({ chunk }) => chunk)), done)
  }
  #answer(bytes: Buffer, done: (error?: Error | null) => void): void {
    // The file system writes through by itself (durable-fs.ts).
    this.#pglite.execProtocol(bytes, { syncToFs: false, throwOnError: false }).then(({ data }) => {
      this.push(Buffer.from(data))
      done()
    }, done)
  }
}
