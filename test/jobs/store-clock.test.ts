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

  it('by a moment is told to nobody', async () => {
    const { app, lines } = await besides(1_000)
    expect(Math.abs(app.services.clock.now().getTime() - Date.now())).toBeLessThan(500)
    expect(lines.some(({ event }) => event === 'clock.off')).toBe(false)
  })

  it('and is set while the service runs, changes nothing of what is due', async () => {
    let off = 0
    const { app, lines } = await besides(() => off)
    off = 10 * MINUTE_MS
    expect(Math.abs(app.services.clock.now().getTime() - Date.now())).toBeLessThan(500)
    await app.tick()
    expect(Math.abs(app.services.clock.now().getTime() - Date.now())).toBeLessThan(500)
    expect(lines.find(({ event }) => event === 'clock.off')).toMatchObject({
      level: 'warn',
      seconds: 600,
    })
  })

  it.each([-1, 1])('by %i hours opens, closes and deletes nothing, and says so', async (hours) => {
    const { app, lines, world } = await besides(hours * 60 * MINUTE_MS)
    const { id: organisationId } = await world.db.organisation.findFirstOrThrow()
    const id = crypto.randomUUID()
    const row = { organisationId, id, kind: 'digest' as const, dueAt: new Date(0) }
    await world.db.occurrence.create({ data: row })
    await app.tick()
    expect((await world.db.occurrence.findFirstOrThrow({ where: { id } })).state).toBe('planned')
    expect(lines.find(({ event }) => event === 'clock.apart')).toMatchObject({ level: 'error' })
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
    return { app, lines, world }
  }
})

describe('a comparison of clocks', () => {
  it('that took long says nothing: it may be the way to the store', async () => {
    let steady = 0
    let takes = 10
    const clock = createStoreClock(
      () => Date.UTC(2026, 0, 1),
      () => steady,
    )
    const rows = async () => {
      steady += takes
      return [{ ms: Date.UTC(2026, 0, 1) - takes }]
    }
    const database = { db: { sql: { rows } } }
    const log = createLog(
      'silent',
      () => {},
      () => new Date(),
    )
    expect(clock.isTrusted()).toBe(false)
    await clock.compare({ database, log } as never)
    expect([clock.aheadMs(), clock.isTrusted()]).toEqual([5, true])
    takes = 1_500
    await clock.compare({ database, log } as never)
    expect(clock.aheadMs()).toBe(5)
  })
})

async function ready(port: number): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}/readyz`)
  return `${response.status} ${((await response.json()) as { status: string }).status}`
}
