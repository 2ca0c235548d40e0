import type { Services } from '../commands/services.ts'
import { DAY_MS, MINUTE_MS, plus } from '../domain/time.ts'
import { resolveInterrupted } from '../store/batch.ts'
import { claimOccurrences, countDue } from '../store/occurrence.ts'
import { countUnfinishedUnits, sweepUnits } from '../store/release.ts'
import { forgetRequests } from '../store/request.ts'
import { startBeat } from './beat.ts'
import type { Beside } from './beside.ts'
import { type Lanes, wakeDue } from './lanes.ts'
import type { StoreClock } from './store-clock.ts'
import type { ZoneData } from './zone-data.ts'

/** The longest any platform repeats a request. */
const REQUEST_DAYS = 2

/** The parts that a tick keeps going. */
export type Ticking = {
  lanes: Lanes
  zoneData: ZoneData
  storeClock: StoreClock
}

/**
 * One look at what is due: claims it, finishes what a crash left, forgets what is over. Harmless on
 * any number of machines.
 */
export async function tick(
  services: Services,
  { lanes, zoneData, storeClock }: Ticking,
): Promise<void> {
  const { database, queue, clock } = services
  const wall = clock.wall()
  await storeClock.compare(services)
  if (!storeClock.isTrusted()) return
  const round = Math.floor(wall.getTime() / MINUTE_MS)
  while ((await claimOccurrences(database, queue, clock.now())) > 0);
  await database.transaction((tx) => resolveInterrupted(tx, clock.now()))
  await wakeDue(lanes)
  await sweepUnits(database, queue, { round, wall })
  await zoneData.run()
  await forgetRequests(database.db, plus(clock.now(), -REQUEST_DAYS * DAY_MS))
  services.onSign?.ticked()
}

/** Does what goes on beside the tick, one after the other, by a clock that can be trusted. */
export async function runBeside({ storeClock }: Ticking, beside: Beside): Promise<void> {
  if (!storeClock.isTrusted()) return
  for (const { run } of beside) await run()
}

/**
 * Ticks at once and then every half minute (`everyMs` in its place), and does the rest as often,
 * each at its own beat.
 */
export function startClock(
  services: Services,
  ticking: Ticking,
  beside: Beside,
  everyMs?: number,
): { stop(): Promise<void> } {
  const ticks = startBeat(
    () =>
      tick(services, ticking).catch((error: unknown) => services.log.error('tick.failed', error)),
    everyMs,
  )
  const others = beside.map((work) =>
    startBeat(
      () =>
        runBeside(ticking, [work]).catch((error: unknown) =>
          services.log.error('beat.failed', error),
        ),
      everyMs,
    ),
  )
  return {
    async stop() {
      for (const { stop } of beside) stop?.()
      await Promise.all([ticks, ...others].map((beat) => beat.stop()))
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
  beside: Beside,
  patienceMs = 30_000,
): Promise<void> {
  const { db } = services.database
  const until = Date.now() + patienceMs
  // A platform that comes up late has its lanes woken by the tick.
  await runBeside(ticking, beside)
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
