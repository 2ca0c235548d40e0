import { Duplex } from 'node:stream'
import type { PGlite } from '@electric-sql/pglite'
import pg from 'pg'
import { type NameOf, type Send, sendToServer } from './sql.ts'

/** The ways by which hand-written statements reach the embedded store. */
export type EmbeddedClient = {
  /** Sends a statement that stands by itself: it waits until no transaction is open. */
  alone: Send
  /** Sends one into the transaction that is open; its caller holds that. */
  inside: Send
  /** Holds the store for somebody who begins and ends a transaction by `inside`. */
  hold<T>(work: () => Promise<T>): Promise<T>
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
  await client.connect()
  // Plans are kept, and nothing here counts rows again: one that was made for an empty table must
  // not read it from end to end later. Our joins are written in a good order; looking for a better
  // one costs more than it finds.
  await client.query('set enable_seqscan = off; set join_collapse_limit = 2')
  const send = sendToServer(client, nameOf)
  // PGlite's own queries come in several messages, and none of ours may come between them.
  const inside: Send = (text, values) => pglite.runExclusive(() => send(text, values))
  const hold: EmbeddedClient['hold'] = (work) => pglite._runExclusiveTransaction(work)
  return { alone: (text, values) => hold(() => inside(text, values)), inside, hold }
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
    this.#pglite.execProtocolRaw(bytes, { syncToFs: false }).then((answer) => {
      this.push(Buffer.from(answer))
      done()
    }, done)
  }
}
