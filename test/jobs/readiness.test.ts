import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { startApp } from '../../src/app.ts'
import { createReadiness } from '../../src/jobs/readiness.ts'
import { probeStore } from '../../src/store/probe.ts'
import { atTheEnd, once } from '../ends.ts'
import { STORES, startWorld, type World } from '../helpers.ts'

async function ready(port: number): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}/readyz`)
  const { status, trouble = '' } = (await response.json()) as { status: string; trouble?: string }
  return `${response.status} ${status} ${trouble}`.trim()
}

describe.each(STORES)('readiness (%s)', (store) => {
  it('tells a key directory that is gone, shuts no door for it, and when it is back', async () => {
    const world = await startWorld({ store })
    expect(await ready(world.app.port)).toBe('200 ready')
    const aside = `${world.keyDir}-aside`
    fs.renameSync(world.keyDir, aside)
    await expect.poll(() => ready(world.app.port), { timeout: 5_000 }).toBe('200 ready keys')
    fs.renameSync(aside, world.keyDir)
    await expect.poll(() => ready(world.app.port), { timeout: 5_000 }).toBe('200 ready')
  })

  it('tells one of another store in its place', async () => {
    const world = await startWorld({ store })
    fs.writeFileSync(path.join(world.keyDir, 'keys.id'), `${crypto.randomUUID()}\n`)
    await expect.poll(() => ready(world.app.port), { timeout: 5_000 }).toBe('200 ready keys')
  })

  it('is told to be over before the port closes, where somebody may look', async () => {
    const world = await startWorld({ store })
    const app = await beside(world, { isProduction: true })
    const stopping = app.stop()
    expect(await ready(app.port)).toBe('503 stopping')
    await stopping
    await expect(ready(app.port)).rejects.toThrow()
  })

  it('tells no room for keys, and a clock that has not looked for minutes', async () => {
    const world = await startWorld({ store })
    const state = { aheadMs: 0, tickAgeMs: 0 }
    const look = async (room: number, tickAgeMs: number) =>
      await createReadiness(
        world.app.services,
        () => ({ ...state, tickAgeMs }),
        async () => room,
      )()
    expect(await look(1e9, 30_000)).toEqual({ notReady: null, trouble: null })
    expect(await look(0, 30_000)).toEqual({ notReady: null, trouble: 'keys' })
    expect(await look(1e9, 6 * 60_000)).toEqual({ notReady: null, trouble: 'tick' })
  })
})

describe('a store that takes no changes', () => {
  it.each([
    ['53100', 'full'],
    ['25006', 'readOnly'],
    ['57P01', 'store'],
  ])('is told by the server’s code %s', async (code, trouble) => {
    const run = async () => {
      throw Object.assign(new Error('in words of any language'), { code })
    }
    expect(await probeStore({ sql: { run } } as never)).toBe(trouble)
  })
})

async function beside(world: World, change: { isProduction: boolean }) {
  const { database } = world.app.services
  const app = await startApp(
    { ...world.config, ...change },
    {
      clock: world.clock,
      database: { ...database, close: async () => {} },
      isClockManual: true,
      isUnpaced: true,
      teamsAuthority: world.teams.authority,
    },
  )
  const stop = once(app.stop)
  atTheEnd(stop)
  return { ...app, stop }
}
