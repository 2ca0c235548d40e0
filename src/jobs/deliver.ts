import { setTimeout as wait } from 'node:timers/promises'
import { prepare, reportUnreachable } from '../commands/delivery.ts'
import { runStep, type Services } from '../commands/services.ts'
import { LOST_IN_A_ROW, WORKSPACE_TROUBLE_MS } from '../domain/delivery.ts'
import { type Attempt, type Drop, type Refusal, STOPPING } from '../domain/reasons.ts'
import {
  type Address,
  type Outgoing,
  type Platform,
  PlatformError,
  type Rate,
} from '../platform.ts'
import { type Claimed, type Outcome, recordOutcomes } from '../store/batch.ts'
import { clearTrouble, keepAddresses, type Lane, pauseConnection } from '../store/lane.ts'
import { settleForbidden } from './forbidden.ts'
import type { RateLimiter } from './rate-limit.ts'
import type { Semaphore } from './semaphore.ts'

type Learnt = { externalId: string; address: Address }
/**
 * How a lane sends. `rates` are its workspace's as they are now, which each notice keeps to;
 * `statements` lets it to the store.
 */
export type Way = {
  platform: Platform
  rateLimiter: RateLimiter | null
  statements: Semaphore
  lane: Lane
  hasTrouble: boolean
  /**
   * Answers of this lane that were lost, one after the other, and who was refused (forbidden.ts).
   */
  lost: Losses
  rates: () => readonly Rate[]
}
export type Losses = { inARow: number; forbidden: Set<string> }
/** `code`: the platform's own word for what it refused. */
type Sent = { claimed: Claimed; outcome: Outcome; learnt: Learnt | null; code: string | null }

/**
 * Sends the notices claimed for a lane: each outside any transaction, at the platform's pace, tried
 * once; then writes how it went. False when nothing more should be sent over this lane for now.
 */
export async function deliverBatch(
  services: Services,
  way: Way,
  batch: readonly Claimed[],
): Promise<boolean> {
  const { db } = services.database
  const { statements, lane, hasTrouble, platform } = way
  const begunAt = performance.now()
  const sent = settleForbidden(
    await Promise.all(batch.map((claimed) => deliverOne(services, way, { claimed, begunAt }))),
    way.lost.forbidden,
  )
  const now = services.clock.now()
  const outcomes = sent.map(({ outcome }) => outcome)
  await patiently(() =>
    statements.within(() =>
      recordOutcomes({ tx: db, organisationId: lane.organisationId }, outcomes, now),
    ),
  )
  const learnt = sent.flatMap((one) => one.learnt ?? [])
  if (learnt.length > 0) await keepAddresses(db, lane, learnt)
  const attempts = sent.flatMap(({ outcome }) => ('attempt' in outcome ? [outcome.attempt] : []))
  if (hasTrouble && attempts.some(({ outcome }) => outcome === 'sent')) await clearTrouble(db, lane)
  for (const { claimed, outcome, code } of sent) {
    const how = said(outcome)
    services.log.info('delivery', { kind: claimed.kind, delivery: claimed.id, ...how, code })
    services.onSign?.delivered(platform.name, how.outcome, how.reason ?? '')
    // Ours to mend: nobody will get it as it is.
    if ('attempt' in outcome && outcome.attempt.outcome === 'impossible')
      services.log.error('delivery.impossible', new Error(code ?? 'no code'), {
        kind: claimed.kind,
        delivery: claimed.id,
      })
    if (isUnreachable(outcome))
      await runStep(services, reportUnreachable, lane.organisationId, {
        claimed,
        connectionId: lane.connectionId,
        reason: outcome.attempt.reason,
        // The group or the person may be gone by now; the others' notices go on.
      }).catch((error: unknown) =>
        services.log.error('delivery.report', error, { delivery: claimed.id }),
      )
  }
  return await goesOn(services, way, attempts)
}

/**
 * Outcomes are written down also when the store was away for a moment: otherwise nobody would know,
 * and it would go twice.
 */
async function patiently(write: () => Promise<void>): Promise<void> {
  for (const waitMs of RECORD_AGAIN_MS) {
    try {
      return await write()
    } catch {
      await wait(waitMs)
    }
  }
  await write()
}

/** Together well below the lease of a notice that is being sent. */
const RECORD_AGAIN_MS = [200, 500, 1_000, 3_000, 10_000]

function said(outcome: Outcome) {
  if ('later' in outcome) return { outcome: 'postponed', reason: 'quietHours' }
  if ('dropped' in outcome) return { outcome: 'dropped', reason: outcome.dropped }
  const { attempt } = outcome
  return { outcome: attempt.outcome, reason: 'reason' in attempt ? attempt.reason : null }
}

/** Nobody there any more. A person who never opened the app is waited for instead. */
function isUnreachable(
  outcome: Outcome,
): outcome is Outcome & { attempt: { outcome: 'gone'; reason: Refusal } } {
  return 'attempt' in outcome && outcome.attempt.outcome === 'gone'
}

/**
 * A workspace that asked for patience, or that takes nothing from us, is left alone for a while.
 */
async function goesOn(
  services: Services,
  { lane, lost }: Way,
  attempts: readonly Attempt[],
): Promise<boolean> {
  for (const { outcome } of attempts) lost.inARow = outcome === 'unknown' ? lost.inARow + 1 : 0
  if (lost.inARow >= LOST_IN_A_ROW.count) {
    lost.inARow = 0
    await pauseConnection(services.database.db, lane, LOST_IN_A_ROW.restMs, null)
    return false
  }
  const trouble = attempts.find(isTrouble)
  const waitMs = Math.max(
    0,
    ...attempts.map((one) => (one.outcome === 'paced' ? one.retryAfterMs : 0)),
  )
  if (!trouble && waitMs === 0) return true
  const forMs = trouble ? WORKSPACE_TROUBLE_MS : waitMs
  await pauseConnection(services.database.db, lane, forMs, trouble?.reason ?? null)
  return false
}

const isTrouble = (attempt: Attempt): attempt is Extract<Attempt, { reason: Refusal }> =>
  attempt.outcome === 'noWorkspace' || attempt.outcome === 'forbidden'

async function deliverOne(
  services: Services,
  { platform, rateLimiter, rates: ofWorkspace }: Way,
  { claimed, begunAt }: { claimed: Claimed; begunAt: number },
): Promise<Sent> {
  const { id, kind, attempts, lostAnswers, interruptions } = claimed
  const outcome = (rest: { attempt: Attempt } | { dropped: Drop } | { later: Date }): Outcome => ({
    id,
    kind,
    attempts,
    lostAnswers,
    interruptions,
    ...rest,
  })
  const ready = readied(services, claimed)
  if (ready === null)
    return { claimed, outcome: outcome({ attempt: NOT_MADE }), learnt: null, code: null }
  if (!('outgoing' in ready)) return { claimed, outcome: outcome(ready), learnt: null, code: null }
  const rates = [...ofWorkspace(), ...platform.rates(ready.outgoing)]
  // Stopping, or it waited so long that its lease may be over before its answer is here: nothing
  // was sent, so the notice waits for the next turn.
  const hasTurn = !rateLimiter || (await rateLimiter.turn(rates))
  if (hasTurn && performance.now() - begunAt > LONGEST_WAIT_MS) {
    rateLimiter?.done(rates)
    return { claimed, outcome: outcome({ attempt: WAITED }), learnt: null, code: null }
  }
  if (!hasTurn) return { claimed, outcome: outcome({ attempt: WAITED }), learnt: null, code: null }
  const { attempt, ...rest } = await tryToSend(services, platform, ready.outgoing)
  rateLimiter?.done(rates)
  return { claimed, outcome: outcome({ attempt }), ...rest }
}

/** A notice that cannot be made is its own trouble; those beside it go out. Null: it cannot. */
function readied(services: Services, claimed: Claimed): ReturnType<typeof prepare> | null {
  try {
    return prepare(services.content, claimed, services.clock.now())
  } catch (error) {
    services.log.error('delivery.failed', error, { kind: claimed.kind, delivery: claimed.id })
    return null
  }
}

/** A notice is leased for a minute, and a call takes up to twenty seconds. */
const LONGEST_WAIT_MS = 30_000

const NOT_MADE = { outcome: 'refused', reason: 'unexpected' } as const
const WAITED = { outcome: 'paced', reason: STOPPING, retryAfterMs: 1 } as const

async function tryToSend(
  services: Services,
  platform: Platform,
  outgoing: Outgoing,
): Promise<{ attempt: Attempt; learnt: Learnt | null; code: string | null }> {
  try {
    const { address } = await platform.send(outgoing)
    const { recipient } = outgoing
    const learnt =
      recipient.type === 'person' && address ? { externalId: recipient.externalId, address } : null
    return { attempt: { outcome: 'sent' }, learnt, code: null }
  } catch (error) {
    if (error instanceof PlatformError)
      return { attempt: error.attempt, learnt: null, code: error.code }
    services.log.error('delivery.failed', error, { platform: platform.name })
    return { attempt: { outcome: 'unknown', reason: 'unexpected' }, learnt: null, code: null }
  }
}
