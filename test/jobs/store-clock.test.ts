import { describe, expect, it } from 'vitest'
import { startApp } from '../../src/app.ts'
import { createStoreClock } from '../../src/jobs/store-clock.ts'
import { createLog } from '../../src/log.ts'
import { atTheEnd } from '../ends.ts'
import { STORES, startWorld } from '../helpers.ts'

const MINUTE_MS = 60_000

describe.each(STORES)('a host whose clock is off (%s)', (store) => {
  it.each([-4, 4])('by %i minutes goes by the store’s, says so once, and is ready', async (off) => {
    const { app, lines } = await besides(off * MINUTE_MS)
    expect(Math.abs(app.services.clock.now().getTime() - Date.now())).toBeLessThan(1_500)
    // Signatures are judged by its own, and five minutes either way are taken.
    expect(app.services.clock.wall().getTime() - Date.now()).toBeCloseTo(off * MINUTE_MS, -4)
    await app.tick()
    const said = lines.filter(({ event }) => event === 'clock.off')
    expect(said.map(({ seconds }) => seconds)).toEqual([off * 60])
    expect(await ready(app.port)).toBe('200 ready')
  })

  it('by more than platforms take is not ready', async () => {
    const { app } = await besides(6 * MINUTE_MS)
    expect(await ready(app.port)).toBe('503 clock')
  })

  it('by a moment is left alone', async () => {
    const { app, lines } = await besides(1_000)
    expect(app.services.clock.now().getTime() - Date.now()).toBeGreaterThan(500)
    expect(lines.some(({ event }) => event === 'clock.off')).toBe(false)
  })

  it('by an hour, a while after the start, is found at the next tick', async () => {
    let off = 0
    const { app, lines } = await besides(() => off)
    off = 60 * MINUTE_MS
    expect(app.services.clock.now().getTime() - Date.now()).toBeGreaterThan(59 * MINUTE_MS)
    await app.tick()
    expect(Math.abs(app.services.clock.now().getTime() - Date.now())).toBeLessThan(1_500)
    expect(lines.find(({ event }) => event === 'clock.off')).toMatchObject({
      level: 'warn',
      seconds: 3_600,
    })
  })

  async function besides(off: number | (() => number)) {
    const world = await startWorld({ store })
    const { database } = world.app.services
    const lines: Record<string, unknown>[] = []
    const app = await startApp(world.config, {
      database: { ...database, close: async () => {} },
      log: createLog(
        'debug',
        (line) => lines.push(JSON.parse(line)),
        () => new Date(),
      ),
      wallMs: () => Date.now() + (typeof off === 'number' ? off : off()),
      isClockManual: true,
      isUnpaced: true,
      teamsAuthority: world.teams.authority,
    })
    atTheEnd(() => app.stop())
    return { app, lines }
  }
})

describe('a comparison of clocks', () => {
  it('that took long says nothing: it may be the way to the store', async () => {
    let wall = Date.UTC(2026, 0, 1)
    const clock = createStoreClock(() => wall)
    const rows = async () => {
      wall += 1_500
      return [{ ms: Date.UTC(2026, 0, 1, 1) }]
    }
    const database = { db: { sql: { rows } } }
    const log = createLog(
      'silent',
      () => {},
      () => new Date(),
    )
    await clock.compare({ database, log } as never)
    expect(clock.aheadMs()).toBe(0)
  })
})

async function ready(port: number): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}/readyz`)
  return `${response.status} ${((await response.json()) as { status: string }).status}`
}
