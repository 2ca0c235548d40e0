/** Members in a group. More is a class, not a group; the forms and the ballot are sized for it. */
export const MAX_MEMBERS = 30
/** Facilitators or supervisors in a group; a roster form shows them all. */
export const MAX_STAFF_IN_GROUP = 10
/** People whom somebody chooses in one field of a form. */
export const MAX_CHOSEN = 100
/** A name that fits a lock screen. */
export const MAX_ALIAS_CHARS = 60
/** Members at the opening of a check-in: below, one answer is too easy to work out. */
export const LEAST_MEMBERS_AT_OPEN = 6
/** Sessions that one schedule plans: two years of weeks. */
export const MAX_SESSIONS = 104
/** Schedules that one group can have at a time; a form lists them. */
export const MAX_SCHEDULES = 5
/** Where a group meets, as a line. */
export const MAX_PLACE_CHARS = 120
/** A web address. */
export const MAX_LINK_CHARS = 500
/** Lines of goals, or of the agreement, and each line: they must fit one screen. */
export const MAX_AGREEMENT_LINES = 10
export const MAX_AGREEMENT_LINE_CHARS = 200
/** A message that facilitators write: a screen of text. */
export const MAX_MESSAGE_CHARS = 1_500
/** Messages of a group that are planned at a time; a card lists them. */
export const MAX_MESSAGES = 20
/** People in a room: members, and some more. */
export const MAX_HEADCOUNT = 60
/** A session's length, minutes. */
export const SESSION_MINUTES = { from: 15, to: 480 } as const
/** Hours that a check-in can stay open. */
export const OPEN_HOURS = [4, 12, 24, 48, 72] as const
/** Sessions from one check-in of a plan to the next. */
export const EVERY_NTH = [1, 2, 3, 4, 6, 8, 12] as const
/**
 * Answers that a plan, or an organisation, can ask for beyond the usual before anything is shown.
 */
export const RAISED_ANSWERS = [8, 10, 12] as const
export const MOST_ANSWERS_NEEDED = 15
/** Plans of one group at a time. */
export const MAX_PLANS = 4
/** Before the close, everyone alike gets one more note. */
export const NUDGE_HOURS_BEFORE_CLOSE = 24
/** How long after a session somebody still remembers how many came, and whether it took place. */
export const LOOK_BACK_HOURS = 24
/** Hours that can be promised: hours until somebody has seen a contact request. */
export const CONTACT_HOURS = [4, 8, 24, 48, 72] as const
/** Words that a member may write with a contact request. */
export const MAX_CONTACT_CHARS = 500
/** Characters of a check-in's answer in words: two or three sentences. */
export const MAX_ANSWER_CHARS = 280
/**
 * A win: something that went well, in a few sentences; and those of a group that wait at a time.
 */
export const MAX_WIN_CHARS = 280
export const MAX_WINS = 20
/** An organisation's own help lines: more would hide the first one. */
export const MAX_HELP_LINES = 4
export const MAX_LINE_CHARS = 80
/** The line that says who answers for the data, and the one that says where to complain. */
export const MAX_LINE_OF_SETTINGS = 200
/**
 * One page of a digest: so many groups, and so many lines of them. A supervisor of forty groups
 * gets four pages or more.
 */
export const GROUPS_ON_PAGE = 10
export const LINES_ON_PAGE = 50
/** Reminders that one session can have. */
export const MAX_REMINDERS = 3
/** Choices for a reminder, in minutes before a session. The default is 24 hours and 1 hour. */
export const REMINDER_CHOICES = [15, 30, 60, 120, 240, 1440, 2880, 10080] as const
/** The longest pause that can be chosen, in weeks. After it, messages start again by themselves. */
export const PAUSE_WEEKS = [1, 2, 4, 8] as const
/** Dates shown after planning. */
export const PREVIEW_DATES = 6
/** Characters of a person's own words that are repeated to them. */
export const MAX_ECHO_CHARS = 80
