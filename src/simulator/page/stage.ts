import type { SlackSimulator } from '../slack.ts'
import type { TeamsSimulator } from '../teams.ts'
import type { DatabaseView, PagePerson, PageState, PlatformName } from './protocol.ts'

/** The page's surroundings: both platforms, who can be played, and what only the service knows. */
export type Stage = {
  slack: SlackSimulator
  teams: TeamsSimulator
  people: readonly Omit<PagePerson, 'messages'>[]
  commands: PageState['commands']
  /** Pictures by path, such as the app's icon. */
  icon: Uint8Array
  now(): Date
  next(): Promise<{ at: Date; what: string } | null>
  /** Moves the product clock forward and lets everything happen that is due by then. */
  moveTo(at: Date): Promise<void>
  history(): PageState['history']
  /** The latest check-in of a platform's group. */
  database(platform: PlatformName): Promise<DatabaseView>
  canOthersAnswer(platform: PlatformName): Promise<boolean>
  /** All members but this person answer the open check-in. */
  othersAnswer(platform: PlatformName, person: string): Promise<void>
  /** The last failure, in words; null when there was none. */
  trouble(): string | null
}
