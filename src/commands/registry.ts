import { staffList, staffListSubmit } from './admin.ts'
import { checkIn, checkInSubmit } from './checkin.ts'
import type { Command } from './command.ts'
import { prepareDelivery, recordDelivery } from './delivery.ts'
import { digest } from './digest.ts'
import { newGroup, newGroupSubmit, welcome, welcomeAccept } from './group.ts'
import { help, home, privacy } from './help.ts'
import { occur } from './occurrence.ts'
import { beginRelease, finishRelease, recordOutcome } from './release.ts'
import { roster, rosterSubmit } from './roster.ts'
import { next, schedule, scheduleSubmit } from './session.ts'
import { summary } from './summary.ts'

/** Everything that a person can do. Each entry says who may: tests generate the role matrix from here. */
export const COMMANDS: readonly Command[] = [
  home,
  help,
  privacy,
  next,
  summary,
  digest,
  newGroup,
  newGroupSubmit,
  roster,
  rosterSubmit,
  schedule,
  scheduleSubmit,
  welcome,
  welcomeAccept,
  checkIn,
  checkInSubmit,
  staffList,
  staffListSubmit,
]

/** Everything that only the system does, step by step. */
export const STEPS = [occur, prepareDelivery, recordDelivery, beginRelease, recordOutcome, finishRelease] as const

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

/** What can be typed, for a reply to a word that is not known. */
export const TYPED_VERBS: readonly string[] = COMMANDS.filter(
  (command) => command.isTyped && command.verb !== 'home',
).map((command) => command.verb)
