import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError, WebAPIRequestError } from '@slack/web-api'
import { PlatformError } from '../errors.ts'

/** Slack's words for "this person or this workspace cannot be reached any more". */
const GONE = new Set([
  'account_inactive',
  'cannot_dm_bot',
  'channel_not_found',
  'invalid_auth',
  'is_archived',
  'token_revoked',
  'user_disabled',
  'user_not_found',
  'user_not_visible',
])

/** What the SDK threw, in our words. `mayHaveActed` says whether a lost answer leaves it open that Slack did it. */
export function toPlatformError(error: unknown, mayHaveActed: boolean): PlatformError {
  if (error instanceof WebAPIRateLimitedError) {
    return new PlatformError('rate_limited', { retryAfterMs: error.retryAfter * 1000, cause: error })
  }
  if (error instanceof WebAPIPlatformError) {
    return new PlatformError(error.data.error, { isGone: GONE.has(error.data.error), cause: error })
  }
  if (error instanceof WebAPIHTTPError) {
    return new PlatformError(`http_${error.statusCode}`, {
      isUnknown: mayHaveActed && error.statusCode >= 500,
      cause: error,
    })
  }
  if (error instanceof WebAPIRequestError)
    return new PlatformError('no_answer', { isUnknown: mayHaveActed, cause: error })
  return new PlatformError('unexpected', { isUnknown: mayHaveActed, cause: error })
}
