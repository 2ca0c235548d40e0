import { contactWatch, WATCHES } from '../commands/contact-watch.ts'
import { runStep, type Services } from '../commands/services.ts'
import { HOUR_MS } from '../domain/time.ts'
import { messageOf } from '../errors.ts'
import { listWatched } from '../store/ladder.ts'

/**
 * Looks once an hour of the product clock whether somebody waits before nobody. Harmless on any
 * number of machines: what it plans has fixed ids.
 */
export type Watch = { run(): Promise<void> }

export function createWatch(services: Services): Watch {
  let doneAt: number | null = null
  return {
    async run() {
      const now = services.clock.now()
      if (doneAt !== null && Math.abs(now.getTime() - doneAt) < HOUR_MS) return
      doneAt = now.getTime()
      const again = (error: unknown) => {
        services.log.warn('watch.again', { reason: messageOf(error).slice(0, 200) })
        doneAt = null
      }
      try {
        // One organisation's trouble, or one part's, is not another's.
        for (const { id, ...has } of await listWatched(services.database.db))
          for (const part of WATCHES)
            if (has[part]) await runStep(services, contactWatch, id, part).catch(again)
      } catch (error) {
        again(error)
      }
    },
  }
}
