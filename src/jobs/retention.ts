import type { Services } from '../commands/services.ts'
import { cutoffsAt } from '../domain/retention.ts'
import { HOUR_MS } from '../domain/time.ts'
import { messageOf } from '../errors.ts'
import { findHead } from '../store/audit-check.ts'
import { forgetContacts } from '../store/contact-keep.ts'
import { listOrganisations } from '../store/organisation.ts'
import { forgetRemoved } from '../store/removal.ts'
import { forgetOld } from '../store/retention.ts'
import { giveTurnBack, takeTurn } from '../store/turn.ts'

/**
 * Prints where each audit log stands, once a day: what is written down elsewhere cannot be changed
 * with the database.
 */
async function printHeads({ database, log }: Services): Promise<void> {
  for (const { id } of await listOrganisations(database.db)) {
    const head = await findHead({ tx: database.db, organisationId: id })
    if (head) log.info('audit.head', { organisation: id, head: `${head.number}:${head.hash}` })
  }
}

async function forgetAll(services: Services, now: Date, stopping: AbortSignal): Promise<void> {
  for (const organisation of await listOrganisations(services.database.db)) {
    if (stopping.aborted) return
    const before = cutoffsAt(now, organisation)
    const people = await forgetRemoved(services.database, organisation.id, now)
    if (people > 0)
      services.log.info('retention.removed', { organisation: organisation.id, people })
    const contacts = await forgetContacts(services.database, organisation.id, before.contacts, {
      keyring: services.ballotKeys.keyring,
      now,
    })
    if (contacts > 0)
      services.log.info('retention.contacts', { organisation: organisation.id, contacts })
    while (!stopping.aborted) {
      const gone = await forgetOld(
        services.database,
        organisation.id,
        before,
        services.ballotKeys.keyring,
      )
      if (Object.values(gone).every((count) => count === 0)) break
      services.log.info('retention', { organisation: organisation.id, ...gone })
    }
  }
}

/**
 * Deleting by age, once an hour of the product clock, by one process of a store, at a beat of its
 * own: however much there is, nothing that is due waits for it. `stop` ends it at the next row.
 */
export type Retention = { run(): Promise<void>; stop(): void }

export function createRetention(services: Services): Retention {
  const { database, clock, log } = services
  let printedOn: string | null = null
  const stopping = new AbortController()
  return {
    async run() {
      const now = clock.now()
      try {
        if (!(await takeTurn(database.db, now, HOUR_MS))) return
        const today = now.toISOString().slice(0, 10)
        if (printedOn !== today) await printHeads(services)
        printedOn = today
        await forgetAll(services, now, stopping.signal)
      } catch (error) {
        // It met somebody who was at the same rows; what is past its time can wait for the next
        // look.
        log.warn('retention.again', { reason: messageOf(error).slice(0, 200) })
        await giveTurnBack(database.db).catch((failed: unknown) =>
          log.error('retention.turn', failed),
        )
      }
    },
    stop: () => stopping.abort(),
  }
}
