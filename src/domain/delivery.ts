/** The messages that are sent without being asked for. */
export type DeliveryKind = 'welcome' | 'reminder' | 'check-in' | 'check-in-nudge' | 'digest-notice' | 'summary-notice'

/** What the ledger does when nobody can know whether a message arrived (the process died, or the platform timed out). */
type UnknownRule = 'tryOnceMore' | 'drop'

/** One more attempt is worth a rare double for each of these; a nudge is not worth one. */
const WHEN_UNKNOWN: Record<DeliveryKind, UnknownRule> = {
  welcome: 'tryOnceMore',
  reminder: 'tryOnceMore',
  'check-in': 'tryOnceMore',
  'check-in-nudge': 'drop',
  'digest-notice': 'tryOnceMore',
  'summary-notice': 'tryOnceMore',
}

/** Attempts after which a message that keeps failing is given up. */
export const MAX_ATTEMPTS = 6
const FIRST_RETRY_MS = 5_000
const LONGEST_RETRY_MS = 10 * 60_000

/** How an attempt ended. `retryAfterMs` is what the platform asked for, or null. */
export type Attempt =
  | { outcome: 'sent' }
  | { outcome: 'refused'; isGone: boolean; retryAfterMs: number | null; reason: string }
  | { outcome: 'unknown'; reason: string }

/** What the ledger row becomes. `waitMs` is wall-clock time before the next attempt. */
export type LedgerStep =
  | { state: 'sent' }
  | { state: 'failed' | 'dropped'; reason: string }
  | { state: 'planned'; waitMs: number }

/** The ledger's rule after attempt number `attempts` (1 for the first). */
export function afterAttempt(kind: DeliveryKind, attempts: number, attempt: Attempt): LedgerStep {
  if (attempt.outcome === 'sent') return { state: 'sent' }
  if (attempt.outcome === 'unknown') {
    const again = WHEN_UNKNOWN[kind] === 'tryOnceMore' && attempts < 2
    return again ? { state: 'planned', waitMs: 0 } : { state: 'dropped', reason: 'unknown' }
  }
  if (attempt.isGone) return { state: 'failed', reason: attempt.reason }
  if (attempts >= MAX_ATTEMPTS) return { state: 'failed', reason: attempt.reason }
  const backOffMs = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (attempts - 1))
  return { state: 'planned', waitMs: attempt.retryAfterMs ?? backOffMs }
}
