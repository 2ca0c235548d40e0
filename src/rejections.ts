import type { Log } from './log.ts'
import type { PlatformName } from './platform.ts'

/**
 * The reasons for which a request of a platform's address runs no command. `clock`: at a time that
 * this host's clock says is not now. `badShape`: nothing that the platform sends. `foreign`: a
 * button or form that this app did not make, or reads no more. `workspace`: signed for one that is
 * not connected.
 */
export type RejectReason =
  | 'method'
  | 'unsigned'
  | 'clock'
  | 'signature'
  | 'issuer'
  | 'repeated'
  | 'tooLarge'
  | 'tooMany'
  | 'badShape'
  | 'foreign'
  | 'workspace'
  | 'guest'
  | 'keysUnreachable'

/** A refusal and, where a clock is to blame, by how many seconds: positive when ours is ahead. */
export type Rejection = { reason: RejectReason; clockAheadSeconds?: number }
export type OnRejected = (platform: PlatformName, rejection: Rejection) => void

/** One line a minute for each reason: strangers can send as many requests as they like. */
const TELL_EVERY_MS = 60_000

/**
 * Counts requests that were turned away, and warns of each reason once a minute with how many there
 * were since. It says nothing of what was in them. `wall` is the wall clock.
 */
export function createRejections(
  log: Log,
  count: (platform: PlatformName, reason: RejectReason) => void,
  wall: () => Date,
): OnRejected {
  const told = new Map<string, { at: number; since: number }>()
  return (platform, { reason, ...facts }) => {
    count(platform, reason)
    const key = `${platform} ${reason}`
    const now = wall().getTime()
    const { at, since } = told.get(key) ?? { at: Number.NEGATIVE_INFINITY, since: 0 }
    // A clock that was set back must not silence it.
    if (Math.abs(now - at) < TELL_EVERY_MS) return void told.set(key, { at, since: since + 1 })
    told.set(key, { at: now, since: 0 })
    log.warn('request.rejected', { platform, reason, count: since + 1, ...facts })
  }
}

/** The reason that an answer of `readBody` or `readJson` stands for. */
export const reasonOfStatus = (status: 400 | 405 | 413 | 415 | 503): RejectReason =>
  ({ 400: 'badShape', 405: 'method', 413: 'tooLarge', 415: 'badShape', 503: 'tooMany' })[
    status
  ] as RejectReason
