import type { Services } from '../commands/services.ts'
import { cutoffsAt } from '../domain/retention.ts'
import { HOUR_MS } from '../domain/time.ts'
import { messageOf } from '../errors.ts'
import { listOrganisations } from '../store/organisation.ts'
import { forgetOld } from '../store/retention.ts'

async function forgetAll(services: Services, now: Date): Promise<void> {
  for (const organisation of await listOrganisations(services.database.db)) {
    const before = cutoffsAt(now, organisation)
    for (;;) {
      const gone = await forgetOld(services.database, organisation.id, before)
      if (Object.values(gone).every((count) => count === 0)) break
      services.log.info('retention', { organisation: organisation.id, ...gone })
    }
  }
}

/**
 * Deleting by age, once an hour of the product clock; what another machine deleted meanwhile is
 * simply not there.
 */
export type Retention = { run(): Promise<void> }

export function createRetention(services: Services): Retention {
  let doneAt: number | null = null
  return {
    async run() {
      const now = services.clock.now()
      if (doneAt !== null && Math.abs(now.getTime() - doneAt) < HOUR_MS) return
      doneAt = now.getTime()
      try {
        await forgetAll(services, now)
      } catch (error) {
        // It met somebody who was at the same rows; what is past its time can wait for the next
        // look.
        services.log.warn('retention.again', { reason: messageOf(error).slice(0, 200) })
        doneAt = null
      }
    },
  }
}
