import { randomUUID } from 'node:crypto'
import net from 'node:net'
import pg from 'pg'
import { describe, expect, inject, it } from 'vitest'
import { startApp } from '../../../src/app.ts'
import { lastSeen } from '../../../src/simulator/workspace.ts'
import { openDatabase } from '../../../src/store/engine/database.ts'
import { createQueue } from '../../../src/store/engine/queue.ts'
import { atTheEnd } from '../../ends.ts'
import { setUpGroup, startWorld } from '../../helpers.ts'
import { freshDatabase } from '../../postgres.ts'

/** A way to a server that can be stopped: connections stay, and nothing comes through. */
async function proxyTo(target: URL) {
  const pairs = new Set<[net.Socket, net.Socket]>()
  let isFrozen = false
  const server = net.createServer((near) => {
    const far = net.connect(Number(target.port || 5432), target.hostname)
    const pair: [net.Socket, net.Socket] = [near, far]
    pairs.add(pair)
    for (const socket of pair) {
      socket.on('error', () => {})
      if (isFrozen) socket.pause()
    }
    near.on('data', (data) => far.write(data)).on('close', () => far.destroy())
    far.on('data', (data) => near.write(data)).on('close', () => near.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  atTheEnd(async () => {
    server.close()
    for (const [near, far] of pairs) for (const one of [near, far]) one.destroy()
  })
  const url = new URL(target)
  url.hostname = '127.0.0.1'
  url.port = String((server.address() as net.AddressInfo).port)
  return {
    url: url.href,
    freeze(frozen: boolean) {
      isFrozen = frozen
      for (const pair of pairs) for (const socket of pair) frozen ? socket.pause() : socket.resume()
    },
  }
}

describe.runIf(inject('hasPostgres'))('a server that hangs', () => {
  it('holds nobody’s request: they are told that it took too long, and it goes on by itself', async () => {
    const world = await startWorld({ store: 'postgres' })
    await setUpGroup(world)
    const proxy = await proxyTo(new URL(world.databaseUrl ?? ''))
    const { config, clock } = world
    const app = await startApp(
      { ...config, store: { ...config.store, url: proxy.url } },
      { clock, isClockManual: true, isUnpaced: true, teamsAuthority: world.teams.authority },
    )
    atTheEnd(() => app.stop())
    const url = `http://127.0.0.1:${app.port}`
    world.slack.connectTo(url)
    const ready = async () => {
      const response = await fetch(`${url}/readyz`)
      return `${response.status} ${((await response.json()) as { status: string }).status}`
    }
    expect(await ready()).toBe('200 ready')
    proxy.freeze(true)
    const begun = performance.now()
    const [answers] = await Promise.all([
      Promise.all([
        world.slack.type('UMEMBER1', 'next'),
        world.slack.type('UFACILITATOR', 'summary'),
      ]),
      expect.poll(ready, { timeout: 10_000 }).toBe('503 store'),
    ])
    expect(answers.map(({ status }) => status)).toEqual([200, 200])
    await expect
      .poll(() => lastSeen(world.slack.journal, 'UMEMBER1', 'problem').text, { timeout: 15_000 })
      .toContain('took too long')
    expect(performance.now() - begun).toBeLessThan(20_000)
    proxy.freeze(false)
    await expect.poll(ready, { timeout: 40_000 }).toBe('200 ready')
    await world.slack.type('UMEMBER1', 'next')
    expect(lastSeen(world.slack.journal, 'UMEMBER1', 'next').text).toContain('Tuesday')
  })

  it('holds no question to the queue for ever', async () => {
    const fresh = await freshDatabase(inject('postgresTemplate'))
    atTheEnd(fresh.drop)
    const proxy = await proxyTo(new URL(fresh.url))
    const database = await openDatabase({ kind: 'postgres', url: proxy.url })
    atTheEnd(() => database.close())
    const queue = createQueue(database, () => {})
    await queue.start()
    atTheEnd(() => queue.stop(1_000))
    expect(await queue.countUnfinished()).toBe(0)
    proxy.freeze(true)
    await expect(queue.countUnfinished()).rejects.toThrow('timeout')
    proxy.freeze(false)
    await expect.poll(() => queue.countUnfinished(), { timeout: 20_000 }).toBe(0)
  })

  it('leaves no connection in the middle of a transaction, however long it hung', async () => {
    const fresh = await freshDatabase(inject('postgresTemplate'))
    atTheEnd(fresh.drop)
    const proxy = await proxyTo(new URL(fresh.url))
    const { db, transaction, close } = await openDatabase({ kind: 'postgres', url: proxy.url })
    atTheEnd(close)
    const organisation = { id: randomUUID(), name: 'One', country: 'DE', createdAt: new Date(0) }
    const hung = transaction(async (tx) => {
      await tx.prisma.organisation.create({ data: organisation })
      proxy.freeze(true)
      await tx.prisma.organisation.count()
    })
    await expect(hung).rejects.toThrow()
    proxy.freeze(false)
    // The half is gone, and the next stands by itself.
    const next = { ...organisation, id: randomUUID() }
    for (let times = 0; times < 12; times += 1) await db.sql.rows`select 1`
    await db.prisma.organisation.create({ data: next })
    const admin = new pg.Client({ connectionString: fresh.url })
    await admin.connect()
    const { rows } = await admin.query<{ id: string }>('select "id" from "Organisation"')
    const { rows: open } = await admin.query(
      `select 1 from pg_stat_activity where datname = current_database()
         and pid <> pg_backend_pid() and state like 'idle in transaction%'`,
    )
    await admin.end()
    expect(rows.map(({ id }) => id)).toEqual([next.id])
    expect(open).toEqual([])
  })
})
