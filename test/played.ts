import type { Local } from '../src/cli/local.ts'

export { fill } from '../src/cli/story.ts'

import { isBusy, MOST_TRIES, REFUSALS } from '../src/cli/insist.ts'
import {
  type BotAnswer,
  type Filled,
  type Hands,
  lastSeen,
  type Seen,
  waitUntil,
} from '../src/simulator/workspace.ts'
import type { PrismaClient } from '../src/store/generated/client.ts'

/** A service with both simulated platforms, played by hand; tests and scripts alike. */
export type Played = Local & { db: PrismaClient }

/**
 * Has somebody do something until they see its answer, a card of this kind. Somebody told that it
 * took too long tries again, as people do; whatever else is refused ends it, with what was said.
 */
async function insist(
  hands: Hands,
  person: string,
  wanted: RegExp,
  act: () => Promise<BotAnswer>,
): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const before = hands.journal.seen.length
    const { problem } = await act()
    const shown = hands.journal.seen.slice(before).filter((seen) => seen.person === person)
    if (shown.some(({ kind }) => wanted.test(kind))) return
    const refusal = shown.findLast(({ kind }) => REFUSALS.includes(kind))
    const said = refusal?.text ?? problem ?? shown.map(({ text }) => text).join('\n')
    if (tries === MOST_TRIES || !isBusy(said))
      throw new Error(
        `${person} saw no ${wanted.source} on ${hands.platform}, but: ${said || 'nothing'}`,
      )
    await hands.closeForm(person)
  }
}
/** The verb that a button runs, read from what its platform sends for it; null for a link. */
function verbOf({ value, data }: Record<string, unknown>): unknown {
  const sent =
    typeof value === 'string'
      ? (JSON.parse(value) as Record<string, unknown>)
      : (data as typeof value)
  return (sent as { verb?: unknown } | undefined)?.verb ?? null
}

/** Presses the button that runs this verb; of several, the first whose label ends with `about`. */
export async function press(
  hands: Hands,
  seen: Seen,
  verb: string,
  about = '',
): Promise<BotAnswer> {
  const button = seen.surface.buttons.find(
    ({ raw, label }) => verbOf(raw) === verb && label.endsWith(about),
  )
  if (!button) throw new Error(`no button for “${verb}” in: ${seen.text}`)
  // Hands go by what they read, and take the first of two that read alike.
  const first = seen.surface.buttons.find(({ label }) => label === button.label)
  if (first !== button) throw new Error(`“${button.label}” is not “${verb}” alone in: ${seen.text}`)
  return await hands.press(seen, button.label)
}

/**
 * Types a line that leads to a form or a result, and opens that: in Teams a card stands between.
 */
export async function open(hands: Hands, person: string, line: string): Promise<BotAnswer> {
  const before = hands.journal.seen.length
  const typed = await hands.type(person, line)
  if (hands.platform === 'slack' || typed.problem) return typed
  // Other messages may come first.
  const fresh = () =>
    hands.journal.seen
      .slice(before)
      .find(
        ({ person: who, kind }) =>
          who === person && (kind === 'lead-on' || REFUSALS.includes(kind)),
      )
  await waitUntil(() => fresh() !== undefined)
  const card = fresh()
  const [button] = card?.surface.buttons ?? []
  return card?.kind === 'lead-on' && button ? await hands.press(card, button.label) : typed
}

/** Types a command that opens a form, fills it and sends it; throws when that was not taken. */
async function filled(hands: Hands, person: string, line: string, values: Filled): Promise<void> {
  await insist(hands, person, /-done$/, async () => {
    const opened = await open(hands, person, line)
    return hands.openForm(person) ? await hands.submit(person, values) : opened
  })
  await hands.closeForm(person)
}

/** Staff, a group of eight members and twelve Tuesdays, set up by hand as its people would. */
export async function setUpGroup(
  world: Played,
  platform: 'slack' | 'teams' = 'slack',
  alias = 'Tuesday group',
): Promise<void> {
  const hands: Hands = world[platform]
  const { admin, facilitator, supervisor, members, people } = world.casts[platform]
  if (platform === 'teams') for (const { id } of people) await world.teams.install(id)
  await filled(hands, admin, 'admin staff', { staff: [facilitator, supervisor] })
  await filled(hands, facilitator, 'new', {
    contactHours: 'none',
    alias,
    timeZone: 'Europe/Berlin',
  })
  await filled(hands, facilitator, 'roster', {
    members,
    facilitators: [facilitator],
    supervisors: [supervisor],
  })
  // In Teams they installed it; in Slack they look at its home. An id that nobody used counts for
  // nothing.
  if (platform === 'slack') for (const id of members) await world.slack.openHome(id)
  await filled(hands, facilitator, 'schedule', {
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
  await insist(hands, member, /^thanks$/, async () => {
    await press(hands, lastSeen(hands.journal, member, 'check-in'), 'checkin.answer')
    return await hands.submit(member, {
      belonging: value,
      voice: value,
      safety: value,
      useful: value,
    })
  })
  await hands.closeForm(member)
}

/** A facilitator writes a message, reads its preview and schedules it. */
export async function planMessage(
  hands: Hands,
  facilitator: string,
  values: Record<string, string>,
): Promise<void> {
  await open(hands, facilitator, 'message')
  await insist(hands, facilitator, /^message-preview$/, async () => {
    await press(hands, lastSeen(hands.journal, facilitator, 'messages'), 'message.new')
    return await hands.submit(facilitator, values)
  })
  await insist(hands, facilitator, /^message-done$/, () =>
    press(hands, lastSeen(hands.journal, facilitator, 'message-preview'), 'message.confirm'),
  )
  await hands.closeForm(facilitator)
}
