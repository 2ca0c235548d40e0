import { LRUCache } from 'lru-cache'
import type { Texts } from '../content/load.ts'
import type { Reply } from '../views/card.ts'

/** An answer in somebody's language; null: nothing is said. */
export type Served = { reply: Reply | null; texts: Texts }

/** A thing that somebody did; for so many milliseconds a second one like it is the same. */
export type Press = { person: string; pressed: string; forMs: number }

/** The last answer of each person, for a moment. */
export type RecentAnswers = {
  /**
   * Runs `act` for the first press; the same that comes beside it, or next and soon, gets the same
   * answer. One that failed is forgotten: the next one runs.
   */
  once(press: Press, act: () => Promise<Served>): Promise<Served>
}

/** People who press within a minute or two; cards of some kilobytes each. */
const MOST = 500

/**
 * Remembers in this process's memory alone: an answer may hold what was typed. That things are done
 * once is the store's own rule; this is only about what a second press reads. `wall` is the wall
 * clock.
 */
export function createRecentAnswers(wall: () => Date): RecentAnswers {
  const running = new Map<string, Promise<Served>>()
  const perf = { now: () => wall().getTime() }
  // Each goes when its time is over, not when somebody asks for it: it may be of who has left.
  const options = { max: MOST, ttl: 1, ttlResolution: 0, ttlAutopurge: true, perf }
  const last = new LRUCache<string, { pressed: string; served: Served }>(options)
  return {
    async once({ person, pressed, forMs }, act) {
      const name = `${person} ${pressed}`
      const known = last.get(person)
      if (known?.pressed === pressed) return known.served
      const beside = running.get(name)
      if (beside) return await beside
      const work = act()
      running.set(name, work)
      try {
        const served = await work
        last.set(person, { pressed, served }, { ttl: forMs })
        return served
      } finally {
        running.delete(name)
      }
    },
  }
}
