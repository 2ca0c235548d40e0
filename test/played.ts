import type { Local } from '../src/cli/local.ts'
import { fill } from '../src/cli/story.ts'
import { type Hands, lastSeen } from '../src/simulator/workspace.ts'
import type { PrismaClient } from '../src/store/generated/client.ts'

/** A service with both simulated platforms, played by hand; tests and scripts alike. */
export type Played = Local & { db: PrismaClient }

/** Staff, a group of eight members and twelve Tuesdays, set up by hand as its people would. */
export async function setUpGroup(
  world: Played,
  platform: 'slack' | 'teams' = 'slack',
  alias = 'Tuesday group',
): Promise<void> {
  const hands: Hands = world[platform]
  const { admin, facilitator, supervisor, members, people } = world.casts[platform]
  if (platform === 'teams') for (const { id } of people) await world.teams.install(id)
  await fill(hands, admin, 'admin staff', { staff: [facilitator, supervisor] })
  await fill(hands, facilitator, 'new', { alias, timeZone: 'Europe/Berlin' })
  await fill(hands, facilitator, 'roster', { members, facilitators: [facilitator], supervisors: [supervisor] })
  await fill(hands, facilitator, 'schedule', {
    firstDate: '2026-03-03',
    time: '17:30',
    minutes: '90',
    count: '12',
    timeZone: 'Europe/Berlin',
  })
  await world.app.drain()
}

/** Moves the clock and lets everything happen that is due. */
export async function moveTo(world: Played, at: Date): Promise<void> {
  world.clock.set(at)
  await world.app.drain()
}

export type StepValue = '1' | '2' | '3' | '4' | '5' | 'skip'

/** A member opens the check-in from their message and answers every question alike. */
export async function answer(
  world: Played,
  platform: 'slack' | 'teams',
  member: string,
  value: StepValue,
): Promise<void> {
  const hands: Hands = world[platform]
  await hands.press(lastSeen(hands.journal, member, 'check-in'), 'Open the check-in')
  await hands.submit(member, { belonging: value, voice: value, safety: value, useful: value })
  await hands.closeForm(member)
}

/** A facilitator writes a message, reads its preview and schedules it. */
export async function planMessage(hands: Hands, facilitator: string, filled: Record<string, string>): Promise<void> {
  await hands.type(facilitator, 'message')
  if (hands.platform === 'teams') await hands.press(lastSeen(hands.journal, facilitator, 'lead-on'), 'Open')
  await hands.press(lastSeen(hands.journal, facilitator, 'messages'), 'New message')
  await hands.submit(facilitator, filled)
  await hands.press(lastSeen(hands.journal, facilitator, 'message-preview'), 'Schedule it')
  await hands.closeForm(facilitator)
}
