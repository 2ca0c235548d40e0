-- One address a person, which only its platform reads.
alter table "Account" rename column "conversation" to "address";
update "Account" set "address" = jsonb_build_object('directChannel', "directChannel") where "directChannel" is not null;
alter table "Account" drop column "directChannel";

-- Reasons in our words in place of the platforms'. What is not among them stays as it is, and reads as "unexpected".
create function "pg_temp"."our_word"("said" text) returns text language sql as $$
  select coalesce((select w."ours" from (values
    ('user_disabled', 'accountClosed'), ('UserNotFound', 'accountClosed'),
    ('user_not_found', 'noSuchPerson'), ('user_not_visible', 'noSuchPerson'), ('cannot_dm_bot', 'noSuchPerson'),
    ('MessageWritesBlocked', 'blocked'), ('BotNotInConversationRoster', 'blocked'),
    ('ConversationBlockedByUser', 'blocked'), ('ConversationNotFound', 'blocked'), ('serviceUrlNotAllowed', 'blocked'),
    ('http_404', 'blocked'), ('channel_not_found', 'notInChannel'), ('is_archived', 'notInChannel'),
    ('not_in_channel', 'notInChannel'), ('account_inactive', 'tokenRefused'), ('invalid_auth', 'tokenRefused'),
    ('not_authed', 'tokenRefused'), ('token_expired', 'tokenRefused'), ('token_revoked', 'tokenRefused'),
    ('noToken', 'tokenRefused'), ('http_401', 'tokenRefused'), ('missing_scope', 'notPermitted'),
    ('org_login_required', 'notPermitted'), ('http_403', 'notPermitted'), ('rate_limited', 'tooMany'),
    ('no_answer', 'noAnswer'), ('fatal_error', 'platformFault'), ('internal_error', 'platformFault'),
    ('request_timeout', 'platformFault'), ('service_unavailable', 'platformFault')
  ) as w("theirs", "ours") where w."theirs" = "said"), "said")
$$;
update "Delivery" set "reason" = "pg_temp"."our_word"("reason") where "reason" is not null;
update "Account" set "unreachable" = "pg_temp"."our_word"("unreachable") where "unreachable" is not null;
update "Connection" set "trouble" = "pg_temp"."our_word"("trouble") where "trouble" is not null;
drop function "pg_temp"."our_word"(text);
