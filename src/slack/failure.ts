import {
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebAPIRequestError,
} from '@slack/web-api'
import type { Refusal } from '../domain/reasons.ts'
import { neverLeft } from '../errors.ts'
import { PlatformError } from '../platform.ts'

// The words are those of docs.slack.dev, reference of chat.postMessage, conversations.open and
// users.info; test/slack/failure.test.ts holds every one of them.

/** Slack's words for "this person or channel cannot be reached any more". */
const GONE = new Map<string, Refusal>([
  ['cannot_dm_bot', 'noSuchPerson'],
  ['channel_not_found', 'notInChannel'],
  ['invalid_user_combination', 'noSuchPerson'],
  ['is_archived', 'notInChannel'],
  ['not_in_channel', 'notInChannel'],
  ['restricted_action', 'notPermitted'],
  ['restricted_action_non_threadable_channel', 'notPermitted'],
  ['restricted_action_read_only_channel', 'notPermitted'],
  ['restricted_action_thread_locked', 'notPermitted'],
  ['restricted_action_thread_only_channel', 'notPermitted'],
  ['user_disabled', 'accountClosed'],
  ['user_not_found', 'noSuchPerson'],
  ['user_not_visible', 'noSuchPerson'],
])

/**
 * And for "this workspace takes nothing from the app": its token was taken back, or has too few
 * permissions, or somebody switched the app or its messages off. Nothing is lost: it rests.
 */
const NO_WORKSPACE = new Map<string, Refusal>([
  ['access_denied', 'notPermitted'],
  ['accesslimited', 'notPermitted'],
  ['deprecated_endpoint', 'unexpected'],
  ['ekm_access_denied', 'notPermitted'],
  ['enterprise_is_restricted', 'notPermitted'],
  ['message_limit_exceeded', 'tooMany'],
  ['messages_tab_disabled', 'notPermitted'],
  ['method_deprecated', 'unexpected'],
  ['no_permission', 'notPermitted'],
  ['not_allowed_token_type', 'tokenRefused'],
  ['team_access_not_granted', 'notPermitted'],
  ['team_added_to_org', 'notPermitted'],
  ['two_factor_setup_required', 'notPermitted'],
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

/** Slack's words for "this will never be taken as it is". */
const IMPOSSIBLE = new Set([
  'as_user_not_supported',
  'attachment_payload_limit_exceeded',
  'cannot_reply_to_message',
  'draft_already_deleted',
  'draft_already_sent',
  'draft_has_conflict',
  'draft_not_found',
  'duplicate_channel_not_found',
  'duplicate_message_not_found',
  'invalid_arg_name',
  'invalid_arguments',
  'invalid_array_arg',
  'invalid_blocks',
  'invalid_blocks_format',
  'invalid_charset',
  'invalid_form_data',
  'invalid_metadata_format',
  'invalid_metadata_schema',
  'invalid_post_type',
  'markdown_text_conflict',
  'metadata_must_be_sent_from_app',
  'metadata_too_large',
  'missing_file_data',
  'missing_post_type',
  'msg_blocks_too_long',
  'msg_too_long',
  'no_text',
  'slack_connect_canvas_sharing_blocked',
  'slack_connect_file_link_sharing_blocked',
  'slack_connect_lists_sharing_blocked',
  'team_not_found',
  'too_many_attachments',
  'too_many_contact_cards',
])

const says = (error: unknown, word: string): boolean =>
  error instanceof WebAPIPlatformError && error.data.error === word
/** The modal was changed since the press: another press was first. */
export const isConflict = (error: unknown): boolean => says(error, 'hash_conflict')
/** The modal is not open any more. */
export const isViewGone = (error: unknown): boolean => says(error, 'not_found')

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
  if (IMPOSSIBLE.has(code))
    return new PlatformError({ outcome: 'impossible', reason: 'notTaken' }, { code, cause })
  return MAYBE_DONE.has(code)
    ? new PlatformError({ outcome: lost, reason: 'platformFault' }, { code, cause })
    : new PlatformError({ outcome: 'refused', reason: 'notTaken' }, { code, cause })
}
