import { admin } from '../commands/admin.ts'
import { agreement, agreementSubmit, welcome, welcomeAccept } from '../commands/agreement.ts'
import { attendance, attendanceEnter, attendanceSubmit } from '../commands/attendance.ts'
import { away, awaySubmit } from '../commands/away.ts'
import { calendar } from '../commands/calendar.ts'
import { channel } from '../commands/channel.ts'
import { checkInAnswer, checkInBegin, checkInSubmit } from '../commands/checkin.ts'
import { checkInNow, checkInNowSubmit } from '../commands/checkin-now.ts'
import { checkInPlan, checkInPlanSubmit, checkInStop, checkIns } from '../commands/checkin-plan.ts'
import { checkInPreview, checkInPreviewed } from '../commands/checkin-preview.ts'
import { checkInWords } from '../commands/checkin-words.ts'
import type { Command } from '../commands/command.ts'
import { contact, contactSubmit } from '../commands/contact.ts'
import {
  contactConfirm,
  contactDeny,
  contactStatusOf,
  contactWithdraw,
} from '../commands/contact-own.ts'
import { contactSettings, contactSettingsSubmit } from '../commands/contact-settings.ts'
import {
  contactHandedOver,
  contactPass,
  contactPassSubmit,
  contactReached,
  contactRead,
  contactSeen,
  contactTried,
} from '../commands/contact-staff.ts'
import { contactWatch } from '../commands/contact-watch.ts'
import { reportUnreachable } from '../commands/delivery.ts'
import { digest } from '../commands/digest.ts'
import { digestSettings, digestSettingsSubmit } from '../commands/digest-settings.ts'
import { drill, drillSubmit } from '../commands/drill.ts'
import { end, endSubmit, goodbye, goodbyeLeave, receipt } from '../commands/ending.ts'
import { flag, flagSubmit } from '../commands/flag.ts'
import { edit, editSubmit, newGroup, newGroupSubmit } from '../commands/group.ts'
import { help } from '../commands/help.ts'
import { adminLines, adminLinesSubmit, lines } from '../commands/help-lines.ts'
import { home } from '../commands/home.ts'
import {
  message,
  messageConfirm,
  messageEdit,
  messageEditSubmit,
  messageNew,
  messageStop,
  messageSubmit,
} from '../commands/message.ts'
import { messageReadIt } from '../commands/message-due.ts'
import { mydata } from '../commands/mydata.ts'
import { next } from '../commands/next.ts'
import { contactNobody } from '../commands/nobody.ts'
import { sessionNotHeld } from '../commands/not-held.ts'
import { privacy } from '../commands/privacy.ts'
import { problems } from '../commands/problems.ts'
import { beginRelease, finishRelease, recordOutcome } from '../commands/release.ts'
import { remind, remindSubmit } from '../commands/reminder.ts'
import { removed, removedWithdraw } from '../commands/removed.ts'
import { summaryExport } from '../commands/report.ts'
import { forget, leave, leaveSubmit, pause, pauseSubmit } from '../commands/rights.ts'
import { role } from '../commands/role.ts'
import { roster, rosterSubmit } from '../commands/roster.ts'
import { schedulePutBack, scheduleSubmit } from '../commands/schedule.ts'
import { schedule } from '../commands/schedule-form.ts'
import { cancel, cancelSubmit, session } from '../commands/session.ts'
import { move, moveSubmit } from '../commands/session-move.ts'
import { settings, settingsSubmit } from '../commands/settings.ts'
import { staffList, staffListSubmit } from '../commands/staff.ts'
import { summary, summaryPost } from '../commands/summary.ts'
import { summaryAll, summaryFour } from '../commands/trend.ts'
import { unread } from '../commands/unread.ts'
import { win, winSubmit } from '../commands/win.ts'
import { winDecline, winDeclinedNote, winPost, winPostSubmit } from '../commands/win-staff.ts'
import { isGreeting } from '../content/greetings.ts'
import { typedLine } from '../domain/text.ts'
import { toVerb, typedAs, type Verb } from '../domain/verbs.ts'
import { handleDue } from './due.ts'

/**
 * Everything that a person can do. Each entry says who may: tests generate the role matrix from
 * here.
 */
export const COMMANDS = [
  home,
  help,
  privacy,
  next,
  summary,
  summaryFour,
  summaryAll,
  summaryPost,
  summaryExport,
  digest,
  digestSettings,
  digestSettingsSubmit,
  flag,
  flagSubmit,
  newGroup,
  newGroupSubmit,
  edit,
  editSubmit,
  roster,
  rosterSubmit,
  problems,
  agreement,
  agreementSubmit,
  welcome,
  welcomeAccept,
  schedule,
  scheduleSubmit,
  schedulePutBack,
  session,
  calendar,
  cancel,
  cancelSubmit,
  sessionNotHeld,
  move,
  moveSubmit,
  remind,
  remindSubmit,
  message,
  messageNew,
  messageSubmit,
  messageEdit,
  messageEditSubmit,
  messageConfirm,
  messageStop,
  messageReadIt,
  channel,
  attendance,
  attendanceEnter,
  attendanceSubmit,
  checkIns,
  checkInPlan,
  checkInPlanSubmit,
  checkInStop,
  checkInPreview,
  checkInPreviewed,
  checkInNow,
  checkInNowSubmit,
  checkInAnswer,
  checkInBegin,
  checkInSubmit,
  checkInWords,
  contact,
  contactSubmit,
  contactRead,
  contactSeen,
  contactReached,
  contactTried,
  contactHandedOver,
  contactPass,
  contactPassSubmit,
  contactStatusOf,
  contactWithdraw,
  contactConfirm,
  contactDeny,
  contactNobody,
  contactSettings,
  contactSettingsSubmit,
  role,
  away,
  awaySubmit,
  lines,
  unread,
  win,
  winSubmit,
  winPost,
  winPostSubmit,
  winDecline,
  winDeclinedNote,
  mydata,
  pause,
  pauseSubmit,
  leave,
  leaveSubmit,
  forget,
  removed,
  removedWithdraw,
  end,
  endSubmit,
  goodbye,
  goodbyeLeave,
  receipt,
  admin,
  staffList,
  staffListSubmit,
  settings,
  settingsSubmit,
  adminLines,
  adminLinesSubmit,
  drill,
  drillSubmit,
] as const satisfies readonly Command[]

/** A verb without a command does not compile. */
type Unserved = Exclude<Verb, (typeof COMMANDS)[number]['verb']>
const ALL_ARE_SERVED: [Unserved] extends [never] ? true : Unserved = true

/** Everything that only the system does, step by step. */
export const STEPS = [
  handleDue,
  reportUnreachable,
  contactWatch,
  beginRelease,
  recordOutcome,
  finishRelease,
] as const

const BY_VERB: ReadonlyMap<Verb, Command> = new Map(
  COMMANDS.map((command) => [command.verb, command]),
)
if (BY_VERB.size !== COMMANDS.length || !ALL_ARE_SERVED) throw new Error('a verb has two commands')

/** Commands by what is typed for them, the longest words first. */
const TYPED: readonly { command: Command; words: string }[] = COMMANDS.filter(
  ({ isTyped }) => isTyped,
)
  .map((command) => ({ command, words: typedAs(command.verb) }))
  .sort((a, b) => b.words.length - a.words.length)

/** The command of a verb that a button or a form carried; null when there is none. */
export function findCommand(carried: string): Command | null {
  const verb = toVerb(carried)
  return verb && (BY_VERB.get(verb) ?? null)
}

/**
 * The command that a typed line begins with, and what follows it; null when it is none. An empty
 * line, and a greeting alone, is home. A sentence's end after a command alone is left out.
 */
export function parseTyped(line: string): { command: Command; rest: string } | null {
  const whole = typedLine(line)
  const ended = whole.replace(/[\s.!?…]+$/u, '')
  const typed = TYPED.some(({ words }) => words === ended.toLowerCase()) ? ended : whole
  const lower = typed.toLowerCase()
  if (lower === '' || isGreeting(lower)) return { command: home, rest: '' }
  const found = TYPED.find(({ words }) => lower === words || lower.startsWith(`${words} `))
  return found ? { command: found.command, rest: typed.slice(found.words.length).trim() } : null
}
