import type { Clock, Services } from '../commands/services.ts'
import { MINUTE_MS } from '../domain/time.ts'
import { readStoreTime } from '../store/probe.ts'

/**
 * A host whose clock is off would open, close and remind early or late for everybody, while each
 * lease goes by the store's clock. So the product clock is the store's, counted on from the last
 * comparison by a clock that nobody can set.
 */
export type StoreClock = Clock & {
  /** How far this host's clock was ahead of the store's, in ms, when they were last compared. */
  aheadMs(): number
  /**
   * Whether the two agree well enough to open, close and delete by: one of them is wrong, and
   * nobody here can tell which. False before the first comparison.
   */
  isTrusted(): boolean
  /** Compares the two clocks. Throws when the store does not answer. */
  compare(services: Pick<Services, 'database' | 'log'>): Promise<void>
}

/** Below this nobody has to be told. */
const NOTICEABLE_MS = 2_000
/** No host is so far off by itself; what would be done by it cannot be undone. */
const MOST_OFF_MS = 15 * MINUTE_MS
/** A comparison that took longer says less than is known. The first one may: nothing is, yet. */
const LONGEST_LOOK_MS = { first: 20_000, later: 1_000 } as const

/** `wallMs` is the host's clock, in ms since 1970; `steadyMs` counts on, whatever it is set to. */
export function createStoreClock(
  wallMs: () => number,
  steadyMs: () => number = () => performance.now(),
): StoreClock {
  let last: { storeMs: number; steadyMs: number; aheadMs: number } | null = null
  return {
    now: () => new Date(last ? last.storeMs + steadyMs() - last.steadyMs : wallMs()),
    wall: () => new Date(wallMs()),
    aheadMs: () => last?.aheadMs ?? 0,
    isTrusted: () => last !== null && Math.abs(last.aheadMs) <= MOST_OFF_MS,
    async compare({ database, log }) {
      const before = steadyMs()
      const store = await readStoreTime(database.db)
      const took = steadyMs() - before
      if (took > (last ? LONGEST_LOOK_MS.later : LONGEST_LOOK_MS.first)) return
      const storeMs = store + took / 2
      const aheadMs = wallMs() - storeMs
      const isNews = Math.abs(aheadMs - (last?.aheadMs ?? 0)) > NOTICEABLE_MS
      last = { storeMs, steadyMs: before + took, aheadMs }
      if (Math.abs(aheadMs) > MOST_OFF_MS)
        log.error(
          'clock.apart',
          new Error('nothing is opened, closed or deleted by such a clock'),
          {
            seconds: Math.round(aheadMs / 1_000),
          },
        )
      else if (isNews && Math.abs(aheadMs) > NOTICEABLE_MS)
        log.warn('clock.off', { seconds: Math.round(aheadMs / 1_000) })
    },
  }
}
