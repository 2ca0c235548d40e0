/**
 * The words with which Slack refuses a call, by method (docs.slack.dev, reference of each). A fault
 * that a method does not know would let the app be tried against what never comes. Methods that are
 * not here may be refused with any word.
 */
const EVERY = `access_denied accesslimited account_inactive deprecated_endpoint ekm_access_denied
  enterprise_is_restricted fatal_error internal_error invalid_arg_name invalid_arguments
  invalid_array_arg invalid_auth invalid_charset invalid_form_data invalid_post_type
  method_deprecated missing_post_type missing_scope no_permission not_allowed_token_type not_authed
  org_login_required ratelimited request_timeout service_unavailable team_access_not_granted
  team_added_to_org token_expired token_revoked two_factor_setup_required`

const OWN: Readonly<Record<string, string>> = {
  'chat.postMessage': `as_user_not_supported attachment_payload_limit_exceeded
    cannot_reply_to_message channel_not_found draft_already_deleted draft_already_sent
    draft_has_conflict draft_not_found duplicate_channel_not_found duplicate_message_not_found
    invalid_blocks invalid_blocks_format invalid_metadata_format invalid_metadata_schema
    is_archived markdown_text_conflict message_limit_exceeded messages_tab_disabled
    metadata_must_be_sent_from_app metadata_too_large missing_file_data msg_blocks_too_long
    msg_too_long no_text not_in_channel rate_limited restricted_action
    restricted_action_non_threadable_channel restricted_action_read_only_channel
    restricted_action_thread_locked restricted_action_thread_only_channel
    slack_connect_canvas_sharing_blocked slack_connect_file_link_sharing_blocked
    slack_connect_lists_sharing_blocked team_not_found too_many_attachments
    too_many_contact_cards`,
  'conversations.open': `cannot_dm_bot channel_not_found invalid_user_combination
    method_not_supported_for_channel_type not_enough_users too_many_users user_disabled
    user_not_found user_not_visible users_list_not_supplied`,
  'users.info': 'user_not_found user_not_visible',
  'views.open': `duplicate_external_id exchanged_trigger_id expired_trigger_id invalid_trigger_id
    view_too_large`,
  'views.update': 'duplicate_external_id hash_conflict not_found view_too_large',
}

/** Whether Slack says a word to a method; a word of tomorrow is one that nobody knows. */
export function isSaidBy(method: string, word: string): boolean {
  const own = OWN[method]
  if (own === undefined || !KNOWN.has(word)) return true
  return words(EVERY).includes(word) || words(own).includes(word)
}

const words = (line: string): string[] => line.split(/\s+/)
const KNOWN = new Set([EVERY, ...Object.values(OWN)].flatMap(words))
