import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { CLOSES, moveTo, SESSION, STORES, setUpGroup, startWorld, type World } from '../helpers.ts'

const HOUR_MS = 3_600_000

/** The value of a metric; null: it has none. `labels` as Prometheus writes them. */
async function read({ app }: World, name: string, labels = ''): Promise<number | null> {
  const response = await fetch(`http://127.0.0.1:${app.port}/metrics`)
  expect(response.status).toBe(200)
  const line = (await response.text())
    .split('\n')
    .find((one) => one.startsWith(`${name}${labels} `))
  return line === undefined ? null : Number(line.split(' ').at(-1))
}

describe.each(STORES)('signals on %s', (store) => {
  it('are quiet while all is well, and tell that the store is there', async () => {
    const world = await startWorld({ store })
    await setUpGroup(world)
    for (const name of [
      'groupwell_overdue_seconds',
      'groupwell_deliveries_pending',
      'groupwell_deliveries_retrying',
      'groupwell_delivery_wait_seconds',
      'groupwell_units_making',
      'groupwell_units_making_seconds',
      'groupwell_units_waiting_for_key',
      'groupwell_units_lost',
    ])
      expect(await read(world, name), name).toBe(0)
    expect(await read(world, 'groupwell_store_up')).toBe(1)
    expect(await read(world, 'groupwell_connections_troubled', '{platform="slack"}')).toBe(0)
    expect(Math.abs((await read(world, 'groupwell_clock_offset_seconds')) ?? 99)).toBeLessThan(5)
    expect(await read(world, 'groupwell_tick_age_seconds')).toBeLessThan(60)
    expect(await read(world, 'groupwell_key_room_bytes')).toBeGreaterThan(0)
    expect(await read(world, 'process_resident_memory_bytes')).toBeGreaterThan(1e6)
    const sent = '{platform="slack",outcome="sent",reason=""}'
    expect(await read(world, 'groupwell_deliveries_total', sent)).toBeGreaterThan(7)
  })

  it('tell how late a reminder is, and a message that no platform takes', async () => {
    const world = await startWorld({ store })
    await setUpGroup(world)
    world.clock.set(new Date(SESSION.startsAt.getTime() - 21 * HOUR_MS))
    expect(await read(world, 'groupwell_overdue_seconds')).toBe(3 * 3_600)
    await world.app.drain()
    expect(await read(world, 'groupwell_overdue_seconds')).toBe(0)
    const revoked = { method: 'chat.postMessage', status: 200, error: 'token_revoked' }
    for (let times = 0; times < 20; times += 1) world.slack.failNext(revoked)
    await moveTo(world, new Date(SESSION.startsAt.getTime() - HOUR_MS))
    expect(await read(world, 'groupwell_connections_troubled', '{platform="slack"}')).toBe(1)
    const refused = '{platform="slack",outcome="noWorkspace",reason="tokenRefused"}'
    expect(await read(world, 'groupwell_deliveries_total', refused)).toBeGreaterThan(0)
    world.clock.set(new Date(SESSION.startsAt.getTime() - HOUR_MS / 2))
    expect(await read(world, 'groupwell_delivery_wait_seconds')).toBe(1_800)
  })

  it('tell of results that wait for a key, and of those that are lost', async () => {
    const world = await startWorld({ store })
    await setUpGroup(world)
    await moveTo(world, SESSION.endsAt)
    const { id } = await world.db.releaseUnit.findFirstOrThrow()
    const file = path.join(world.keyDir, `${id}.key`)
    fs.rmSync(file)
    fs.mkdirSync(file)
    await moveTo(world, CLOSES)
    world.clock.set(new Date(CLOSES.getTime() + HOUR_MS))
    expect(await read(world, 'groupwell_units_making')).toBe(1)
    expect(await read(world, 'groupwell_units_waiting_for_key')).toBe(1)
    expect(await read(world, 'groupwell_units_making_seconds')).toBe(3_600)
    await world.db.releaseUnit.updateMany({ data: { state: 'lost', waitsUntil: null } })
    expect(await read(world, 'groupwell_units_lost')).toBe(1)
    expect(await read(world, 'groupwell_units_making')).toBe(0)
  })

  // The embedded store is this process's own: it is not away.
  it.runIf(store === 'postgres')('tell that the store is away, and go on answering', async () => {
    const world = await startWorld({ store })
    await setUpGroup(world)
    expect(await read(world, 'groupwell_store_up')).toBe(1)
    await world.app.services.database.close()
    expect(await read(world, 'groupwell_store_up')).toBe(0)
    expect(await read(world, 'process_resident_memory_bytes')).toBeGreaterThan(1e6)
  })
})

describe('signals', () => {
  it('tell how long the clock has not looked, that a job failed, and that keys have no place', async () => {
    const world = await startWorld()
    await setUpGroup(world)
    const { services } = world.app
    const wall = services.clock.wall
    services.clock.wall = () => new Date(wall().getTime() + 600_000)
    expect(await read(world, 'groupwell_tick_age_seconds')).toBeGreaterThan(590)
    expect(await read(world, 'groupwell_clock_offset_seconds')).toBeGreaterThan(590)
    await world.app.tick()
    expect(await read(world, 'groupwell_tick_age_seconds')).toBeLessThan(60)
    services.onSign?.jobFailed('release')
    expect(await read(world, 'groupwell_job_failures_total', '{queue="release"}')).toBe(1)
    fs.rmSync(world.keyDir, { recursive: true })
    expect(await read(world, 'groupwell_key_room_bytes')).toBeNaN()
  })

  it.each(['docs/alerts.yml', 'docs/dashboard.json'])(
    'are in %s by names that there are, all but a few',
    async (file) => {
      const world = await startWorld()
      const written = fs.readFileSync(path.resolve(file), 'utf8')
      const named = new Set(
        written.match(/groupwell_[a-z_]+/g)?.map((one) => one.replace(/_bucket$/, '')),
      )
      const text = await (await fetch(`http://127.0.0.1:${world.app.port}/metrics`)).text()
      expect(named.size).toBeGreaterThan(12)
      for (const name of named) expect(text, name).toContain(`# TYPE ${name} `)
    },
  )

  it('are all on the dashboard', async () => {
    const world = await startWorld()
    const text = await (await fetch(`http://127.0.0.1:${world.app.port}/metrics`)).text()
    const board = fs.readFileSync(path.resolve('docs/dashboard.json'), 'utf8')
    const all = [...text.matchAll(/^# TYPE (groupwell_\w+) /gm)].map(([, name = '']) => name)
    expect(all.length).toBeGreaterThan(15)
    expect(all.filter((name) => !board.includes(name))).toEqual([])
  })
})
