import { staffList, staffListSubmit } from './admin.ts'
import { agreement, agreementSubmit, welcome, welcomeAccept } from './agreement.ts'
import { attendance, attendanceEnter, attendanceSubmit } from './attendance.ts'
import { calendar } from './calendar.ts'
import { channel } from './channel.ts'
import { checkInAnswer, checkInSubmit } from './checkin.ts'
import { checkInNow, checkInNowSubmit } from './checkin-now.ts'
import {
  checkInPlan,
  checkInPlanSubmit,
  checkInPreview,
  checkInPreviewed,
  checkInStop,
  checkIns,
} from './checkin-plan.ts'
import { checkInWords } from './checkin-words.ts'
import type { Command } from './command.ts'
import { contact, contactRead, contactStatusOf, contactSubmit } from './contact.ts'
import { contactOverdue, contactSeenBy } from './contact-staff.ts'
import { reportUnreachable } from './delivery.ts'
import { digest } from './digest.ts'
import { digestSettings, digestSettingsSubmit } from './digest-settings.ts'
import { end, endSubmit, goodbye, goodbyeLeave, receipt } from './ending.ts'
import { flag, flagSubmit } from './flag.ts'
import { edit, editSubmit, newGroup, newGroupSubmit } from './group.ts'
import { help, home, privacy } from './help.ts'
import { adminLines, adminLinesSubmit } from './help-lines.ts'
import {
  message,
  messageConfirm,
  messageEdit,
  messageEditSubmit,
  messageNew,
  messageStop,
  messageSubmit,
} from './message.ts'
import { messageReadIt } from './message-due.ts'
import { next } from './next.ts'
import { occur } from './occurrence.ts'
import { beginRelease, finishRelease, recordOutcome } from './release.ts'
import { remind, remindSubmit } from './reminder.ts'
import { summaryExport } from './report.ts'
import { forget, leave, leaveSubmit, mydata, pause, pauseSubmit } from './rights.ts'
import { problems, roster, rosterSubmit } from './roster.ts'
import { schedule, scheduleSubmit } from './schedule.ts'
import { cancel, cancelSubmit, move, moveSubmit, session } from './session.ts'
import { admin, settings, settingsSubmit } from './settings.ts'
import { summary } from './summary.ts'
import { summaryAll, summaryFour, summaryPost } from './summary-more.ts'
import { win, winSubmit } from './win.ts'
import { winDecline, winDeclinedNote, winPost, winPostSubmit } from './win-staff.ts'

/** Everything that a person can do. Each entry says who may: tests generate the role matrix from here. */
export const COMMANDS: readonly Command[] = [
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
  session,
  calendar,
  cancel,
  cancelSubmit,
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
  checkInSubmit,
  checkInWords,
  contact,
  contactSubmit,
  contactRead,
  contactSeenBy,
  contactStatusOf,
  contactOverdue,
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
]

/** Everything that only the system does, step by step. */
export const STEPS = [occur, reportUnreachable, beginRelease, recordOutcome, finishRelease] as const

const BY_VERB = new Map(COMMANDS.map((command) => [command.verb, command]))
const TYPED = COMMANDS.filter((command) => command.isTyped).sort((a, b) => b.verb.length - a.verb.length)

export function findCommand(verb: string): Command | null {
  return BY_VERB.get(verb) ?? null
}

/** The command that a typed line begins with, and what follows it; null when it is none. An empty line is home. */
export function parseTyped(line: string): { command: Command; rest: string } | null {
  const words = line.trim().replace(/\s+/g, ' ')
  const lower = words.toLowerCase()
  const command =
    lower === '' ? findCommand('home') : TYPED.find(({ verb }) => lower === verb || lower.startsWith(`${verb} `))
  return command ? { command, rest: words.slice(lower === '' ? 0 : command.verb.length).trim() } : null
}

/** What can be typed, for a reply to a word that is not known: first words alone, or the reply would be a wall. */
export const TYPED_VERBS: readonly string[] = COMMANDS.filter(
  ({ isTyped, verb }) => isTyped && verb !== 'home' && !verb.includes(' '),
).map((command) => command.verb)
