import { setTimeout as wait } from 'node:timers/promises'
import type { Services } from '../commands/services.ts'
import { type Cutoffs, cutoffsAt } from '../domain/retention.ts'
import { HOUR_MS } from '../domain/time.ts'
import { messageOf } from '../errors.ts'
import { listHeads } from '../store/audit-check.ts'
import { forgetContacts, listWithOldContacts } from '../store/contact-keep.ts'
import { forgetRemoved, listWithOldRemovals } from '../store/removal.ts'
import {
  AGEING,
  type Ageing,
  forgetAudit,
  forgetRound,
  listWithOldAudit,
  ROUND,
} from '../store/retention.ts'
import { giveTurnBack, takeTurn } from '../store/turn.ts'

/** The longest pause after a round of deleting. */
const LONGEST_PAUSE_MS = 1_000

/**
 * Prints where each audit log stands, once a day: what is written down elsewhere cannot be changed
 * with the database.
 */
async function printHeads({ database, log }: Services): Promise<void> {
  for (const { organisationId, number, hash } of await listHeads(database.db))
    log.info('audit.head', { organisation: organisationId, head: `${number}:${hash}` })
}

/**
 * Works round by round until one is not full, and leaves the store as long to others as a round
 * took; returns how many rows went.
 */
async function inRounds(stopping: AbortSignal, round: () => Promise<number>): Promise<number> {
  let sum = 0
  while (!stopping.aborted) {
    const startedAt = performance.now()
    const count = await round()
    sum += count
    if (count < ROUND) break
    await wait(Math.min(performance.now() - startedAt, LONGEST_PAUSE_MS))
  }
  return sum
}

async function forgetByAge(
  { database, log }: Services,
  before: Cutoffs,
  stopping: AbortSignal,
): Promise<void> {
  const gone: Partial<Record<Ageing, number>> = {}
  for (const kind of AGEING) {
    const count = await inRounds(stopping, () => forgetRound(database.db, kind, before))
    if (count > 0) gone[kind] = count
  }
  if (Object.keys(gone).length > 0) log.info('retention', gone)
}

/** People, requests and audit logs, of the organisations that have any which are past their time. */
async function forgetNamed(services: Services, now: Date, stopping: AbortSignal): Promise<void> {
  const { database, log, ballotKeys } = services
  const { db } = database
  const before = cutoffsAt(now)
  for (const organisation of await listWithOldRemovals(db, now)) {
    if (stopping.aborted) return
    const people = await forgetRemoved(database, organisation, now)
    if (people > 0) log.info('retention.removed', { organisation, people })
  }
  const { keyring } = ballotKeys
  for (const organisation of await listWithOldContacts(db, before.contacts)) {
    if (stopping.aborted) return
    const requests = { keyring, now }
    const contacts = await forgetContacts(database, organisation, before.contacts, requests)
    if (contacts > 0) log.info('retention.contacts', { organisation, contacts })
  }
  for (const organisation of await listWithOldAudit(db, before.audit)) {
    const entries = await inRounds(stopping, () =>
      forgetAudit(database, organisation, before.audit, keyring),
    )
    if (entries > 0) log.info('retention.audit', { organisation, entries })
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
        await forgetNamed(services, now, stopping.signal)
        await forgetByAge(services, cutoffsAt(now), stopping.signal)
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
