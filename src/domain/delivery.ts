import { type Attempt, INTERRUPTED, type Reason } from './reasons.ts'
import { hourOf } from './time.ts'

/** The notices that are sent without being asked for. */
export type DeliveryKind =
  | 'welcome'
  | 'reminder'
  | 'session-cancelled'
  | 'session-moved'
  | 'session-ended'
  | 'message'
  | 'check-in'
  | 'check-in-nudge'
  | 'digest-notice'
  | 'summary-notice'
  | 'result'
  | 'contact-request'
  | 'contact-reminder'
  | 'contact-seen'
  | 'contact-closed'
  | 'contact-alone'
  | 'contact-nobody'
  | 'role-changed'
  | 'win-waiting'
  | 'win-declined'
  | 'goodbye'
  | 'removed'
  | 'deletion-receipt'
  | 'delivery-problem'

/** How one kind of notice behaves. */
type KindRule = {
  /**
   * The ledger's rule when nobody can know whether it arrived (the process died, or the platform
   * timed out).
   */
  whenUnknown: 'tryOnceMore' | 'drop'
  /** The switch by which a person turns it off; null: it always comes. */
  heldBy: 'reminders' | 'checkIns' | 'pause' | null
  /**
   * In a person's quiet hours it waits; `unlessTooLate`: it comes at once where waiting would make
   * it useless. `passes`: it comes at once, because somebody waits; who takes such a role knows it.
   */
  quiet: 'waits' | 'waitsUnlessTooLate' | 'passes'
  /** `hour`: the ledger keeps no more than the hour, because the minute could say who asked. */
  kept?: 'hour'
}

/** One more attempt is worth a rare double for each of these; a nudge is not worth one. */
const RULES: Record<DeliveryKind, KindRule> = {
  welcome: { whenUnknown: 'tryOnceMore', heldBy: null, quiet: 'waits' },
  reminder: { whenUnknown: 'tryOnceMore', heldBy: 'reminders', quiet: 'waits' },
  'session-cancelled': { whenUnknown: 'tryOnceMore', heldBy: null, quiet: 'waitsUnlessTooLate' },
  'session-moved': { whenUnknown: 'tryOnceMore', heldBy: null, quiet: 'waitsUnlessTooLate' },
  'session-ended': { whenUnknown: 'drop', heldBy: null, quiet: 'waits' },
  message: { whenUnknown: 'tryOnceMore', heldBy: 'pause', quiet: 'waits' },
  'check-in': { whenUnknown: 'tryOnceMore', heldBy: 'checkIns', quiet: 'waits' },
  'check-in-nudge': { whenUnknown: 'drop', heldBy: 'checkIns', quiet: 'waits' },
  'digest-notice': { whenUnknown: 'tryOnceMore', heldBy: null, quiet: 'waits' },
  'summary-notice': { whenUnknown: 'tryOnceMore', heldBy: null, quiet: 'waits' },
  'contact-request': { whenUnknown: 'tryOnceMore', heldBy: null, quiet: 'passes', kept: 'hour' },
  'contact-reminder': { whenUnknown: 'tryOnceMore', heldBy: null, quiet: 'waits', kept: 'hour' },
  'contact-seen': { whenUnknown: 'tryOnceMore', heldBy: null, quiet: 'waits', kept: 'hour' },
  'win-waiting': { whenUnknown: 'drop', heldBy: null, quiet: 'waits', kept: 'hour' },
  'win-declined': { whenUnknown: 'tryOnceMore', heldBy: null, quiet: 'waits', kept: 'hour' },
  'contact-closed': { whenUnknown: 'tryOnceMore', heldBy: null, quiet: 'waits', kept: 'hour' },
  'contact-alone': { whenUnknown: 'tryOnceMore', heldBy: null, quiet: 'passes', kept: 'hour' },
  'contact-nobody': { whenUnknown: 'tryOnceMore', heldBy: null, quiet: 'waits' },
  'role-changed': { whenUnknown: 'tryOnceMore', heldBy: null, quiet: 'waits' },
  result: { whenUnknown: 'drop', heldBy: 'checkIns', quiet: 'waits' },
  removed: { whenUnknown: 'tryOnceMore', heldBy: null, quiet: 'waits' },
  goodbye: { whenUnknown: 'tryOnceMore', heldBy: null, quiet: 'waits' },
  'deletion-receipt': { whenUnknown: 'tryOnceMore', heldBy: null, quiet: 'waits' },
  'delivery-problem': { whenUnknown: 'drop', heldBy: null, quiet: 'waits' },
}

/** A person's choices. `isPaused` holds as of now. */
export type Wishes = { isPaused: boolean; wantsReminders: boolean; wantsCheckIns: boolean }

/** Why a person does not want this notice now; null when they do. */
export function heldBack(kind: DeliveryKind, wishes: Wishes): 'paused' | 'optedOut' | null {
  const { heldBy } = RULES[kind]
  if (heldBy === null) return null
  if (wishes.isPaused) return 'paused'
  if (heldBy === 'reminders' && !wishes.wantsReminders) return 'optedOut'
  return heldBy === 'checkIns' && !wishes.wantsCheckIns ? 'optedOut' : null
}

/**
 * When a notice goes out: now, at the end of quiet hours, or (null) not at all because that would
 * be too late.
 */
export function sendAt(
  kind: DeliveryKind,
  now: Date,
  quietEnds: Date,
  expiresAt: Date | null,
): Date | null {
  if (RULES[kind].quiet === 'passes') return now
  if (quietEnds <= now || !expiresAt || quietEnds < expiresAt)
    return quietEnds > now ? quietEnds : now
  return RULES[kind].quiet === 'waitsUnlessTooLate' ? now : null
}

/** A time of a notice, as the ledger keeps it. */
export const keptTime = (kind: DeliveryKind, at: Date): Date =>
  RULES[kind].kept === 'hour' ? hourOf(at) : at

/** A lost answer mostly means that the notice arrived: one more attempt. */
const MOST_LOST_ANSWERS = 1
/**
 * A process that dies mostly dies before the post: giving up after one more death lost 67 of 2,000
 * in the crash suite.
 */
const MOST_INTERRUPTIONS = 3

/** Attempts after which a notice that keeps failing is given up. */
export const MAX_ATTEMPTS = 6
const FIRST_RETRY_MS = 5_000
const LONGEST_RETRY_MS = 10 * 60_000

/** The ledger row's next state. `waitMs` is wall-clock time before the next attempt. */
export type LedgerStep =
  | { state: 'sent' }
  | { state: 'failed' | 'dropped'; reason: Reason }
  | { state: 'planned'; waitMs: number; isUntried: boolean }

/**
 * The attempts so far: attempts with this one (1 for the first), and what became of those before
 * that ended unknown.
 */
export type Tries = { attempts: number; lostAnswers: number; interruptions: number }

/** The ledger's rule after an attempt. */
export function afterAttempt(kind: DeliveryKind, tries: Tries, attempt: Attempt): LedgerStep {
  const { attempts, lostAnswers, interruptions } = tries
  if (attempt.outcome === 'sent') return { state: 'sent' }
  if (attempt.outcome === 'unknown') {
    const hasRoom =
      attempt.reason === INTERRUPTED
        ? interruptions < MOST_INTERRUPTIONS
        : lostAnswers < MOST_LOST_ANSWERS
    return RULES[kind].whenUnknown === 'tryOnceMore' && hasRoom
      ? { state: 'planned', waitMs: backOffMs(lostAnswers + interruptions), isUntried: false }
      : { state: 'dropped', reason: 'unknown' }
  }
  // The workspace's trouble, or its pace, is not this notice's: it waits, and its attempts are not
  // used up.
  if (attempt.outcome === 'paced')
    return { state: 'planned', waitMs: attempt.retryAfterMs, isUntried: true }
  if (attempt.outcome === 'noWorkspace')
    return { state: 'planned', waitMs: WORKSPACE_TROUBLE_MS, isUntried: true }
  // Those who were not tried go first: they tell whether anybody is reached.
  if (attempt.outcome === 'forbidden')
    return { state: 'planned', waitMs: WORKSPACE_TROUBLE_MS + FORBIDDEN_BEHIND_MS, isUntried: true }
  const isHopeless =
    attempt.outcome === 'gone' || attempt.outcome === 'notYet' || attempt.outcome === 'impossible'
  if (isHopeless || attempts >= MAX_ATTEMPTS) return { state: 'failed', reason: attempt.reason }
  return { state: 'planned', waitMs: backOffMs(attempts - 1), isUntried: false }
}

/**
 * Longer each time: what fails, or dies, over and over does not take the same notices with it each
 * time.
 */
const backOffMs = (before: number) => Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** before)

/** So many answers lost in a row are the way's fault, not the notices': it rests for so long. */
export const LOST_IN_A_ROW = { count: 3, restMs: 30_000 } as const
/**
 * A token that was taken back is tried again so often; what is due meanwhile waits, or becomes too
 * late.
 */
export const WORKSPACE_TROUBLE_MS = 5 * 60_000
/** A forbidden notice is tried so long after the connection has rested. */
const FORBIDDEN_BEHIND_MS = 60_000
/** A notice without a time of its own is given up after so long (product clock). */
export const LONGEST_WAIT_DAYS = 7
