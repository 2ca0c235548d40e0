import { afterEach, describe, expect, it } from 'vitest'
import { startApp } from '../../src/app.ts'
import { parseKeyring } from '../../src/ballot/keyring.ts'
import { readTime } from '../../src/ballot/sent-at.ts'
import { unwrap } from '../../src/ballot/wrap.ts'
import { sign } from '../../src/simulator/slack/wire.ts'
import { atTheEnd } from '../ends.ts'
import {
  answer,
  dump,
  moveTo,
  SECRET,
  SESSION,
  STORES,
  setUpGroup,
  startWorld,
  type World,
} from '../helpers.ts'

/**
 * Somebody recorded a member's request on the wire and sends it again to another process, which has
 * never seen it: what was answered later stays. The time stands inside the box and nowhere else.
 */
const SIGNING_SECRET = 'demo signing secret, not a secret'
const PATHS = { slack: '/slack/events', teams: '/api/messages' } as const
type Platform = keyof typeof PATHS
type Recorded = { body: string; headers: Headers }

const plainFetch = globalThis.fetch
afterEach(() => {
  globalThis.fetch = plainFetch
})

/** The last request to the service that `act` made. */
async function recorded(platform: Platform, act: () => Promise<void>): Promise<Recorded> {
  let last: Recorded | null = null
  globalThis.fetch = async (input, init) => {
    const url = String(input instanceof Request ? input.url : input)
    if (url.endsWith(PATHS[platform]) && typeof init?.body === 'string')
      last = { body: init.body, headers: new Headers(init.headers) }
    return await plainFetch(input, init)
  }
  await act()
  globalThis.fetch = plainFetch
  if (!last) throw new Error('nothing was sent')
  return last
}

/** The same request of Slack's as it was signed some seconds ago, or from now. */
function signedAt({ body, headers }: Recorded, offset: number): Recorded {
  const timestamp = String(Math.floor(Date.now() / 1000) + offset)
  const changed = new Headers(headers)
  changed.set('x-slack-request-timestamp', timestamp)
  changed.set('x-slack-signature', sign(SIGNING_SECRET, timestamp, body))
  return { body, headers: changed }
}

/** A second process on the same store and keys. */
async function secondProcess(world: World) {
  const { database } = world.app.services
  const app = await startApp(world.config, {
    clock: world.clock,
    isClockManual: true,
    isUnpaced: true,
    database: { ...database, close: async () => {} },
    teamsAuthority: world.teams.authority,
  })
  atTheEnd(() => app.stop())
  return app
}

const memberOf = (world: World, platform: Platform): string =>
  world.casts[platform].members[0] ?? ''

/** A member's box, with its outer layer off: as the service itself can see it, sealed still. */
async function heldBy(world: World, platform: Platform) {
  const account = await world.db.account.findFirstOrThrow({
    where: { externalId: memberOf(world, platform) },
  })
  const ballot = await world.db.ballot.findFirstOrThrow({
    where: { memberId: account.personId },
    include: { unit: true },
  })
  const { unit, box, memberId, checkInId } = ballot
  const { id: unitId, questionSetId, questionSetVersion, asksText } = unit
  const bound = { unitId, checkInId, memberId, questionSetId, questionSetVersion, asksText }
  const held = unwrap(parseKeyring(SECRET), bound, box)
  const timeKey = await world.app.services.ballotKeys.keyStore.timeKey(unitId)
  const sentAt = timeKey ? readTime(timeKey, bound, held.time) : 0
  return { ...held, sentAt, box: Buffer.from(box).toString('hex') }
}

describe.each(STORES)('a recorded answer (%s)', (store) => {
  it.each<Platform>(['slack', 'teams'])(
    'that is sent again to another process never replaces a later one (%s)',
    async (platform) => {
      const { world, earlier, send } = await answeredTwice(platform)
      const later = await heldBy(world, platform)
      const before = await dump(world.db, ['Ballot', 'Account'])
      expect(await send(earlier)).toBe(200)
      const now = await heldBy(world, platform)
      expect(now.inner.equals(later.inner)).toBe(true)
      expect(now.sentAt).toBe(later.sentAt)
      // From outside it looks like any answer: the box is another one.
      expect(now.box).not.toBe(later.box)
      expect(await dump(world.db, ['Ballot', 'Account'])).toEqual(before)
    },
  )

  it.each<Platform>(['slack', 'teams'])(
    'replaced it where boxes hold no time, as before (control, %s)',
    async (platform) => {
      const { world, earlier, send } = await answeredTwice(platform, { isTimed: false })
      const later = await heldBy(world, platform)
      expect(later.format).toBe(1)
      expect(await send(earlier)).toBe(200)
      expect((await heldBy(world, platform)).inner.equals(later.inner)).toBe(false)
    },
  )

  it('is replaced by one that is newer, at whichever process', async () => {
    const { world, earlier, send } = await answeredTwice('slack')
    const later = await heldBy(world, 'slack')
    expect(await send(signedAt(earlier, 5))).toBe(200)
    const now = await heldBy(world, 'slack')
    expect(now.inner.equals(later.inner)).toBe(false)
    expect(now.sentAt).toBeGreaterThan(later.sentAt)
  })

  it('dated in the future holds its box for five minutes at most', async () => {
    const { world, earlier, send } = await answeredTwice('teams')
    const { timestamp, ...activity } = JSON.parse(earlier.body) as Record<string, unknown>
    expect(timestamp).toBeDefined()
    const body = JSON.stringify({ ...activity, timestamp: '2040-01-01T00:00:00.000Z' })
    const before = Date.now()
    expect(await send({ ...earlier, body })).toBe(200)
    const { sentAt } = await heldBy(world, 'teams')
    expect(sentAt).toBeGreaterThan(before)
    expect(sentAt).toBeLessThanOrEqual(Date.now() + 5 * 60_000)
  })

  async function answeredTwice(platform: Platform, { isTimed = true } = {}) {
    const world = await startWorld({ store })
    await setUpGroup(world, platform)
    if (!isTimed)
      await world.db.installation.updateMany({
        data: { timedBoxesFrom: new Date(Date.now() + 86_400_000) },
      })
    await moveTo(world, SESSION.endsAt)
    const first = await recorded(platform, () =>
      answer(world, platform, memberOf(world, platform), '1'),
    )
    const earlier = platform === 'slack' ? signedAt(first, -20) : first
    world.clock.set(new Date(SESSION.endsAt.getTime() + 60_000))
    await answer(world, platform, memberOf(world, platform), '5')
    const other = await secondProcess(world)
    const send = async ({ body, headers }: Recorded) => {
      const url = `http://127.0.0.1:${other.port}${PATHS[platform]}`
      return (await fetch(url, { method: 'POST', headers, body })).status
    }
    return { world, earlier, send }
  }
})
