import {
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebAPIRequestError,
} from '@slack/web-api'
import type { Refusal } from '../domain/reasons.ts'
import { neverLeft } from '../errors.ts'
import { PlatformError } from '../platform.ts'

/** Slack's words for "this person or channel cannot be reached any more". */
const GONE = new Map<string, Refusal>([
  ['cannot_dm_bot', 'noSuchPerson'],
  ['channel_not_found', 'notInChannel'],
  ['is_archived', 'notInChannel'],
  ['not_in_channel', 'notInChannel'],
  ['user_disabled', 'accountClosed'],
  ['user_not_found', 'noSuchPerson'],
  ['user_not_visible', 'noSuchPerson'],
])

/**
 * And for "this workspace takes nothing from the app": its token was taken back, or has too few
 * permissions.
 */
const NO_WORKSPACE = new Map<string, Refusal>([
  ['account_inactive', 'tokenRefused'],
  ['invalid_auth', 'tokenRefused'],
  ['missing_scope', 'notPermitted'],
  ['not_authed', 'tokenRefused'],
  ['org_login_required', 'notPermitted'],
  ['token_expired', 'tokenRefused'],
  ['token_revoked', 'tokenRefused'],
])

/** Slack's words for "something went wrong on our side": parts of the call may have been done. */
const MAYBE_DONE = new Set([
  'fatal_error',
  'internal_error',
  'request_timeout',
  'service_unavailable',
])

/**
 * Slack's words for "this has a block that I do not take". Nothing was done; whether the trigger is
 * still good, Slack does not say.
 */
const REFUSED_BLOCK = new Set(['invalid_arguments', 'invalid_blocks', 'invalid_blocks_format'])
export const isRefusedBlock = (error: unknown): boolean =>
  error instanceof WebAPIPlatformError && REFUSED_BLOCK.has(error.data.error)

/**
 * The SDK's error in our words. `mayHaveActed` says whether a lost answer leaves it open that Slack
 * did it.
 */
export function toPlatformError(error: unknown, mayHaveActed: boolean): PlatformError {
  const lost = mayHaveActed ? 'unknown' : 'refused'
  if (error instanceof WebAPIRateLimitedError) {
    const retryAfterMs = error.retryAfter * 1000
    return new PlatformError(
      { outcome: 'paced', reason: 'tooMany', retryAfterMs },
      { code: 'ratelimited', cause: error },
    )
  }
  if (error instanceof WebAPIPlatformError) return fromCode(error.data.error, lost, error)
  if (error instanceof WebAPIHTTPError) {
    const facts = { code: `http_${error.statusCode}`, cause: error }
    return error.statusCode >= 500
      ? new PlatformError({ outcome: lost, reason: 'platformFault' }, facts)
      : new PlatformError({ outcome: 'refused', reason: 'notTaken' }, facts)
  }
  if (error instanceof WebAPIRequestError) {
    return neverLeft(error)
      ? new PlatformError({ outcome: 'noWorkspace', reason: 'noConnection' }, { cause: error })
      : new PlatformError({ outcome: lost, reason: 'noAnswer' }, { cause: error })
  }
  return new PlatformError({ outcome: lost, reason: 'unexpected' }, { cause: error })
}

function fromCode(code: string, lost: 'unknown' | 'refused', cause: unknown): PlatformError {
  const gone = GONE.get(code)
  if (gone) return new PlatformError({ outcome: 'gone', reason: gone }, { code, cause })
  const trouble = NO_WORKSPACE.get(code)
  if (trouble)
    return new PlatformError({ outcome: 'noWorkspace', reason: trouble }, { code, cause })
  return MAYBE_DONE.has(code)
    ? new PlatformError({ outcome: lost, reason: 'platformFault' }, { code, cause })
    : new PlatformError({ outcome: 'refused', reason: 'notTaken' }, { code, cause })
}
