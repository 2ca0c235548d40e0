import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import type { PageState } from '../../src/simulator/page/protocol.ts'
import { ownDir } from '../ends.ts'

const CLI = path.resolve('src/cli/groupwell.ts')

describe('npm start without credentials', () => {
  const running = new Set<ChildProcess>()
  afterEach(() => {
    for (const child of running) child.kill('SIGKILL')
  })
  const start = (
    home: string,
    port: number,
    ...args: string[]
  ): { child: ChildProcess; output: () => string; isReady: Promise<number> } => {
    const env = {
      PATH: process.env.PATH,
      DATA_DIR: path.join(home, 'data'),
      KEY_DIR: path.join(home, 'keys'),
      PORT: String(port),
    }
    const startedAt = performance.now()
    const child = spawn(process.execPath, [CLI, 'start', ...args], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    running.add(child)
    let output = ''
    const { promise, resolve, reject } = Promise.withResolvers<number>()
    const read = (chunk: Buffer) => {
      output += chunk.toString()
      if (output.includes('its data: ')) resolve(performance.now() - startedAt)
    }
    child.stdout?.on('data', read)
    child.stderr?.on('data', read)
    child.once('exit', (code) => {
      running.delete(child)
      reject(new Error(`ended with ${code}: ${output}`))
    })
    return { child, output: () => output, isReady: promise }
  }
  const stop = async (child: ChildProcess): Promise<{ code: number | null; ms: number }> => {
    const startedAt = performance.now()
    child.kill('SIGTERM')
    const [code] = (await once(child, 'exit')) as [number | null]
    return { code, ms: performance.now() - startedAt }
  }
  const addresses = (output: string) => ({
    page: /Ready: (http:\/\/127\.0\.0\.1:\d+)/.exec(output)?.[1] ?? '',
    service: /itself: (http:\/\/127\.0\.0\.1:\d+)\/healthz/.exec(output)?.[1] ?? '',
  })
  const stateOf = async (page: string, person: string) =>
    (await (await fetch(`${page}/state?person=${person}`)).json()) as PageState

  it('serves the page at once while six weeks are told, stops within 10 s, and knows them when it starts again', async () => {
    const dir = ownDir()
    const busy = createServer().listen(0, '127.0.0.1')
    await once(busy, 'listening')
    const { port } = busy.address() as { port: number }
    const first = start(dir, port)
    await first.isReady
    const { page, service } = addresses(first.output())
    expect(Number(new URL(page).port)).toBeGreaterThan(port)
    const early = await stateOf(page, 'UFACILITATOR')
    expect(early.history).toMatchObject({ total: 6 })
    const weeks = new Set<number>()
    while (!first.output().includes('are told')) {
      const { history, trouble } = await stateOf(page, 'UFACILITATOR')
      expect(trouble).toBeNull()
      if (history) weeks.add(history.done)
      await wait(200)
    }
    expect(weeks.size).toBeGreaterThan(3)
    const told = await stateOf(page, 'UMEMBER1')
    expect(told.history).toBeNull()
    expect(told.messages.length).toBeGreaterThan(20)
    expect((await fetch(`${service}/readyz`)).status).toBe(200)
    const metrics = await (await fetch(`${service}/metrics`)).text()
    expect(metrics).toContain(
      'groupwell_commands_total{platform="slack",verb="summary",outcome="ok"} 6',
    )
    expect(metrics).not.toContain('checkin')
    const weekOn = new Date(new Date(told.now).getTime() + 7 * 24 * 60 * 60_000).toISOString()
    const moved = await fetch(`${page}/act`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: page },
      body: JSON.stringify({ do: 'clock', platform: 'slack', to: weekOn }),
    })
    expect(await moved.json()).toEqual({ problem: null, errors: {} })
    const later = await stateOf(page, 'UMEMBER1')
    expect(later.messages.length).toBeGreaterThan(told.messages.length)
    const stopped = await stop(first.child)
    expect(stopped.code).toBe(0)
    expect(stopped.ms).toBeLessThan(10_000)
    const second = start(dir, 0)
    const readyMs = await second.isReady
    console.info(`npm start: second start of the demo ready after ${Math.round(readyMs)} ms`)
    const again = await stateOf(addresses(second.output()).page, 'UMEMBER1')
    expect(again.history).toBeNull()
    expect(again.messages.map(({ id }) => id)).toEqual(later.messages.map(({ id }) => id))
    expect(again.now >= later.now).toBe(true)
    await stop(second.child)
    busy.close()
  }, 180_000)

  it('stops well in the middle of the story, and opens the door for clients without a token only when asked', async () => {
    const dir = ownDir()
    const { child, output, isReady } = start(dir, 0, '--allow-unauthenticated-teams')
    await isReady
    const { service } = addresses(output())
    const ask = () => fetch(`${service}/api/playground`, { method: 'POST', body: '{}' })
    expect((await ask()).status).toBe(415)
    expect((await stop(child)).code).toBe(0)
    const next = start(dir, 0)
    await next.isReady
    // A story that broke off cannot be told on: it begins again.
    const { history } = await stateOf(addresses(next.output()).page, 'UFACILITATOR')
    expect(history).toMatchObject({ done: 0, total: 6 })
    expect(
      (
        await fetch(`${addresses(next.output()).service}/api/playground`, {
          method: 'POST',
          body: '{}',
        })
      ).status,
    ).toBe(404)
    await stop(next.child)
  })
})
