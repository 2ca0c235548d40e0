import { createServer } from 'node:http'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRateLimiter } from '../../src/jobs/rate-limit.ts'
import { createSemaphore } from '../../src/jobs/semaphore.ts'
import { createLog } from '../../src/log.ts'
import { lastSeen } from '../../src/simulator/workspace.ts'
import { createSlack } from '../../src/slack/platform.ts'
import { slackRates } from '../../src/slack/rates.ts'
import { call } from '../../src/teams/call.ts'
import { notice } from '../../src/views/notice.ts'
import {
  listenOn,
  moveTo,
  SESSION,
  STORES,
  setUpGroup,
  startWorld,
  type World,
} from '../helpers.ts'

const DAY_MS = 24 * 60 * 60_000
const reminders = (world: World, platform: 'slack' | 'teams') =>
  world[platform].journal.seen.filter(({ kind }) => kind === 'reminder').length

/** Lets the wall clock's own things happen until something is so. */
async function until(is: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const end = Date.now() + 20_000
  while (!(await is())) {
    if (Date.now() > end) throw new Error(`still not: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

describe.each(STORES.map((store) => ({ store })))(
  'one workspace’s trouble ($store)',
  ({ store }) => {
    it('does not delay another: Slack hangs, Teams has everything meanwhile', async () => {
      const world = await startWorld({ store })
      await setUpGroup(world, 'slack')
      await setUpGroup(world, 'teams')
      for (let call = 0; call < 9; call += 1)
        world.slack.failNext({ method: 'chat.postMessage', cut: 'hang' })
      world.clock.set(new Date(SESSION.startsAt.getTime() - DAY_MS))
      await world.app.tick()
      const { id: connectionId } = await world.db.connection.findFirstOrThrow({
        where: { platform: 'slack' },
      })
      const hanging = () =>
        world.db.delivery.count({ where: { connectionId, kind: 'reminder', state: 'sending' } })
      // At one moment, whichever lane went first: Teams waited for the end of no call.
      await until(
        async () => reminders(world, 'teams') === 9 && (await hanging()) === 9,
        'nine reminders in Teams while each of Slack’s calls hangs',
      )
      expect(reminders(world, 'slack')).toBe(0)
      // Or the service would wait for them when it stops.
      await world.slack.close()
    })

    it('is the workspace’s: a token that was taken back uses up no message’s attempts, and admins read of it', async () => {
      const world = await startWorld({ store })
      await setUpGroup(world, 'slack')
      world.slack.failNext({ method: 'chat.postMessage', status: 200, error: 'token_revoked' })
      world.clock.set(new Date(SESSION.startsAt.getTime() - DAY_MS))
      await world.app.tick()
      await until(
        async () => (await world.db.connection.count({ where: { trouble: 'tokenRefused' } })) === 1,
        'the trouble',
      )
      await world.app.drain()
      const rows = await world.db.delivery.findMany({
        where: { kind: 'reminder', state: 'planned' },
        select: { attempts: true },
      })
      expect(rows.length).toBeGreaterThan(0)
      expect(rows.every(({ attempts }) => attempts === 0)).toBe(true)
      expect(await world.db.account.count({ where: { unreachable: { not: null } } })).toBe(0)
      await world.slack.type('UADMIN', 'admin')
      expect(lastSeen(world.slack.journal, 'UADMIN', 'admin').text).toContain(
        'Demo workspace takes no messages: the app’s token was not accepted. Install the app again, or check its token.',
      )
      // Installed again: what waited goes out, and the trouble is over.
      await world.db.connection.updateMany({ data: { pausedUntil: null } })
      await world.db.delivery.updateMany({ where: { state: 'planned' }, data: { notBefore: null } })
      await moveTo(world, new Date(SESSION.startsAt.getTime() - DAY_MS + 60_000))
      expect(reminders(world, 'slack')).toBe(9)
      expect(await world.db.connection.count({ where: { trouble: { not: null } } })).toBe(0)
    })
  },
)

describe('nobody at the other end', () => {
  it('is the way’s trouble: nothing was sent, and that is known', async () => {
    const server = createServer()
    const closed = await listenOn(server)
    await new Promise((resolve) => server.close(resolve))
    const log = createLog(
      'silent',
      () => {},
      () => new Date(),
    )
    const deps = {
      onIncoming: async () => null,
      log,
      say: (key: string) => key,
      onRejected() {},
      wall: () => new Date(),
    }
    const slack = createSlack(
      { signingSecret: 'x'.repeat(32), botToken: 'xoxb-1', apiUrl: `${closed}/api/` },
      deps,
    )
    const recipient = {
      type: 'person',
      externalId: 'U1',
      address: { directChannel: 'D1' },
    } as const
    const expected = { attempt: { outcome: 'noWorkspace', reason: 'noConnection' } }
    await expect(
      slack.send({ workspaceId: 'T1', recipient, notice: notice('reminder', 'x', null) }),
    ).rejects.toMatchObject(expected)
    await expect(call(new URL(closed), null, {})).rejects.toMatchObject(expected)
  })
})

describe('quiet hours that begin while a message waits', () => {
  it('hold it until they end', async () => {
    const world = await startWorld()
    await setUpGroup(world, 'slack')
    await world.db.person.updateMany({ data: { quietFrom: '20:00', quietUntil: '07:00' } })
    await world.db.connection.updateMany({
      data: { pausedUntil: new Date(Date.now() + 3_600_000) },
    })
    await moveTo(world, new Date(SESSION.startsAt.getTime() - DAY_MS))
    await world.db.connection.updateMany({ data: { pausedUntil: null } })
    await moveTo(world, new Date('2026-03-02T21:00:00Z'))
    expect(reminders(world, 'slack')).toBe(0)
    await moveTo(world, new Date('2026-03-03T06:00:00Z'))
    expect(reminders(world, 'slack')).toBe(9)
  })
})

describe('the pace', () => {
  const outgoing = (workspaceId: string, externalId: string) => ({
    workspaceId,
    recipient: { type: 'person' as const, externalId, address: { directChannel: 'D1' } },
    notice: notice('reminder', 'x', null),
  })

  it('never lets more calls end within a window than its rate says, whatever the platform’s delays are', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }),
        fc.array(fc.tuple(fc.integer({ min: 0, max: 700 }), fc.integer({ min: 0, max: 900 })), {
          minLength: 1,
          maxLength: 60,
        }),
        (calls, steps) => {
          let now = 0
          const rateLimiter = createRateLimiter(() => now)
          const rate = [{ key: 'x', calls, perMs: 1_000 }]
          const running: number[] = []
          const arrivals: number[] = []
          for (const [pass, takes] of steps) {
            now += pass
            for (let index = running.length - 1; index >= 0; index -= 1)
              if ((running[index] ?? 0) <= now) {
                running.splice(index, 1)
                rateLimiter.done(rate)
              }
            if (!rateLimiter.tryTurn(rate)) continue
            // The platform counts it at some moment between its start and its answer.
            arrivals.push(now + takes / 2)
            running.push(now + takes)
          }
          for (const at of arrivals) {
            const within = arrivals.filter((other) => other >= at && other < at + 1_000)
            expect(within.length).toBeLessThanOrEqual(calls)
          }
        },
      ),
    )
  })

  it('counts workspaces and people apart', () => {
    const rateLimiter = createRateLimiter(() => 0)
    const one = slackRates(outgoing('T1', 'U1'))
    expect(rateLimiter.tryTurn(one)).toBe(true)
    expect(rateLimiter.tryTurn(one)).toBe(false)
    expect(rateLimiter.tryTurn(slackRates(outgoing('T1', 'U2')))).toBe(true)
    expect(rateLimiter.tryTurn(slackRates(outgoing('T2', 'U1')))).toBe(true)
  })

  it('tells how many may start soon, and counts none of them as begun', async () => {
    let now = 0
    const rateLimiter = createRateLimiter(() => now)
    const rate = [{ key: 'x', calls: 3, perMs: 1_000 }]
    expect(await rateLimiter.room(rate, 2, 100)).toBe(2)
    expect(await rateLimiter.room(rate, 10, 100)).toBe(3)
    await rateLimiter.turn(rate)
    await rateLimiter.turn(rate)
    expect(await rateLimiter.room(rate, 10, 100)).toBe(1)
    rateLimiter.done(rate)
    rateLimiter.done(rate)
    now = 899
    expect(await rateLimiter.room(rate, 10, 100)).toBe(1)
    now = 900
    expect(await rateLimiter.room(rate, 10, 100)).toBe(3)
    expect(rateLimiter.tryTurn(rate)).toBe(true)
    expect(rateLimiter.tryTurn(rate)).toBe(false)
    const waits = rateLimiter.room(rate, 10, 0)
    rateLimiter.stop()
    expect(await waits).toBe(0)
  })

  it('wakes whoever waits when it stops', async () => {
    const rateLimiter = createRateLimiter(() => 0)
    const rate = [{ key: 'x', calls: 1, perMs: 60_000 }]
    await rateLimiter.turn(rate)
    const second = rateLimiter.turn(rate)
    rateLimiter.stop()
    expect(await second).toBe(false)
  })
})

describe('a semaphore', () => {
  it('lets so many in at once, in their order, and lets the next in when one fails', async () => {
    const places = createSemaphore(2)
    const order: string[] = []
    let inside = 0
    let most = 0
    const work = (name: string, fails = false) =>
      places
        .within(async () => {
          inside += 1
          most = Math.max(most, inside)
          await Promise.resolve()
          order.push(name)
          inside -= 1
          if (fails) throw new Error(name)
        })
        .catch(() => undefined)
    await Promise.all([work('a'), work('b', true), work('c'), work('d')])
    expect([order, most]).toEqual([['a', 'b', 'c', 'd'], 2])
  })

  it('takes the place of what hangs away, once', async () => {
    const places = createSemaphore(1)
    const hangs = Promise.withResolvers<void>()
    const first = places.within(() => hangs.promise, 1)
    await places.within(async () => {})
    hangs.resolve()
    await first
    // One place still: the second of two waits for the first.
    const stays = Promise.withResolvers<void>()
    const third = places.within(() => stays.promise)
    let isIn = false
    const fourth = places.within(async () => {
      isIn = true
    })
    await new Promise((resolve) => setImmediate(resolve))
    expect(isIn).toBe(false)
    stays.resolve()
    await Promise.all([third, fourth])
    expect(isIn).toBe(true)
  })
})
