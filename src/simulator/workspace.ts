import type { Surface } from './surface.ts'

/** Somebody in the simulated workspace. Visibly fictional: no names of people. */
export type SimulatedPerson = {
  id: string
  name: string
  language: string
  timeZone: string
  isBot?: boolean
  /** A guest of the workspace. */
  isGuest?: boolean
  isDeactivated?: boolean
}

export type Audience = 'dm' | 'private' | 'channel' | 'form' | 'home'

/**
 * One thing that a person saw: what arrived, where, and what a lock screen would show of it (null:
 * nothing).
 */
export type Seen = {
  at: string
  platform: 'slack' | 'teams'
  audience: Audience
  person: string
  kind: string
  notification: string | null
  text: string
  payload: unknown
  surface: Surface
}

/** One request as it arrived at the simulated platform, or one answer that the bot gave to it. */
type LoggedRequest = {
  method: string
  person: string | null
  payload: unknown
  status: number
  error: string | null
}

/**
 * A message as it stands in its conversation now. `onlyFor` is the one person who can see it; null:
 * everybody there.
 */
export type Message = {
  id: string
  place: string
  at: string
  /** A person's id, or the bot. */
  author: 'bot' | (string & {})
  onlyFor: string | null
  /** As the platform stores it: Slack's text and blocks, Teams' activity. */
  payload: Record<string, unknown>
  isEdited: boolean
}

/**
 * Everything that a simulated platform remembers. `seen` is what was ever shown; `messages` is what
 * stands there now.
 */
export type Journal = {
  seen: Seen[]
  requests: LoggedRequest[]
  messages: Message[]
  /** Called after anything changed for somebody. */
  onChange: () => void
}

export const createJournal = (): Journal => ({
  seen: [],
  requests: [],
  messages: [],
  onChange: () => {},
})

/**
 * The bot's answer to a person's request. `problem` is what the platform's client says when it did
 * not work.
 */
export type BotAnswer = { status: number; body: unknown; problem?: string }

/** Field values by name: text, a choice's value, or ids for people. */
export type Filled = Record<string, string | readonly string[]>

/**
 * A person at a keyboard, the same on both platforms. Each resolves when the bot has answered the
 * request.
 */
export type Hands = {
  platform: 'slack' | 'teams'
  journal: Journal
  /** Types a command line, without the platform's prefix. */
  type(person: string, line: string): Promise<BotAnswer>
  /** Presses a button of something that they saw. */
  press(seen: Seen, label: string): Promise<BotAnswer>
  /** Sends the form that is open for them, with these fields changed; the rest as they stand. */
  submit(person: string, filled: Filled): Promise<BotAnswer>
  /** The form or dialog that is open for them; null when none is. */
  openForm(person: string): Seen | null
  /** Closes what is open in front of them. */
  closeForm(person: string): Promise<void>
}

/** The last thing of a kind that a person saw. Throws with what they did see. */
export function lastSeen(journal: Journal, person: string, kind: string): Seen {
  const own = journal.seen.filter((seen) => seen.person === person)
  const found = own.findLast((seen) => seen.kind === kind)
  if (!found)
    throw new Error(
      `${person} has not seen ${kind}; they saw: ${own.map((seen) => seen.kind).join(', ') || 'nothing'}`,
    )
  return found
}

const LOOK_EVERY_MS = 5
const PATIENCE_MS = 5_000

/** Waits for something that another process is about to do. Throws after five seconds. */
export async function waitUntil(isTrue: () => boolean): Promise<void> {
  const until = Date.now() + PATIENCE_MS
  while (!isTrue()) {
    if (Date.now() > until) throw new Error(`nothing arrived within ${PATIENCE_MS} ms`)
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
  }
}
