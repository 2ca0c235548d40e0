import type { Rate } from '../platform.ts'

/**
 * Keeps calls within rates. A call's place is free again only when its answer has been here for the
 * rate's whole time.
 */
export type RateLimiter = {
  /**
   * Resolves when a call with these rates may start, and counts it as begun; `done` must follow.
   * False: stopped meanwhile.
   */
  turn(rates: readonly Rate[]): Promise<boolean>
  /** Counts a call as begun that waits for nobody; `done` must follow. */
  begin(rates: readonly Rate[]): void
  /** Whether a call may start this moment; if so, it counts as begun. */
  tryTurn(rates: readonly Rate[]): boolean
  /**
   * Waits until a call may start within `leadMs`. Resolves with how many may by then, `most` at
   * most; 0: stopped meanwhile.
   */
  room(rates: readonly Rate[], most: number, leadMs: number): Promise<number>
  done(rates: readonly Rate[]): void
  /**
   * Counts as many calls as each rate allows, now: for a lane that somebody else used a moment ago.
   */
  fill(rates: readonly Rate[]): void
  stop(): void
}

/**
 * Ends of past calls by key, the oldest first, and calls under way. `keptMs`: the longest time that
 * a rate of this key looks back.
 */
type Window = { ends: number[]; running: number; keptMs: number }
/** Keys that are remembered; a conversation that was quiet for a minute needs none. */
const MOST_KEYS = 10_000

/**
 * A sliding window for each key on the wall clock. Platforms count calls when they arrive; counting
 * from the answer on is never too early, whatever the network does.
 */
export function createRateLimiter(wallMs: () => number): RateLimiter {
  const windows = new Map<string, Window>()
  const waiting = new Set<() => void>()
  let isStopped = false
  const windowOf = (key: string): Window => {
    const known = windows.get(key) ?? { ends: [], running: 0, keptMs: 0 }
    windows.set(key, known)
    return known
  }
  const forgetOld = (at: number) => {
    if (windows.size < MOST_KEYS) return
    for (const [key, { ends, running }] of windows)
      if (running === 0 && (ends.at(-1) ?? 0) < at - 60_000) windows.delete(key)
  }
  const endsWithin = ({ key, perMs }: Rate, at: number) =>
    windowOf(key).ends.filter((end) => end > at - perMs)
  const roomOf = (rate: Rate, at: number) =>
    rate.calls - windowOf(rate.key).running - endsWithin(rate, at).length
  const waitFor = (rate: Rate, at: number): number => {
    const { key, calls, perMs } = rate
    const { running } = windowOf(key)
    const within = endsWithin(rate, at)
    if (within.length + running < calls) return 0
    // Room comes when the oldest of them leaves the window, or when a running one has ended.
    const oldest = within[within.length + running - calls]
    return oldest === undefined ? SOON_MS : Math.max(1, oldest + perMs - at)
  }
  const sleep = async (ms: number): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, ms)
    waiting.add(resolve)
    await promise
    clearTimeout(timer)
    waiting.delete(resolve)
  }
  /** The window of each key: several rates may have one, and a call counts once in it. */
  const windowsOf = (rates: readonly Rate[]) =>
    new Set(
      rates.map(({ key, perMs }) => {
        const window = windowOf(key)
        window.keptMs = Math.max(window.keptMs, perMs)
        return window
      }),
    )
  const begin = (rates: readonly Rate[]) => {
    for (const window of windowsOf(rates)) window.running += 1
  }
  return {
    begin,
    async turn(rates) {
      for (;;) {
        if (isStopped) return false
        const at = wallMs()
        forgetOld(at)
        const ms = Math.max(0, ...rates.map((rate) => waitFor(rate, at)))
        if (ms === 0) break
        await sleep(ms)
      }
      begin(rates)
      return true
    },
    tryTurn(rates) {
      const at = wallMs()
      if (isStopped || rates.some((rate) => waitFor(rate, at) > 0)) return false
      begin(rates)
      return true
    },
    async room(rates, most, leadMs) {
      for (;;) {
        if (isStopped) return 0
        const at = wallMs()
        const calls = Math.min(most, ...rates.map((rate) => roomOf(rate, at + leadMs)))
        if (calls > 0) return calls
        await sleep(Math.max(1, ...rates.map((rate) => waitFor(rate, at) - leadMs)))
      }
    },
    done(rates) {
      const at = wallMs()
      for (const window of windowsOf(rates)) {
        window.running -= 1
        window.ends.push(at)
        // No longer than anybody looks back: a busy minute would be walked through at each call.
        while ((window.ends[0] ?? at) <= at - window.keptMs) window.ends.shift()
      }
    },
    fill(rates) {
      for (const { key, calls } of rates)
        windowOf(key).ends.push(...Array.from({ length: calls }, wallMs))
    },
    stop() {
      isStopped = true
      for (const resolve of waiting) resolve()
    },
  }
}

/** A call under way has no known end; looked at again after this. */
const SOON_MS = 20
