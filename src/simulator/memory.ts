import fs from 'node:fs'
import { parseJson } from './server.ts'
import type { SlackSimulator } from './slack.ts'
import type { TeamsSimulator } from './teams.ts'
import type { Message } from './workspace.ts'

/**
 * State that the platforms themselves would still know after the service was started anew. Nothing
 * private is kept.
 */
type Memory = {
  slack: Message[]
  teams: Message[]
  directs: [string, string][]
  installed: string[]
  /** The facts that are remembered: how far its story is told, what time it is in it. */
  story: Story
}
export type Story = { isTold: boolean; aheadMs: number }

const SAVE_AFTER_MS = 500

export type Keeper = { save(): void; close(): void }

/** Where the story stood; null when there was none. */
export function readStory(file: string): Story | null {
  return read(file)?.story ?? null
}

/** Brings back what a file remembers of the platforms, if there is one, and keeps it up to date. */
export function keepMemory(
  file: string,
  slack: SlackSimulator,
  teams: TeamsSimulator,
  story: () => Story,
): Keeper {
  restore(file, slack, teams)
  const save = () => {
    const lasting = (messages: readonly Message[]) =>
      messages.filter(({ onlyFor }) => onlyFor === null)
    const memory: Memory = {
      slack: lasting(slack.journal.messages),
      teams: lasting(teams.journal.messages),
      directs: [...slack.state.directs],
      installed: [...teams.state.installed],
      story: story(),
    }
    fs.writeFileSync(`${file}.new`, JSON.stringify(memory), { mode: 0o600 })
    fs.renameSync(`${file}.new`, file)
  }
  let waiting: NodeJS.Timeout | null = null
  return {
    save() {
      waiting ??= setTimeout(() => {
        waiting = null
        save()
      }, SAVE_AFTER_MS)
    },
    close() {
      if (waiting) clearTimeout(waiting)
      save()
    },
  }
}

const read = (file: string): Memory | null =>
  fs.existsSync(file) ? (parseJson(fs.readFileSync(file, 'utf8')) as Memory | null) : null

function restore(file: string, slack: SlackSimulator, teams: TeamsSimulator): void {
  const memory = read(file)
  if (!memory) return
  slack.journal.messages.push(...memory.slack)
  teams.journal.messages.push(...memory.teams)
  for (const [channel, person] of memory.directs) slack.state.directs.set(channel, person)
  for (const person of memory.installed) teams.state.installed.add(person)
}
