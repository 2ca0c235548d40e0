import type { Refusal } from '../domain/reasons.ts'
import { PlatformError } from '../platform.ts'

/**
 * Statuses after which Teams may or may not have posted: the answer came from a gateway on the way.
 */
const MAYBE_POSTED = new Set([500, 502, 503, 504])
/**
 * Teams' codes for a person who blocked or removed the app. Any other 403 is about the app or the
 * tenant.
 */
const PERSON_GONE = new Map<string, Refusal>([
  ['MessageWritesBlocked', 'blocked'],
  ['BotNotInConversationRoster', 'blocked'],
  ['ConversationBlockedByUser', 'blocked'],
  ['UserNotFound', 'accountClosed'],
])

/** A refused call in our words. Teams asks for another try on 412, 429 and 5xx. */
export function toPlatformError(
  status: number,
  body: string,
  retryAfter: string | null,
): PlatformError {
  const code = /"code"\s*:\s*"(\w+)"/.exec(body)?.[1] ?? `http_${status}`
  if (status === 429) {
    const seconds = Number(retryAfter)
    const retryAfterMs = Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : 1_000
    return new PlatformError({ outcome: 'paced', reason: 'tooMany', retryAfterMs }, { code })
  }
  const gone = PERSON_GONE.get(code)
  if (status === 404)
    return new PlatformError({ outcome: 'gone', reason: gone ?? 'blocked' }, { code })
  if (status === 403 && gone) return new PlatformError({ outcome: 'gone', reason: gone }, { code })
  if (status === 403)
    return new PlatformError({ outcome: 'noWorkspace', reason: 'notPermitted' }, { code })
  if (status === 401)
    return new PlatformError({ outcome: 'noWorkspace', reason: 'tokenRefused' }, { code })
  return MAYBE_POSTED.has(status)
    ? new PlatformError({ outcome: 'unknown', reason: 'platformFault' }, { code })
    : new PlatformError({ outcome: 'refused', reason: 'notTaken' }, { code })
}
