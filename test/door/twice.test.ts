import { randomUUID } from 'node:crypto'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { findCommand } from '../../src/door/registry.ts'
import { sign } from '../../src/simulator/slack/wire.ts'
import { dump, STORES, type StoreKind, startWorld, type World } from '../helpers.ts'
import { tour } from '../tour.ts'

const SIGNING_SECRET = 'demo signing secret, not a secret'
/** The claims of requests themselves: each press has its own. */
const UNCOUNTED = ['Receipt']

type Copy = { body: string; headers: Record<string, string>; verb: string }

/** The same act once more, as a second press makes it: with ids of the platform's own. */
function secondPress(url: string, init: RequestInit, world: World): Copy | null {
  const body = String(init.body)
  const headers = init.headers as Record<string, string>
  if (url.endsWith('/api/messages')) {
    const activity = JSON.parse(body)
    const data = activity.value?.action?.data ?? activity.value?.data
    if (activity.type !== 'invoke' || !data?.verb) return null
    return { body: JSON.stringify({ ...activity, id: randomUUID() }), headers, verb: data.verb }
  }
  if (!url.endsWith('/slack/events') || !body.startsWith('payload=')) return null
  const payload = JSON.parse(new URLSearchParams(body).get('payload') ?? '')
  const verb =
    payload.type === 'view_submission'
      ? payload.view.callback_id
      : JSON.parse(payload.actions[0].value ?? '{}').verb
  const again = { ...payload, trigger_id: world.slack.newTrigger(payload.user.id) }
  // A form that was changed meanwhile has another hash: nothing of Slack's says that it is the same.
  if (payload.view) again.view = { ...payload.view, hash: `2.${randomUUID()}` }
  const sent = new URLSearchParams({ payload: JSON.stringify(again) }).toString()
  const timestamp = String(Math.floor(Date.now() / 1000) + 1)
  return {
    body: sent,
    verb,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': sign(SIGNING_SECRET, timestamp, sent),
    },
  }
}

/** A form as Teams sends it, without the form's own id. */
const withoutKey = (init: RequestInit): RequestInit => ({
  ...init,
  body: String(init.body).replace(/,"key":"[^"]*"/, ''),
})

/** Plays everything there is to do; every act that changes something is sent as often as asked. */
async function play(
  { store, platform }: { store: StoreKind; platform: 'slack' | 'teams' },
  way: 'once' | 'twice' | 'at once' | 'in two processes' | 'without its id',
) {
  const world = await startWorld({ store, publicUrl: 'https://groups.example.org' })
  const { app } = world
  // Another process remembers no answer of this one: the store alone says that it was sent.
  if (way === 'in two processes')
    vi.spyOn(app.services.recentAnswers, 'once').mockImplementation((_press, act) => act())
  const countAll = async () =>
    Object.fromEntries(
      Object.entries(await dump(world.db, UNCOUNTED)).map(([table, all]) => [table, all.length]),
    )
  // All that there is each time before the clock goes on, when nothing is under way.
  const counts: Record<string, unknown>[] = []
  const drain = app.drain
  vi.spyOn(app, 'drain').mockImplementation(async () => {
    await drain()
    const messages = world[platform].journal.messages.length
    counts.push({ now: world.clock.now().toISOString(), messages, ...(await countAll()) })
  })
  const own = fetch
  const doubled = new Map<string, number>()
  const unlike: string[] = []
  const made: string[] = []
  vi.stubGlobal('fetch', async (url: string, init: RequestInit = {}) => {
    const sent = way === 'without its id' ? withoutKey(init) : init
    const copy = way === 'once' ? null : secondPress(String(url), sent, world)
    if (!copy || findCommand(copy.verb)?.effect !== 'write') return await own(url, init)
    const again = () => own(url, { ...init, body: copy.body, headers: copy.headers })
    const first = own(url, sent)
    if (way === 'at once') {
      const [one, other] = await Promise.all([first, again()])
      return await compared(copy.verb, one, other)
    }
    const one = await first
    const before = await countAll()
    const other = await again()
    const after = await countAll()
    for (const table of Object.keys(after))
      if (after[table] !== before[table]) made.push(`${copy.verb} ${table}`)
    return await compared(copy.verb, one, other)
  })
  const compared = async (verb: string, one: Response, other: Response) => {
    doubled.set(verb, (doubled.get(verb) ?? 0) + 1)
    const [said, saidAgain] = [await one.clone().text(), await other.text()]
    if (said !== saidAgain)
      unlike.push(`${verb}: ${said.slice(0, 1500)} / ${saidAgain.slice(0, 1500)}`)
    return one
  }
  // A thing done twice may lead the story astray: that is the control's purpose.
  await tour(world, platform).catch((error: unknown) => {
    if (way !== 'without its id') throw error
  })
  vi.unstubAllGlobals()
  await world.end()
  return { counts, doubled, unlike, made }
}

afterEach(() => {
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

describe.each(['slack', 'teams'] as const)('everything that %s can send', (platform) => {
  let once: Awaited<ReturnType<typeof play>>
  beforeAll(async () => {
    once = await play({ store: 'embedded', platform }, 'once')
  }, 300_000)

  it.each(
    STORES.flatMap((store) =>
      (['twice', 'at once', 'in two processes'] as const).map((way) => [way, store] as const),
    ),
  )('has one effect when it is sent %s (%s)', { timeout: 300_000 }, async (way, store) => {
    const { counts, doubled, unlike, made } = await play({ store, platform }, way)
    expect(made).toEqual([])
    // On the last day a group and its digests go, in either order.
    expect(counts.slice(0, -1)).toEqual(once.counts.slice(0, -1))
    expect([...doubled.keys()].length).toBeGreaterThan(30)
    if (way !== 'in two processes') expect(unlike).toEqual([])
  })
})

it('has two effects where a form has no id of its own (control)', {
  timeout: 300_000,
}, async () => {
  const { made } = await play({ store: 'embedded', platform: 'teams' }, 'without its id')
  expect(made).toEqual(
    expect.arrayContaining(['schedule.submit Schedule', 'remind.submit Delivery']),
  )
})
