import { once } from 'node:events'
import net from 'node:net'
import pg from 'pg'
import { describe, expect, inject, it } from 'vitest'
import { openDatabase } from '../../../src/store/engine/database.ts'
import { atTheEnd } from '../../ends.ts'
import { freshDatabase } from '../../postgres.ts'

/** People at a time: more than the pool has connections, so that some wait for one. */
const AT_ONCE = 40
/** ReadyForQuery, outside of a transaction: the end of a query. */
const END_OF_QUERY = Buffer.from([0x5a, 0, 0, 0, 5, 0x49])

/** The last words of a server to a connection that it throws out. */
const farewell = (): Buffer => {
  const fields = 'SFATAL\0VFATAL\0C57P01\0Mterminating connection\0\0'
  const length = Buffer.alloc(4)
  length.writeInt32BE(4 + fields.length)
  return Buffer.concat([Buffer.from('E'), length, Buffer.from(fields)])
}

/** A way to a server on which, when told to, the end of each query and the farewell come at once. */
async function throwingOut(url: string) {
  const target = new URL(url)
  const { hostname, port } = target
  const thrown = { isOn: false, times: 0 }
  const clients = new Set<net.Socket>()
  const proxy = net.createServer((client) => {
    clients.add(client.once('close', () => clients.delete(client)))
    const upstream = net.connect(Number(port || 5432), hostname)
    client.pipe(upstream)
    for (const end of [client, upstream]) end.on('error', () => {})
    client.on('close', () => upstream.destroy())
    upstream.on('close', () => client.end())
    upstream.on('data', (data: Buffer) => {
      if (!thrown.isOn || !data.subarray(-END_OF_QUERY.length).equals(END_OF_QUERY))
        return void client.write(data)
      thrown.times += 1
      client.end(Buffer.concat([data, farewell()]))
    })
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  atTheEnd(async () => void proxy.close())
  target.port = String((proxy.address() as net.AddressInfo).port)
  /** Cuts every connection, and comes back when all are closed. */
  const cut = async () => {
    const closed = [...clients].map((client) => once(client, 'close'))
    for (const client of clients) client.destroy()
    await Promise.all(closed)
  }
  return { url: target.href, thrown, cut }
}

/** Collects errors that nobody hears: each would end a process. */
function listenForDeaths(): { unheard: unknown[]; stop(): void } {
  const unheard: unknown[] = []
  const listeners = process.listeners('uncaughtException')
  process.removeAllListeners('uncaughtException')
  process.on('uncaughtException', (error) => unheard.push(error))
  return {
    unheard,
    stop() {
      process.removeAllListeners('uncaughtException')
      for (const listener of listeners) process.on('uncaughtException', listener)
    },
  }
}

type Asker = { query(): Promise<unknown>; hold(): Promise<unknown> }

/** Half want a connection for longer: they get it from a query that has just ended. */
const askAll = async ({ query, hold }: Asker) =>
  await Promise.all(
    Array.from({ length: AT_ONCE }, (_, index) =>
      (index % 2 === 0 ? query() : hold()).then(
        () => 'done',
        () => 'failed',
      ),
    ),
  )

describe.runIf(inject('hasPostgres'))('a server that throws connections out under load', () => {
  it('ends no process: whoever waits gets an error, and the next one another connection', async () => {
    const server = await freshDatabase()
    const way = await throwingOut(server.url)
    const { db, transaction, close } = await openDatabase({ kind: 'postgres', url: way.url })
    const asker = {
      query: () => db.sql.rows`select 1`,
      hold: () => transaction((tx) => tx.sql.rows`select 1`),
    }
    const deaths = listenForDeaths()
    expect(new Set(await askAll(asker))).toEqual(new Set(['done']))
    way.thrown.isOn = true
    for (let round = 0; round < 10; round += 1) await askAll(asker)
    way.thrown.isOn = false
    expect(way.thrown.times).toBeGreaterThan(50)
    await expect.poll(async () => new Set(await askAll(asker))).toEqual(new Set(['done']))
    deaths.stop()
    expect(deaths.unheard).toEqual([])
    await close()
    await server.drop()
  })

  it('would end it with a bare pool (control)', async () => {
    const server = await freshDatabase()
    const way = await throwingOut(server.url)
    const pool = new pg.Pool({ connectionString: way.url, max: 3 })
    pool.on('error', () => {})
    const asker = {
      query: () => pool.query('select 1'),
      async hold() {
        const client = await pool.connect()
        client.setMaxListeners(0).on('error', () => {})
        await client.query('select 1').finally(() => client.release())
      },
    }
    const deaths = listenForDeaths()
    way.thrown.isOn = true
    // Not waited for: some never hear of it at all.
    void askAll(asker)
    await expect.poll(() => deaths.unheard.length).toBeGreaterThan(0)
    // Those that come later are heard too: the last connection is gone before nobody listens.
    await way.cut()
    await server.drop()
    await new Promise((resolve) => setImmediate(resolve))
    deaths.stop()
  })
})
