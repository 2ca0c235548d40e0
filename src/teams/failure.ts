import type { Refusal } from '../domain/reasons.ts'
import { PlatformError } from '../platform.ts'

/**
 * Statuses after which Teams may or may not have posted: the answer came from a gateway on the way.
 */
const MAYBE_POSTED = new Set([500, 502, 503, 504])
/** Teams' codes for a person who blocked or removed the app, or is not there. */
const PERSON_GONE = new Map<string, Refusal>([
  ['MessageWritesBlocked', 'blocked'],
  ['BotNotInConversationRoster', 'blocked'],
  ['ConversationBlockedByUser', 'blocked'],
  ['UserNotFound', 'accountClosed'],
])
/**
 * Codes that each person gets whom the app may not write to: for one whose policy does not allow
 * it, and for all of a tenant that has switched it off (learn.microsoft.com, status codes from bot
 * conversational APIs).
 */
const FORBIDDEN = new Map<string, Refusal>([
  ['BotDisabledByAdmin', 'adminBlocked'],
  ['ForbiddenOperationException', 'blocked'],
])
/** Codes for what Teams will not take however often it comes. */
const IMPOSSIBLE = new Set(['Bad Argument', 'BadArgument', 'BadSyntax', 'MessageSizeTooBig'])

/** A refused call in our words. Teams asks for another try on 412, 429 and 5xx. */
export function toPlatformError(
  status: number,
  body: string,
  retryAfter: string | null,
): PlatformError {
  const said = /"code"\s*:\s*"([\w ]+)"/.exec(body)?.[1] ?? null
  const code = said ?? `http_${status}`
  if (status === 429) {
    const seconds = Number(retryAfter)
    const retryAfterMs = Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : 1_000
    return new PlatformError({ outcome: 'paced', reason: 'tooMany', retryAfterMs }, { code })
  }
  const gone = PERSON_GONE.get(code)
  if (status === 404 && said !== null)
    return new PlatformError({ outcome: 'gone', reason: gone ?? 'blocked' }, { code })
  if (status === 403 && gone) return new PlatformError({ outcome: 'gone', reason: gone }, { code })
  if (status === 403 && said !== null) {
    const reason = FORBIDDEN.get(code) ?? 'notPermitted'
    return new PlatformError({ outcome: 'forbidden', reason }, { code })
  }
  // Without a code of theirs it was not Teams that answered, but something on the way.
  if (status === 403)
    return new PlatformError({ outcome: 'noWorkspace', reason: 'noConnection' }, { code })
  if (status === 401)
    return new PlatformError({ outcome: 'noWorkspace', reason: 'tokenRefused' }, { code })
  if (IMPOSSIBLE.has(code))
    return new PlatformError({ outcome: 'impossible', reason: 'notTaken' }, { code })
  return MAYBE_POSTED.has(status)
    ? new PlatformError({ outcome: 'unknown', reason: 'platformFault' }, { code })
    : new PlatformError({ outcome: 'refused', reason: 'notTaken' }, { code })
}
