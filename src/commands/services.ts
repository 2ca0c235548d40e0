import { randomUUID } from 'node:crypto'
import type { Content } from '../content/load.ts'
import type { Log } from '../log.ts'
import type { PlatformName, Traits } from '../platform.ts'
import type { OnRejected } from '../rejections.ts'
import { appendAudit } from '../store/audit.ts'
import type { Database } from '../store/engine/database.ts'
import type { Queue } from '../store/engine/queue.ts'
import type { Tenant } from '../store/engine/transaction.ts'
import { planOccurrences } from '../store/occurrence.ts'
import { planDeliveries } from '../store/outbox.ts'
import type { BallotKeys, Effects, Step } from './command.ts'
import type { IdentityCache } from './identity-cache.ts'
import type { RecentAnswers } from './recent-answers.ts'

export type Clock = {
  /** The product clock: decides what is due. */
  now(): Date
  /** The wall clock: leases, waits, signatures. */
  wall(): Date
}

/** Each platform's traits. */
type Platforms = ReadonlyMap<PlatformName, Traits>

/** Everything that the door and the jobs work with. `onDone` hears of traced verbs only. */
export type Services = {
  database: Database
  queue: Queue
  clock: Clock
  content: Content
  ballotKeys: BallotKeys
  identityCache: IdentityCache
  recentAnswers: RecentAnswers
  /** The platforms that this process serves, as far as they are up. */
  platforms: Platforms
  log: Log
  /** Where the service is reached from outside; null when nobody said. */
  publicUrl: string | null
  newId?: () => string
  /** Hears of requests that no command was run for. */
  onRejected: OnRejected
  /** Hears how the service fares. */
  onSign?: {
    delivered(platform: string, outcome: string, reason: string): void
    jobFailed(queue: string): void
    ticked(): void
  }
  onDone?: (facts: {
    platform: string
    verb: string
    outcome: 'ok' | 'refused' | 'failed'
    ms: number
  }) => void
}

/** One step of a job, in a transaction of its own with what it causes. May be repeated. */
export async function runStep<I, O>(
  services: Services,
  step: Step<I, O>,
  organisationId: string,
  input: I,
): Promise<O> {
  return await services.database.transaction(async (tx) => {
    const base = {
      tx,
      now: services.clock.now(),
      content: services.content,
      ballotKeys: services.ballotKeys,
      newId: services.newId ?? randomUUID,
      organisationId,
    }
    const { result, ...effects } = await step.run(base, input)
    await applyEffects(services, base, effects)
    // Nobody did it: it was due.
    const facts = (effects.audit ?? []).map(({ isUnnamed: _, ...fact }) => ({
      ...fact,
      actorId: null,
    }))
    await appendAudit(base, services.ballotKeys.keyring, facts, base.now)
    return result
  })
}

/** Writes what a verb caused, in its own transaction. */
export async function applyEffects(
  services: Services,
  tenant: Tenant,
  effects: Effects,
): Promise<void> {
  const { tx, organisationId } = tenant
  if (effects.occurrences?.length) await planOccurrences(tenant, effects.occurrences)
  if (effects.deliveries?.length)
    await planDeliveries(
      tx,
      effects.deliveries.map((plan) => ({ ...plan, organisationId })),
      services.clock.now(),
    )
  if (effects.jobs?.length) await services.queue.enqueue(tx, effects.jobs)
}
