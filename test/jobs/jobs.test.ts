import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startApp } from '../../src/app.ts'
import { atTheEnd } from '../ends.ts'
import {
  answer,
  fill,
  moveTo,
  SECRET,
  SESSION,
  STORES,
  setUpGroup,
  startWorld,
  type World,
} from '../helpers.ts'

const HOUR_MS = 60 * 60_000
const DAY_MS = 24 * HOUR_MS
const before = (at: Date, ms: number) => new Date(at.getTime() - ms)

const seen = (world: World, person: string, kind: string) =>
  world.slack.journal.seen.filter((one) => one.person === person && one.kind === kind)
const ledger = async (world: World, kind: string) => {
  const rows = await world.db.delivery.groupBy({
    by: ['state', 'reason'],
    where: { kind },
    _count: true,
  })
  return rows
    .map(({ state, reason, _count }) => `${_count} ${state}${reason ? ` (${reason})` : ''}`)
    .sort()
}
const dropped = async (world: World) =>
  (
    await world.db.occurrence.findMany({
      where: { state: 'dropped' },
      select: { kind: true, reason: true },
    })
  )
    .map(({ kind, reason }) => `${kind} ${reason}`)
    .sort()

describe.each(STORES.map((store) => ({ store })))(
  'what happens after the process was down ($store)',
  ({ store }) => {
    let world: World
    beforeEach(async () => {
      world = await startWorld({ store })
      await setUpGroup(world)
      return () => world.end()
    })

    it('ten minutes round a reminder: it comes late, once', async () => {
      await moveTo(world, before(SESSION.startsAt, DAY_MS - 10 * 60_000))
      await world.app.drain()
      expect(seen(world, 'UMEMBER1', 'reminder')).toHaveLength(1)
    })

    it('a day and a half before the session until just before it: one reminder, not two', async () => {
      await moveTo(world, before(SESSION.startsAt, 30 * 60_000))
      expect(seen(world, 'UMEMBER1', 'reminder')).toHaveLength(1)
      expect(await dropped(world)).toEqual(['reminder superseded'])
    })

    it('over the whole session: no reminder, and the check-in opens late with its full length', async () => {
      const late = new Date(SESSION.endsAt.getTime() + 5 * HOUR_MS)
      await moveTo(world, late)
      expect(seen(world, 'UMEMBER1', 'reminder')).toHaveLength(0)
      expect(await dropped(world)).toEqual(['reminder sessionBegun', 'reminder sessionBegun'])
      const checkIn = await world.db.checkIn.findFirstOrThrow({ where: { state: 'open' } })
      expect(checkIn.closesAt).toEqual(new Date(late.getTime() + 2 * DAY_MS))
    })

    it('over the close: it closes at once, and the digest of that week goes out once', async () => {
      await moveTo(world, SESSION.endsAt)
      await moveTo(world, new Date('2026-03-09T09:30:00Z'))
      expect((await world.db.checkIn.findFirstOrThrow({ where: { state: 'closed' } })).state).toBe(
        'closed',
      )
      expect(seen(world, 'USUPERVISOR', 'digest-notice')).toHaveLength(1)
      await world.app.drain()
      expect(seen(world, 'USUPERVISOR', 'digest-notice')).toHaveLength(1)
      expect(seen(world, 'UMEMBER1', 'check-in-nudge')).toHaveLength(0)
    })

    it('for six days: the check-in that would run into the next is dropped', async () => {
      await moveTo(world, new Date(SESSION.endsAt.getTime() + 6 * DAY_MS))
      expect(await dropped(world)).toContain('checkInOpens overlap')
      expect(await world.db.checkIn.count({ where: { state: 'open' } })).toBe(0)
    })
  },
)

describe('a reminder due while the process was down', () => {
  it('goes out when it starts again on the same store', async () => {
    const world = await startWorld({ hasOwnFiles: true })
    await setUpGroup(world)
    await world.app.stop()
    world.clock.set(before(SESSION.startsAt, 20 * HOUR_MS))
    const config = {
      isProduction: false,
      http: { host: '127.0.0.1', port: 0, publicUrl: null },
      store: { url: null, dataDir: world.dataDir() },
      ballot: { keyDir: world.keyDir, secret: SECRET },
      content: { questionSetDir: null, helpLinesFile: null },
      organisation: { name: 'Demo organisation', country: 'DE' },
      slack: {
        signingSecret: 'demo signing secret, not a secret',
        botToken: 'xoxb-demo-not-a-secret',
        firstAdmin: 'UADMIN',
        apiUrl: world.slack.apiUrl,
      },
      teams: null,
      log: { level: 'silent' },
    } as const
    const app = await startApp(config, { clock: world.clock, isClockManual: true, isUnpaced: true })
    atTheEnd(() => app.stop())
    await app.drain()
    expect(seen(world, 'UMEMBER1', 'reminder')).toHaveLength(1)
    expect(seen(world, 'UMEMBER1', 'reminder')[0]?.at).toBe('2026-03-02T20:30:00.000Z')
  })
})

describe('the ledger of deliveries', () => {
  let world: World
  beforeAll(async () => {
    world = await startWorld()
    await setUpGroup(world)
  })
  afterAll(() => world.end())

  it('sends again what Slack refused for a while, after the wait that it asked for, and each once', async () => {
    world.slack.failNext({ method: 'chat.postMessage', status: 429, retryAfter: 1 })
    world.clock.set(before(SESSION.startsAt, DAY_MS))
    await world.app.tick()
    await outcomeOf(world, 9)
    expect(seen(world, 'UMEMBER1', 'reminder')).toHaveLength(1)
    expect(await ledger(world, 'reminder')).toEqual(['9 sent'])
    expect(world.slack.journal.requests.filter(({ status }) => status === 429)).toHaveLength(1)
  })

  it('tries once more when nobody knows whether it arrived, and then lets it be', async () => {
    for (let index = 0; index < 2; index += 1)
      world.slack.failNext({ method: 'chat.postMessage', status: 500, isAfterActing: true })
    await world.db.rosterEntry.deleteMany({
      where: {
        person: { accounts: { some: { externalId: { notIn: ['UMEMBER1', 'UFACILITATOR'] } } } },
      },
    })
    await world.db.rosterEntry.deleteMany({ where: { role: 'facilitator' } })
    world.clock.set(before(SESSION.startsAt, HOUR_MS))
    await world.app.tick()
    await outcomeOf(world, 10, { isHurried: true })
    expect(await ledger(world, 'reminder')).toEqual(['1 dropped (unknown)', '9 sent'])
    expect(seen(world, 'UMEMBER1', 'reminder')).toHaveLength(3)
  })

  /**
   * Ticks until so many reminders are over. Retries wait on the wall clock unless they are hurried.
   */
  async function outcomeOf(own: World, count: number, { isHurried = false } = {}): Promise<void> {
    const until = Date.now() + 20_000
    while (
      (await own.db.delivery.count({
        where: { kind: 'reminder', state: { in: ['sent', 'failed', 'dropped'] } },
      })) < count
    ) {
      if (Date.now() > until) throw new Error(`still waiting: ${await ledger(own, 'reminder')}`)
      if (isHurried)
        await own.db.delivery.updateMany({ where: { state: 'planned' }, data: { notBefore: null } })
      await own.app.tick()
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
})

describe('people who cannot be reached', () => {
  it('wait for their first chat in Teams', async () => {
    const world = await startWorld()
    const { admin, facilitator, supervisor, members } = world.casts.teams
    for (const person of [admin, facilitator, supervisor]) await world.teams.install(person)
    await fill(world.teams, admin, 'admin staff', { staff: [facilitator, supervisor] })
    await fill(world.teams, facilitator, 'new', {
      contactHours: 'none',
      alias: 'Wednesday group',
      timeZone: 'UTC',
    })
    await fill(world.teams, facilitator, 'roster', { members: members.slice(0, 2) })
    await world.app.drain()
    expect(world.teams.journal.seen.findLast(({ kind }) => kind === 'roster-done')?.text).toContain(
      '2 people have not opened Groupwell yet.',
    )
    expect(await ledger(world, 'welcome')).toEqual(['2 failed (notOpened)'])
    await world.teams.install(members[0] ?? '')
    await world.app.drain()
    expect(await ledger(world, 'welcome')).toEqual(['1 failed (notOpened)', '1 sent'])
    expect(
      world.teams.journal.seen.filter(({ kind }) => kind === 'welcome').map(({ person }) => person),
    ).toEqual([members[0]])
    // Weeks later, when the ledger has forgotten the first one.
    await moveTo(world, new Date('2026-04-20T09:00:00Z'))
    await world.teams.install(members[1] ?? '')
    await world.app.drain()
    expect(
      world.teams.journal.seen.filter(
        ({ kind, person }) => kind === 'welcome' && person === members[1],
      ),
    ).toHaveLength(1)
  })
})

describe('a roster that changes while a check-in is open', () => {
  it('leaves what is frozen as it is when staff take somebody off, and counts it', async () => {
    const world = await startWorld()
    await setUpGroup(world)
    await moveTo(world, SESSION.endsAt)
    for (let index = 1; index <= 6; index += 1) await answer(world, 'slack', `UMEMBER${index}`, '5')
    await fill(world.slack, 'UFACILITATOR', 'roster', {
      members: [2, 3, 4, 5, 6, 7, 8].map((index) => `UMEMBER${index}`),
    })
    expect(await world.db.ballot.count()).toBe(8)
    expect((await world.db.group.findFirstOrThrow()).rosterChanges).toBe(9)
    await moveTo(world, new Date('2026-03-05T18:00:00Z'))
    // The six answers are counted, also that of whom staff took off; the roster moved meanwhile.
    expect(
      await world.db.releaseUnit.findMany({
        select: { state: true, removals: true, rosterChanges: true, rosterChangesAtClose: true },
      }),
    ).toEqual([{ state: 'released', removals: 1, rosterChanges: 8, rosterChangesAtClose: 9 }])
  })
})
