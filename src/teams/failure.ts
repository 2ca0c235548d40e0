import { PlatformError } from '../errors.ts'

/** Statuses after which Teams may or may not have posted: the answer came from a gateway on the way. */
const MAYBE_POSTED = new Set([500, 502, 503, 504])
/** What a refusal calls a person who blocked or removed the app. Any other 403 is about the app or the tenant. */
const PERSON_GONE = /^(MessageWritesBlocked|BotNotInConversationRoster|ConversationBlockedByUser|UserNotFound)$/

/** A refused call in our words. Teams asks for another try on 412, 429 and 5xx. */
export function toPlatformError(status: number, body: string, retryAfter: string | null): PlatformError {
  const seconds = Number(retryAfter)
  const code = /"code"\s*:\s*"(\w+)"/.exec(body)?.[1] ?? `http_${status}`
  return new PlatformError(code, {
    isGone: status === 404 || (status === 403 && PERSON_GONE.test(code)),
    isWorkspace: status === 401 || (status === 403 && !PERSON_GONE.test(code)),
    isUnknown: MAYBE_POSTED.has(status),
    ...(status === 429 ? { retryAfterMs: Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : 1_000 } : {}),
  })
}
