import type { Fault } from '../../src/simulator/faults.ts'

/** A refusal, without the person that it is told to. */
export type Said = Omit<Fault, 'method' | 'channel'>

/**
 * Every word that Slack's reference gives for a refused chat.postMessage, conversations.open or
 * users.info (docs.slack.dev), and what becomes of the message, the person and the connection.
 */
const SLACK = {
  /** The person or channel: marked, the message given up at once, nobody else waits. */
  gone: `cannot_dm_bot invalid_user_combination is_archived not_in_channel
    restricted_action restricted_action_non_threadable_channel restricted_action_read_only_channel
    restricted_action_thread_locked restricted_action_thread_only_channel user_disabled
    user_not_found user_not_visible`,
  /** The workspace: it rests, nothing is lost. */
  rests: `access_denied accesslimited account_inactive deprecated_endpoint ekm_access_denied
    enterprise_is_restricted invalid_auth message_limit_exceeded messages_tab_disabled
    method_deprecated missing_scope no_permission not_allowed_token_type not_authed
    org_login_required team_access_not_granted team_added_to_org token_expired token_revoked
    two_factor_setup_required`,
  /** The message: given up at once and logged as a fault of ours. */
  impossible: `as_user_not_supported attachment_payload_limit_exceeded cannot_reply_to_message
    draft_already_deleted draft_already_sent draft_has_conflict draft_not_found
    duplicate_channel_not_found duplicate_message_not_found invalid_arg_name invalid_arguments
    invalid_array_arg invalid_blocks invalid_blocks_format invalid_charset invalid_form_data
    invalid_metadata_format invalid_metadata_schema invalid_post_type markdown_text_conflict
    metadata_must_be_sent_from_app metadata_too_large missing_file_data missing_post_type
    msg_blocks_too_long msg_too_long no_text slack_connect_canvas_sharing_blocked
    slack_connect_file_link_sharing_blocked slack_connect_lists_sharing_blocked team_not_found
    too_many_attachments too_many_contact_cards`,
  /** The chat is not there any more: it is opened anew, and the message goes there at once. */
  anew: 'channel_not_found',
  /** Once more: it may have been done, or a moment later it is. */
  again: `fatal_error internal_error rate_limited ratelimited request_timeout service_unavailable
    a_word_that_slack_makes_up_tomorrow`,
} as const
/** The fate of a message that is refused so. */
type Fate = keyof typeof SLACK
/** Words that a message's first way is told: the opening of a direct chat. */
const OF_OPENING = new Set(
  'cannot_dm_bot invalid_user_combination user_disabled user_not_found user_not_visible'.split(' '),
)
const SLACK_WORDS = (Object.entries(SLACK) as [Fate, string][]).flatMap(([fate, words]) =>
  words.split(/\s+/).map((error) => [error, { status: 200, error }, fate] as const),
)
const LOGIN_PAGE = '<!doctype html><title>Sign in to this network</title>'
/** A network's own answers in the platform's place. */
const ON_THE_WAY: readonly (readonly [string, Said, Fate])[] = [
  ['a page with 200', { status: 200, page: LOGIN_PAGE }, 'again'],
  ['nothing with 200', { status: 200, page: '' }, 'again'],
  ['an empty object with 200', { status: 200, page: '{}' }, 'again'],
  ['a redirect to a page', { status: 302, page: '', location: '/sign-in' }, 'again'],
]
/** Answers of a proxy or a gateway on the way, and no answer at all. */
const HTTP: readonly (readonly [string, Said, Fate])[] = [
  ...[403, 404, 407, 413, 500, 502, 503, 504].map(
    (status) => [`HTTP ${status}`, { status }, 'again'] as const,
  ),
  ['HTTP 429', { status: 429, retryAfter: 7 }, 'again'],
  ['a reset', { cut: 'reset' }, 'again'],
  ...ON_THE_WAY,
]

/** Microsoft's table of statuses and codes from bot conversational APIs (learn.microsoft.com). */
const TEAMS: readonly (readonly [string, Said, Fate])[] = [
  ...(
    [
      [400, 'Bad Argument', 'impossible'],
      [400, 'BadSyntax', 'impossible'],
      [401, 'BotNotRegistered', 'rests'],
      [403, 'BotDisabledByAdmin', 'gone'],
      [403, 'BotNotInConversationRoster', 'gone'],
      [403, 'ConversationBlockedByUser', 'gone'],
      [403, 'ForbiddenOperationException', 'gone'],
      [403, 'InvalidBotApiHost', 'gone'],
      [403, 'MessageWritesBlocked', 'gone'],
      [403, 'NotEnoughPermissions', 'gone'],
      [403, 'a code of tomorrow', 'gone'],
      [404, 'ActivityNotFoundInConversation', 'gone'],
      [404, 'ConversationNotFound', 'anew'],
      [412, 'PreconditionFailed', 'again'],
      [413, 'MessageSizeTooBig', 'impossible'],
      [500, 'ServiceError', 'again'],
      [502, 'ServiceError', 'again'],
      [503, 'ServiceError', 'again'],
      [504, 'ServiceError', 'again'],
    ] as const
  ).map(([status, error, fate]) => [`${status} ${error}`, { status, error }, fate] as const),
  ['429 Throttled', { status: 429, error: 'Throttled', retryAfter: 7 }, 'again'],
  ['a reset', { cut: 'reset' }, 'again'],
  ...ON_THE_WAY,
]

export const TABLES = [
  { platform: 'slack', table: [...SLACK_WORDS, ...HTTP] },
  { platform: 'teams', table: TEAMS },
] as const

/** Whether a word is told to the opening of a chat, not to a message. */
export const isOfOpening = ({ error }: Pick<Fault, 'error'>) => OF_OPENING.has(error ?? '')

/** The chat of the app and a person, as the platform names it. */
export const chatOf = (platform: 'slack' | 'teams', person: string) =>
  platform === 'slack' ? `D${person.slice(1)}` : `a:${person}`

/** A fault that meets the next message to one person. */
export function faultFor(platform: 'slack' | 'teams', person: string, fault: Said): Fault {
  const chat = chatOf(platform, person)
  if (platform === 'teams')
    return { method: `POST /v3/conversations/${encodeURIComponent(chat)}`, ...fault }
  return isOfOpening(fault)
    ? { method: 'conversations.open', channel: person, ...fault }
    : { method: 'chat.postMessage', channel: chat, ...fault }
}
