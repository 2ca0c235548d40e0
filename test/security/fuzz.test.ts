import v8 from 'node:v8'
import vm from 'node:vm'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sign } from '../../src/simulator/slack/wire.ts'
import { lastSeen } from '../../src/simulator/workspace.ts'
import {
  answer,
  dump,
  fill,
  moveTo,
  open,
  planMessage,
  press,
  SESSION,
  setUpGroup,
  startWorld,
  type World,
} from '../helpers.ts'

/**
 * Signed payloads that no platform sends: real ones, recorded, with parts taken out, put in, and
 * changed for others. Only Slack and Microsoft can sign; a fault of theirs must not be one of ours.
 * FUZZ_RUNS makes it a night's work.
 */
const RUNS = Number(process.env.FUZZ_RUNS ?? 100_000)
const AT_ONCE = 16
const STEPS = 5
const SEED = 20_261_126
const SIGNING_SECRET = 'demo signing secret, not a secret'
const OUTSIDERS = { slack: 'UNOBODY', teams: '00000000-0000-4000-8000-00000000dead' } as const

type Recorded = { platform: 'slack' | 'teams'; body: string; contentType: string }
let world: World
const recorded = new Map<string, Recorded>()
const plainFetch = globalThis.fetch

/** Everything that the simulated platforms send, a body of each kind. */
function record(): void {
  globalThis.fetch = async (input, init) => {
    const url = String(input instanceof Request ? input.url : input)
    const platform = url.endsWith('/slack/events')
      ? 'slack'
      : url.endsWith('/api/messages')
        ? 'teams'
        : null
    if (platform && typeof init?.body === 'string') {
      const contentType = new Headers(init.headers).get('content-type') ?? ''
      const kept = { platform, body: init.body, contentType } as const
      recorded.set(`${platform} ${shapeOf(kept)}`, kept)
    }
    return await plainFetch(input, init)
  }
}

const jsonOf = ({ body, contentType }: Recorded): Record<string, unknown> => {
  if (contentType.startsWith('application/json')) return JSON.parse(body) as never
  const values = new URLSearchParams(body)
  const payload = values.get('payload')
  return payload === null ? Object.fromEntries(values) : (JSON.parse(payload) as never)
}

function shapeOf(one: Recorded): string {
  const value = jsonOf(one) as Record<string, { callback_id?: string } & Record<string, unknown>>
  const verb = /"verb\\*":\\*"([\w.]+)/.exec(one.body)?.[1] ?? ''
  return [value.type, value.name, value.command, value.view?.callback_id, verb].join(' ')
}

beforeAll(async () => {
  world = await startWorld()
  record()
  for (const platform of ['slack', 'teams'] as const) {
    const hands = world[platform]
    const { facilitator, members } = world.casts[platform]
    const [first = ''] = members
    await setUpGroup(world, platform, platform === 'slack' ? 'Tuesday group' : 'Other group')
    await planMessage(hands, facilitator, {
      text: 'Hello.',
      date: '2026-03-03',
      time: '10:00',
      repeat: 'once',
    })
    await fill(hands, facilitator, 'contact settings', { contactHours: '24' })
    await fill(hands, first, 'pause', {})
    await open(hands, first, 'contact')
    await hands.submit(first, { text: 'Call.' })
    await hands.closeForm(first)
    await press(hands, lastSeen(hands.journal, first, 'welcome'), 'welcome')
    await hands.closeForm(first)
  }
  await moveTo(world, SESSION.endsAt)
  for (const platform of ['slack', 'teams'] as const)
    await answer(world, platform, world.casts[platform].members[0] ?? '', '4')
  globalThis.fetch = plainFetch
})
afterAll(() => {
  globalThis.fetch = plainFetch
})

/** The same thing done by somebody who has no place anywhere. */
function asNobody({ platform }: Recorded, text: string): string {
  const { people } = world.casts[platform]
  return people.reduce((changed, { id }) => changed.replaceAll(id, OUTSIDERS[platform]), text)
}

const anything = fc.oneof(
  fc.constantFrom<unknown>(null, true, 0, -1, 1e308, '', [], {}, '__proto__', 'constructor'),
  fc.string({ maxLength: 40, unit: 'binary' }),
  fc.constant('x'.repeat(5_000)),
  fc.constant({ toString: 1, constructor: null, __proto__: { verb: 'x' } }),
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom('help', 'next', 'roster.submit', 'checkin.submit', '../../etc', '%00'),
)
type Change = { at: number; how: 'drop' | 'replace' | 'wrap' | 'add' | 'copy'; value: unknown }
const change: fc.Arbitrary<Change> = fc.record({
  at: fc.nat(10_000),
  how: fc.constantFrom('drop', 'replace', 'wrap', 'add', 'copy'),
  value: anything,
})

/** Every object and list inside, with the keys of each. */
function placesIn(value: unknown, found: [Record<string, unknown>, string][] = []) {
  if (typeof value !== 'object' || value === null) return found
  for (const key of Object.keys(value)) {
    found.push([value as Record<string, unknown>, key])
    placesIn((value as Record<string, unknown>)[key], found)
  }
  return found
}

function mutate(value: Record<string, unknown>, changes: readonly Change[]): unknown {
  for (const { at, how, value: kept } of changes) {
    const given = structuredClone(kept)
    const places = placesIn(value)
    const place = places[at % Math.max(1, places.length)]
    if (!place) continue
    const [holder, key] = place
    if (how === 'drop') delete holder[key]
    else if (how === 'replace') holder[key] = given
    else if (how === 'wrap') holder[key] = [holder[key], given]
    else if (how === 'add') holder[`${key}x`] = given
    else {
      const other = places[(at * 7) % places.length]?.[0] ?? {}
      holder[key] = structuredClone(Object.hasOwn(other, key) ? other[key] : given)
    }
  }
  return value
}

async function send(one: Recorded, body: string, token: string): Promise<number> {
  const url = `http://127.0.0.1:${world.app.port}`
  const timestamp = String(Math.floor(Date.now() / 1000))
  const headers: Record<string, string> =
    one.platform === 'teams'
      ? { 'content-type': 'application/json', authorization: `Bearer ${token}` }
      : {
          'content-type': one.contentType,
          'x-slack-request-timestamp': timestamp,
          'x-slack-signature': sign(SIGNING_SECRET, timestamp, body),
        }
  const path = one.platform === 'teams' ? '/api/messages' : '/slack/events'
  const started = performance.now()
  const response = await plainFetch(`${url}${path}`, { method: 'POST', headers, body })
  await response.arrayBuffer()
  slowest = Math.max(slowest, performance.now() - started)
  return response.status
}
let slowest = 0

function bodyOf(one: Recorded, value: unknown): string {
  const text = JSON.stringify(value)
  if (one.contentType.startsWith('application/json')) return text
  if (one.body.startsWith('payload=')) return new URLSearchParams({ payload: text }).toString()
  const said = (part: unknown) => (typeof part === 'string' ? part : (JSON.stringify(part) ?? ''))
  return new URLSearchParams(
    Object.entries(value as object).map(([key, part]): [string, string] => [key, said(part)]),
  ).toString()
}

v8.setFlagsFromString('--expose-gc')
const collect = vm.runInNewContext('gc') as () => void
function heapMb(): number {
  for (const { journal } of [world.slack, world.teams])
    for (const list of [journal.seen, journal.requests, journal.messages]) list.length = 0
  collect()
  return process.memoryUsage().heapUsed / 1e6
}

describe('payloads that are signed and nothing that a platform sends', () => {
  it('never crash the service, never get a 5xx, change nothing of anybody’s, and leave memory flat', async () => {
    const kinds = [...recorded.values()].map((one) => ({
      ...one,
      text: JSON.stringify(jsonOf(one)),
    }))
    expect(kinds.length).toBeGreaterThan(30)
    const failures: unknown[] = []
    const onCrash = (error: unknown) => void failures.push(error)
    process.on('unhandledRejection', onCrash)
    process.on('uncaughtException', onCrash)
    const statuses = new Map<number, number>()
    const faults: string[] = []
    const token = await world.teams.token()
    const own = ['Account', 'Person', 'Receipt']
    const before = await dump(world.db, own)
    const heap: number[] = []
    for (let step = 0; step < STEPS; step += 1) {
      const drawn = fc.sample(
        fc.tuple(fc.nat(kinds.length - 1), fc.array(change, { minLength: 1, maxLength: 4 })),
        { numRuns: Math.ceil(RUNS / STEPS), seed: SEED + step },
      )
      const worker = async () => {
        for (let one = drawn.pop(); one; one = drawn.pop()) {
          const [kind, changes] = one
          const known = kinds[kind]
          if (!known) continue
          const body = bodyOf(known, mutate(JSON.parse(asNobody(known, known.text)), changes))
          const status = await send(known, body, token)
          statuses.set(status, (statuses.get(status) ?? 0) + 1)
          if (status >= 500) faults.push(`${status} ${body.slice(0, 400)}`)
        }
      }
      await Promise.all(Array.from({ length: AT_ONCE }, worker))
      heap.push(heapMb())
    }
    process.off('unhandledRejection', onCrash)
    process.off('uncaughtException', onCrash)
    console.info(
      `fuzz: ${RUNS} payloads of ${kinds.length} kinds: ${[...statuses]
        .sort()
        .map(([status, count]) => `${count} × ${status}`)
        .join(
          ', ',
        )}; slowest ${slowest.toFixed(0)} ms; heap ${heap.map((mb) => mb.toFixed(0)).join(', ')} MB`,
    )
    expect(failures).toEqual([])
    expect(faults.slice(0, 5)).toEqual([])
    expect(await dump(world.db, own)).toEqual(before)
    // Nothing hangs: a press that nobody takes is refused after 2.8 s (`slack/platform.ts`).
    expect(slowest).toBeLessThan(6_000)
    expect((heap.at(-1) ?? 0) - (heap[0] ?? 0)).toBeLessThan(25)
    // The service still serves.
    expect((await world.slack.type('UADMIN', 'help')).problem).toBeUndefined()
  }, 1_200_000)

  it('do change things when they are what a platform sends (control)', async () => {
    const before = await dump(world.db)
    await fill(world.slack, 'UMEMBER2', 'pause', { weeks: '1' })
    expect(await dump(world.db)).not.toEqual(before)
  })
})
