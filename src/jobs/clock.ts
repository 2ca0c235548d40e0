import cron from 'node-cron'
import type { Services } from '../commands/services.ts'
import { DAY_MS, MINUTE_MS, plus } from '../domain/time.ts'
import { resolveInterrupted } from '../store/batch.ts'
import { claimOccurrences, countDue } from '../store/occurrence.ts'
import { countUnfinishedUnits, sweepUnits, unitsWithKey } from '../store/release.ts'
import { forgetRequests } from '../store/request.ts'
import { type Lanes, wakeDue } from './lanes.ts'
import type { Retention } from './retention.ts'
import type { Watch } from './watch.ts'

/** Half a minute late at most is on time for a reminder, and a claim costs one statement. */
const EVERY_HALF_MINUTE = '*/30 * * * * *'
/**
 * A key is put a moment before its unit exists; older than this without a unit, it is a crash's
 * left-over.
 */
const ORPHAN_KEY_AGE_MS = 10 * MINUTE_MS
/** The longest any platform repeats a request. */
const REQUEST_DAYS = 2

/** The parts that a tick keeps going. */
export type Ticking = { lanes: Lanes; retention: Retention; watch: Watch }

/**
 * One look at what is due: claims it, finishes what a crash left, forgets what is over. Harmless on
 * any number of machines.
 */
export async function tick(
  services: Services,
  { lanes, retention, watch }: Ticking,
): Promise<void> {
  const { database, queue, clock } = services
  const wall = clock.wall()
  const round = Math.floor(wall.getTime() / MINUTE_MS)
  while ((await claimOccurrences(database, queue, clock.now())) > 0);
  await database.transaction((tx) => resolveInterrupted(tx, clock.now()))
  await wakeDue(lanes)
  await sweepUnits(database, queue, round)
  await destroyOrphanKeys(services)
  await forgetRequests(database.db, plus(clock.now(), -REQUEST_DAYS * DAY_MS))
  await watch.run()
  await retention.run()
}

async function destroyOrphanKeys({ database, ballotKeys, log }: Services): Promise<void> {
  const old = ballotKeys.keyStore.list().filter(({ ageMs }) => ageMs > ORPHAN_KEY_AGE_MS)
  if (old.length === 0) return
  const needed = await unitsWithKey(
    database.db,
    old.map(({ unitId }) => unitId),
  )
  for (const { unitId } of old.filter((key) => !needed.has(key.unitId))) {
    ballotKeys.keyStore.destroy(unitId)
    log.info('key.orphan', { unit: unitId })
  }
}

/**
 * Ticks at once and then every half minute; a tick that is still running is not joined by another.
 */
export function startClock(services: Services, ticking: Ticking): { stop(): Promise<void> } {
  let running: Promise<void> | null = null
  const beat = () => {
    running ??= tick(services, ticking)
      .catch((error: unknown) => services.log.error('tick.failed', error))
      .finally(() => {
        running = null
      })
  }
  const task = cron.schedule(EVERY_HALF_MINUTE, beat)
  beat()
  return {
    async stop() {
      await task.destroy()
      await running
    },
  }
}

/** How often `drain` looks. */
const LOOK_EVERY_MS = 10

/**
 * Ticks until nothing is due, waiting or half done. For the demo and the tests, which move the
 * clock themselves. Throws when that takes longer than `patienceMs` of wall-clock time. Notices
 * that wait for a later attempt are not waited for.
 */
export async function drain(
  services: Services,
  ticking: Ticking,
  patienceMs = 30_000,
): Promise<void> {
  const { db } = services.database
  const until = Date.now() + patienceMs
  await tick(services, ticking)
  for (;;) {
    const left = {
      jobs: await services.queue.countUnfinished(),
      due: await countDue(db, services.clock.now()),
      lanes: (await ticking.lanes.listBusy()).length + ticking.lanes.countRunning(),
      units: await countUnfinishedUnits(db),
    }
    if (left.due > 0) await tick(services, ticking)
    if (Object.values(left).every((count) => count === 0)) return
    if (Date.now() > until)
      throw new Error(`not drained after ${patienceMs} ms: ${JSON.stringify(left)}`)
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
  }
}
