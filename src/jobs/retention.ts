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
 * Works round by round until nothing goes, and leaves the store as long to others as a round took;
 * returns how many rows went.
 */
async function inRounds(stopping: AbortSignal, round: () => Promise<number>): Promise<number> {
  let sum = 0
  while (!stopping.aborted) {
    const startedAt = performance.now()
    const count = await round()
    sum += count
    if (count === 0) break
    await wait(Math.min(performance.now() - startedAt, LONGEST_PAUSE_MS))
  }
  return sum
}

/** Faults of one look; the rest of it was done all the same. */
type Faults = unknown[]

/** One organisation's trouble, or one kind's, is not another's: keeps the fault and returns 0. */
const apart = async (faults: Faults, work: () => Promise<number>): Promise<number> =>
  await work().catch((error: unknown) => {
    faults.push(error)
    return 0
  })

async function forgetByAge(
  { database, log }: Services,
  before: Cutoffs,
  stopping: AbortSignal,
  faults: Faults,
): Promise<void> {
  const gone: Partial<Record<Ageing, number>> = {}
  for (const kind of AGEING) {
    const round = () => forgetRound(database.db, kind, before)
    const count = await apart(faults, () => inRounds(stopping, round))
    if (count > 0) gone[kind] = count
  }
  if (Object.keys(gone).length > 0) log.info('retention', gone)
}

/** People, requests and audit logs, of the organisations that have any past their time. */
async function forgetNamed(
  { database, log, ballotKeys }: Services,
  now: Date,
  stopping: AbortSignal,
  faults: Faults,
): Promise<void> {
  const { db } = database
  const before = cutoffsAt(now)
  for (const organisation of await listWithOldRemovals(db, now)) {
    if (stopping.aborted) return
    const people = await apart(faults, () => forgetRemoved(database, organisation, now))
    if (people > 0) log.info('retention.removed', { organisation, people })
  }
  const { keyring } = ballotKeys
  for (const organisation of await listWithOldContacts(db, before.contacts)) {
    if (stopping.aborted) return
    const requests = { keyring, now }
    const contacts = await apart(faults, () =>
      forgetContacts(database, organisation, before.contacts, requests),
    )
    if (contacts > 0) log.info('retention.contacts', { organisation, contacts })
  }
  for (const organisation of await listWithOldAudit(db, before.audit)) {
    const round = () => forgetAudit(database, organisation, before.audit, keyring)
    const entries = await apart(faults, () => inRounds(stopping, round))
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
        const faults: Faults = []
        await forgetNamed(services, now, stopping.signal, faults)
        await forgetByAge(services, cutoffsAt(now), stopping.signal, faults)
        if (faults.length > 0) throw faults[0]
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
