import { randomUUID } from 'node:crypto'
import type { Content } from '../content/load.ts'
import type { Log } from '../log.ts'
import type { Database, Tx } from '../store/engine/database.ts'
import type { Queue } from '../store/engine/queue.ts'
import { planOccurrences } from '../store/occurrence.ts'
import { planDeliveries } from '../store/outbox.ts'
import type { Effects, Step, Vault } from './command.ts'
import type { Acquaintances } from './identity-cache.ts'

export type Clock = {
  /** The product clock: decides what is due. */
  now(): Date
  /** The wall clock: leases, waits, signatures. */
  wall(): Date
}

/** What the door needs. `onDone` hears of traced verbs only. */
export type Door = {
  database: Database
  queue: Queue
  clock: Clock
  content: Content
  vault: Vault
  acquaintances: Acquaintances
  log: Log
  /** Where the service is reached from outside; null when nobody said. */
  publicUrl: string | null
  newId?: () => string
  onDone?: (facts: { platform: string; verb: string; outcome: 'ok' | 'refused' | 'failed'; ms: number }) => void
}

/** One step of a job, in a transaction of its own with what it causes. May be repeated. */
export async function runStep<I, O>(door: Door, step: Step<I, O>, organisationId: string, input: I): Promise<O> {
  return await door.database.db.$transaction(async (tx) => {
    const base = {
      tx,
      now: door.clock.now(),
      content: door.content,
      vault: door.vault,
      newId: door.newId ?? randomUUID,
      organisationId,
    }
    const { result, ...effects } = await step.run(base, input)
    await applyEffects(door, tx, organisationId, effects)
    return result
  })
}

/** What a verb caused, written in its own transaction. */
export async function applyEffects(door: Door, tx: Tx, organisationId: string, effects: Effects): Promise<void> {
  if (effects.occurrences?.length) await planOccurrences(tx, organisationId, effects.occurrences)
  if (effects.deliveries?.length)
    await planDeliveries(
      tx,
      door.queue,
      effects.deliveries.map((plan) => ({ ...plan, organisationId })),
      door.clock.now(),
    )
  if (effects.jobs?.length) await door.queue.enqueue(tx, effects.jobs)
}
