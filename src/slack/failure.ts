import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError, WebAPIRequestError } from '@slack/web-api'
import { NO_CONNECTION, neverLeft, PlatformError } from '../errors.ts'

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

/** Slack's words for "something went wrong on our side": parts of the call may have been done. */
const MAYBE_DONE = new Set(['fatal_error', 'internal_error', 'request_timeout', 'service_unavailable'])

/** Slack's words for "this has a block that I do not take". Nothing was done; whether the trigger is still good, Slack does not say. */
const REFUSED_BLOCK = new Set(['invalid_arguments', 'invalid_blocks', 'invalid_blocks_format'])
export const isRefusedBlock = (error: unknown): boolean =>
  error instanceof WebAPIPlatformError && REFUSED_BLOCK.has(error.data.error)

/** What the SDK threw, in our words. `mayHaveActed` says whether a lost answer leaves it open that Slack did it. */
export function toPlatformError(error: unknown, mayHaveActed: boolean): PlatformError {
  if (error instanceof WebAPIRateLimitedError) {
    return new PlatformError('rate_limited', { retryAfterMs: error.retryAfter * 1000, cause: error })
  }
  if (error instanceof WebAPIPlatformError) {
    const reason = error.data.error
    const isUnknown = mayHaveActed && MAYBE_DONE.has(reason)
    return new PlatformError(reason, {
      isGone: GONE.has(reason),
      isWorkspace: WORKSPACE.has(reason),
      isUnknown,
      cause: error,
    })
  }
  if (error instanceof WebAPIHTTPError) {
    return new PlatformError(`http_${error.statusCode}`, {
      isUnknown: mayHaveActed && error.statusCode >= 500,
      cause: error,
    })
  }
  if (error instanceof WebAPIRequestError) {
    if (neverLeft(error)) return new PlatformError(NO_CONNECTION, { isWorkspace: true, cause: error })
    return new PlatformError('no_answer', { isUnknown: mayHaveActed, cause: error })
  }
  return new PlatformError('unexpected', { isUnknown: mayHaveActed, cause: error })
}
