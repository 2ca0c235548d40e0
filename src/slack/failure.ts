import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError, WebAPIRequestError } from '@slack/web-api'
import { PlatformError } from '../errors.ts'

/** Slack's words for "this person or channel cannot be reached any more". */
const GONE = new Set([
  'cannot_dm_bot',
  'channel_not_found',
  'is_archived',
  'not_in_channel',
  'user_disabled',
  'user_not_found',
  'user_not_visible',
])

/** And for "this workspace takes nothing from the app": its token was taken back, or may too little. */
const WORKSPACE = new Set([
  'account_inactive',
  'invalid_auth',
  'missing_scope',
  'not_authed',
  'org_login_required',
  'token_expired',
  'token_revoked',
])

/** What the SDK threw, in our words. `mayHaveActed` says whether a lost answer leaves it open that Slack did it. */
export function toPlatformError(error: unknown, mayHaveActed: boolean): PlatformError {
  if (error instanceof WebAPIRateLimitedError) {
    return new PlatformError('rate_limited', { retryAfterMs: error.retryAfter * 1000, cause: error })
  }
  if (error instanceof WebAPIPlatformError) {
    const reason = error.data.error
    return new PlatformError(reason, { isGone: GONE.has(reason), isWorkspace: WORKSPACE.has(reason), cause: error })
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
