import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { ensureDirectoryId } from '../../src/ballot/key-directory.ts'
import { startClock } from '../../src/jobs/clock.ts'
import { createKeyWatch, lookAfterKeys } from '../../src/jobs/keys.ts'
import type { Lanes } from '../../src/jobs/lanes.ts'
import { lastSeen } from '../../src/simulator/workspace.ts'
import { sweepUnits } from '../../src/store/release.ts'
import {
  answer,
  CLOSES,
  fill,
  moveTo,
  press,
  SESSION,
  STORES,
  setUpGroup,
  startWorld,
  type World,
} from '../helpers.ts'

const PLATFORMS = ['slack', 'teams'] as const
const MINUTE_MS = 60_000

async function begin(platform: (typeof PLATFORMS)[number], store: (typeof STORES)[number]) {
  const lines: string[] = []
  const world = await startWorld({ store, onLogLine: (line) => lines.push(line) })
  await setUpGroup(world, platform)
  await moveTo(world, SESSION.endsAt)
  const { members, facilitator } = world.casts[platform]
  for (const member of members.slice(0, 7)) await answer(world, platform, member, '4')
  const unit = await world.db.releaseUnit.findFirstOrThrow()
  const events = (event: string) =>
    lines.map((line) => JSON.parse(line)).filter((line) => line.event === event)
  return {
    world,
    hands: world[platform],
    unit,
    events,
    facilitator,
    first: members[0] ?? '',
    last: members[7] ?? '',
    file: path.join(world.keyDir, `${unit.id}.key`),
  }
}

/** As ten minutes later, when the sweep sends the job again. */
async function tryAgain({ db, app: { services } }: World): Promise<void> {
  const { waitsUntil } = await db.releaseUnit.findFirstOrThrow()
  expect((waitsUntil?.getTime() ?? 0) - Date.now()).toBeGreaterThan(8 * MINUTE_MS)
  await db.releaseUnit.updateMany({ data: { waitsUntil: new Date(Date.now() - MINUTE_MS) } })
  const round = Math.floor(Date.now() / MINUTE_MS) + 10
  expect(await sweepUnits(services.database, services.queue, { round, wall: new Date() })).toBe(1)
  await expect.poll(async () => await services.queue.countUnfinished(), { timeout: 30_000 }).toBe(0)
}

const stateOf = async (world: World) => (await world.db.releaseUnit.findFirstOrThrow()).state

describe.each(PLATFORMS.flatMap((platform) => STORES.map((store) => ({ platform, store }))))(
  'the key of an open check-in, on $platform and $store',
  ({ platform, store }) => {
    it('that is gone is found within minutes: members read it before they answer, and nobody is thanked', async () => {
      const { world, hands, file, events, last, facilitator } = await begin(platform, store)
      fs.rmSync(file)
      // A listing may be old, and a mount may come back: one look decides nothing.
      await world.app.drain()
      expect(await stateOf(world)).toBe('open')
      const { clock } = world.app.services
      const wall = clock.wall
      clock.wall = () => new Date(wall().getTime() + 4 * MINUTE_MS)
      await world.app.drain()
      expect(await stateOf(world)).toBe('lost')
      expect(await world.db.ballot.count()).toBe(0)
      expect(events('key.lost')).toMatchObject([{ level: 'error' }])
      await press(hands, lastSeen(hands.journal, last, 'check-in'), 'checkin.answer')
      expect(hands.journal.seen.at(-1)?.text).toContain('The key of this check-in was lost')
      // Nobody is reminded to answer, and the facilitator can read what became of it.
      await moveTo(world, CLOSES)
      const nudged = hands.journal.seen.filter(({ kind }) => kind === 'check-in-nudge')
      expect(nudged).toEqual([])
      await press(hands, lastSeen(hands.journal, facilitator, 'summary-notice'), 'summary')
      expect(hands.journal.seen.at(-1)?.text).toContain('their key is gone')
    })

    it('stays nobody’s to decide while the directory of keys is not there', async () => {
      const { world, hands, events, first } = await begin(platform, store)
      const away = `${world.keyDir}.away`
      fs.renameSync(world.keyDir, away)
      fs.mkdirSync(world.keyDir, { mode: 0o700 })
      await moveTo(world, CLOSES)
      expect(await stateOf(world)).toBe('closing')
      expect(events('keys.elsewhere').length).toBeGreaterThan(0)
      // The close's own job, and at most one more that the sweep had sent.
      const tries = events('key.unreadable').length
      expect([1, 2]).toContain(tries)
      expect(await world.db.ballot.count()).toBe(8)
      // No second try within ten minutes, however often it ticks; then it is made after all.
      await world.app.drain()
      await world.app.drain()
      expect(events('key.unreadable')).toHaveLength(tries)
      fs.rmSync(world.keyDir, { recursive: true })
      fs.renameSync(away, world.keyDir)
      await tryAgain(world)
      expect(await stateOf(world)).toBe('released')
      await world.app.drain()
      expect(
        hands.journal.seen.filter(({ person, kind }) => person === first && kind === 'result'),
      ).toHaveLength(1)
    })
  },
)

describe('a key file', () => {
  it.each([
    ['empty', Buffer.alloc(0)],
    ['cut off', Buffer.alloc(20)],
  ])('that is %s ends its unit as lost, with an alarm', async (_, content) => {
    const { world, file, events } = await begin('slack', 'embedded')
    fs.writeFileSync(file, content)
    await moveTo(world, CLOSES)
    expect(await stateOf(world)).toBe('lost')
    expect(events('release.lost')).toMatchObject([{ level: 'error' }])
    expect(await world.db.ballot.count()).toBe(0)
  })

  it('that cannot be read is waited for, without a process each minute', async () => {
    const { world, file, events } = await begin('slack', 'embedded')
    const kept = fs.readFileSync(file)
    fs.rmSync(file)
    fs.mkdirSync(file)
    await moveTo(world, CLOSES)
    const tries = events('key.unreadable').length
    expect([1, 2]).toContain(tries)
    for (let tick = 0; tick < 5; tick += 1) await world.app.drain()
    expect(await stateOf(world)).toBe('closing')
    expect(events('key.unreadable')).toHaveLength(tries)
    expect(events('job.failed')).toEqual([])
    fs.rmdirSync(file)
    fs.writeFileSync(file, kept, { mode: 0o600 })
    await tryAgain(world)
    expect(await stateOf(world)).toBe('released')
  })

  it.each([
    ['32 bytes', 32],
    ['33 bytes', 33],
    ['34 bytes', 34],
  ])(
    'of an earlier release, of %s, counts what was answered before the upgrade',
    async (_, size) => {
      const { world, file } = await begin('slack', 'embedded')
      fs.writeFileSync(file, fs.readFileSync(file).subarray(0, size))
      await moveTo(world, CLOSES)
      expect(await stateOf(world)).toBe('released')
    },
  )

  it('is waited for a moment when it was not there at one look', async () => {
    const { world, file, events } = await begin('slack', 'embedded')
    fs.renameSync(file, `${file}.away`)
    await world.app.drain()
    fs.renameSync(`${file}.away`, file)
    const { clock } = world.app.services
    const wall = clock.wall
    clock.wall = () => new Date(wall().getTime() + 4 * MINUTE_MS)
    await world.app.drain()
    await world.app.drain()
    expect(await stateOf(world)).toBe('open')
    expect(events('key.lost')).toEqual([])
  })

  it('is made in no directory but the one that the store knows', async () => {
    const world = await startWorld()
    await setUpGroup(world)
    fs.renameSync(world.keyDir, `${world.keyDir}.away`)
    fs.mkdirSync(world.keyDir, { mode: 0o700 })
    await ensureDirectoryId(world.keyDir)
    world.clock.set(SESSION.endsAt)
    await world.app.tick()
    await expect
      .poll(() =>
        world.db.occurrence.count({ where: { kind: 'checkInOpens', attempts: { gt: 0 } } }),
      )
      .toBe(1)
    expect(await world.db.releaseUnit.count()).toBe(0)
    fs.rmSync(world.keyDir, { recursive: true })
    fs.renameSync(`${world.keyDir}.away`, world.keyDir)
  })

  it('that nobody can look for keeps nothing else from being done', async () => {
    const { world, events } = await begin('slack', 'embedded')
    const { keyStore } = world.app.services.ballotKeys
    keyStore.list = async () => {
      throw new Error('EIO')
    }
    await fill(world.slack, 'UMEMBER1', 'pause', { weeks: '1' })
    await world.app.tick()
    expect(events('keys.failed')).toMatchObject([{ level: 'error' }])
    expect(events('tick.failed')).toEqual([])
  })

  it('that hang with their file server hold up nothing that is due', async () => {
    const { world } = await begin('slack', 'embedded')
    const { services } = world.app
    const asked = Promise.withResolvers<void>()
    const hung = Promise.withResolvers<never>()
    services.ballotKeys.keyStore.id = async () => {
      asked.resolve()
      return await hung.promise
    }
    const looked: string[] = []
    const clock = startClock(
      services,
      {
        lanes: { listBusy: async () => [] } as unknown as Lanes,
        zoneData: { run: async () => {}, place: async () => {} },
        storeClock: {
          ...services.clock,
          isTrusted: () => true,
          aheadMs: () => 0,
          compare: async () => void looked.push('tick'),
        },
      },
      [createKeyWatch(services)],
      20,
    )
    await asked.promise
    await expect.poll(() => looked.length, { timeout: 10_000 }).toBeGreaterThan(3)
    hung.reject(new Error('EIO'))
    await clock.stop()
  })

  it('is not destroyed as a left-over by a process whose clock runs an hour ahead', async () => {
    const { world } = await begin('slack', 'embedded')
    const { keyStore } = world.app.services.ballotKeys
    const fresh = crypto.randomUUID()
    await keyStore.put(fresh, { privateKey: Buffer.alloc(32, 1), k: 6, audience: 'shared' })
    const wall = world.app.services.clock.wall
    const ahead = {
      ...world.app.services.clock,
      wall: () => new Date(wall().getTime() + 3_600_000),
    }
    await lookAfterKeys({ ...world.app.services, clock: ahead }, new Map())
    expect((await keyStore.list()).map(({ unitId }) => unitId)).toContain(fresh)
  })
})
