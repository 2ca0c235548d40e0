/** Members in a group. More is a class, not a group; the forms and the ballot are sized for it. */
export const MAX_MEMBERS = 30
/** Facilitators or supervisors in a group; a roster form shows them all. */
export const MAX_STAFF_IN_GROUP = 10
/** Staff of an organisation that one form can show. */
export const MAX_STAFF = 100
/** A name that fits a lock screen. */
export const MAX_ALIAS_CHARS = 60
/** Members at the opening of a check-in: below, one answer is too easy to work out. */
export const LEAST_MEMBERS_AT_OPEN = 6
/** Sessions that one schedule plans. */
export const MAX_SESSIONS = 52
/** A session's length, minutes. */
export const SESSION_MINUTES = { from: 15, to: 480 } as const
/** How long a check-in stays open. */
export const CHECK_IN_HOURS = 48
/** Before the close, everyone alike gets one more note. */
export const NUDGE_HOURS_BEFORE_CLOSE = 24
/** Reminders go out so long before a session. */
export const REMINDER_MINUTES_BEFORE = [24 * 60, 60] as const
/** Dates shown after planning. */
export const PREVIEW_DATES = 6
/** What a person typed is repeated to them up to here. */
export const MAX_ECHO_CHARS = 80
