import cron from 'node-cron'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { startBeat } from '../../src/jobs/beat.ts'

const DAY_MS = 24 * 60 * 60_000
const HALF_MINUTE_MS = 30_000
const NEW_YEAR = new Date('2026-01-01T00:00:00Z')
const own = process.env.TZ

/** A host in a zone on new year's day; nothing but what the test lets pass passes. */
function hostIn(zone: string, at = NEW_YEAR): void {
  process.env.TZ = zone
  vi.useFakeTimers({
    now: at,
    toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance'],
  })
}
afterEach(() => {
  vi.useRealTimers()
  if (own === undefined) delete process.env.TZ
  else process.env.TZ = own
})

/** Midnights in UTC before the host’s own clocks change, in a year. */
const daysOfChange = (year: number): number[] =>
  Array.from({ length: 366 }, (_, day) => Date.UTC(year, 0, 1) + day * DAY_MS).filter(
    (day) => new Date(day).getTimezoneOffset() !== new Date(day + DAY_MS).getTimezoneOffset(),
  )

/** Counts beats, and the longest time between two of them, by what really passed. */
function counted() {
  let last = performance.now()
  const seen = { beats: 0, gap: 0 }
  const beat = async () => {
    seen.gap = Math.max(seen.gap, performance.now() - last)
    last = performance.now()
    seen.beats += 1
  }
  return { seen, beat }
}

describe('the beat of the service', { timeout: 120_000 }, () => {
  it.each(['Europe/Berlin', 'America/New_York', 'Antarctica/Troll', 'Australia/Lord_Howe'])(
    'comes every half minute while the clocks of a host in %s change, forth and back',
    async (zone) => {
      process.env.TZ = zone
      const changes = daysOfChange(2026)
      expect(changes).toHaveLength(2)
      for (const day of changes) {
        hostIn(zone, new Date(day - DAY_MS))
        const { seen, beat } = counted()
        const { stop } = startBeat(beat)
        await vi.advanceTimersByTimeAsync(3 * DAY_MS)
        expect(seen).toEqual({ beats: 3 * 2_880 + 1, gap: HALF_MINUTE_MS })
        await stop()
        vi.useRealTimers()
      }
    },
  )

  it.each([-3_600, -7_230, -1, 1, 300, 7_200, 86_400])(
    'goes on when somebody sets the clock by %i seconds',
    async (seconds) => {
      hostIn('Europe/Berlin')
      const { seen, beat } = counted()
      const { stop } = startBeat(beat)
      await vi.advanceTimersByTimeAsync(95_000)
      vi.setSystemTime(Date.now() + seconds * 1_000)
      await vi.advanceTimersByTimeAsync(60_000)
      expect(seen).toEqual({ beats: 6, gap: HALF_MINUTE_MS })
      await stop()
    },
  )

  it('a beat that takes long is not joined by another, and the next comes after it', async () => {
    hostIn('UTC')
    let running = 0
    let most = 0
    let beats = 0
    const { stop } = startBeat(async () => {
      beats += 1
      running += 1
      most = Math.max(most, running)
      await new Promise((resolve) => setTimeout(resolve, 100_000))
      running -= 1
    })
    await vi.advanceTimersByTimeAsync(250_000)
    expect({ most, beats }).toEqual({ most: 1, beats: 3 })
    const stopped = stop()
    await vi.advanceTimersByTimeAsync(100_000)
    await stopped
  })

  it('node-cron’s own calendar stands still where an hour comes twice (control)', async () => {
    hostIn('Europe/Berlin', new Date('2026-10-25T00:59:30Z'))
    cron.setLogger({ info() {}, warn() {}, error() {}, debug() {} })
    const { seen, beat } = counted()
    const task = cron.schedule('*/30 * * * * *', beat)
    await vi.advanceTimersByTimeAsync(65 * 60_000)
    expect(seen.gap).toBeGreaterThan(60 * 60_000)
    await task.destroy()
  })
})
