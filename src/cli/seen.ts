import type { Seen } from '../simulator/workspace.ts'
import type { Cast } from './cast.ts'
import type { Local } from './local.ts'

/**
 * Everything that people saw, by time; what came at the same time by platform and person, so that a
 * seed gives one story.
 */
export function allSeen(local: Local): Seen[] {
  const name = (seen: Seen) => nameOf(local.casts, seen.platform, seen.person)
  return [...local.slack.journal.seen, ...local.teams.journal.seen].sort(
    (a, b) =>
      a.at.localeCompare(b.at) ||
      a.platform.localeCompare(b.platform) ||
      name(a).localeCompare(name(b), 'en', { numeric: true }),
  )
}

/** The name of somebody in the story. */
export function nameOf(casts: Local['casts'], platform: 'slack' | 'teams', id: string): string {
  return (
    casts[platform].people.find((person: Cast['people'][number]) => person.id === id)?.name ?? id
  )
}
