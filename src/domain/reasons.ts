/**
 * Why a platform did not take a notice. Platforms keep their own words to themselves and say one of
 * these; what they said stands in the log.
 */
const REFUSALS = [
  /** The person has not opened the app yet. */
  'notOpened',
  /** The account was closed: nobody is asked or counted there any more. */
  'accountClosed',
  /** The platform knows no such person, or hides them from the app. */
  'noSuchPerson',
  /** The person blocked the app or took it off. */
  'blocked',
  /** An admin of the platform does not allow the app for this person. */
  'adminBlocked',
  'notInChannel',
  /** The token was taken back, or is not good. */
  'tokenRefused',
  /** The app may do too little there. */
  'notPermitted',
  /** Nothing was sent: no connection came about. */
  'noConnection',
  'noAnswer',
  /** More than the platform takes at a time. */
  'tooMany',
  /** Something went wrong on the platform's side. */
  'platformFault',
  /** The platform does not take this notice as it is. */
  'notTaken',
  /** A fault of ours. */
  'unexpected',
] as const
export type Refusal = (typeof REFUSALS)[number]

/** Why nothing was sent at all. */
const DROPS = [
  'paused',
  'optedOut',
  'quietHours',
  'noLongerApplies',
  'tooLate',
  'noAccount',
  'noChannel',
  /** Nobody knows whether it arrived, and another attempt is not worth a double. */
  'unknown',
] as const
export type Drop = (typeof DROPS)[number]

/** Why a notice was not sent, as the ledger says it. */
export type Reason = Refusal | Drop

/** Reads a stored reason. A word that is not known any more reads as `unexpected`. */
export const toReason = (stored: string | null): Reason =>
  [...REFUSALS, ...DROPS].find((reason) => reason === stored) ?? 'unexpected'

/** The process died while it was posting. */
export const INTERRUPTED = 'interrupted'
/** The process stopped before it posted. */
export const STOPPING = 'stopping'

/**
 * How an attempt ended. `refused`: not taken, and may be tried again. `impossible`: it will never
 * be taken as it is. `gone`: the person or channel cannot be reached any more. `notYet`: not before
 * the person opens the app. `noWorkspace`: nothing gets through there. `forbidden`: one of these
 * two, and only what happens to others tells which. `paced`: not before `retryAfterMs`. `unknown`:
 * nobody can know whether it arrived.
 */
export type Attempt =
  | { outcome: 'sent' }
  | {
      outcome: 'refused' | 'impossible' | 'gone' | 'notYet' | 'noWorkspace' | 'forbidden'
      reason: Refusal
    }
  | { outcome: 'paced'; reason: Refusal | typeof STOPPING; retryAfterMs: number }
  | { outcome: 'unknown'; reason: Refusal | typeof INTERRUPTED }
