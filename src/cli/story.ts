import { type Filled, type Hands, lastSeen, type Seen } from '../simulator/workspace.ts'
import { nextDueAt } from '../store/occurrence.ts'
import type { Cast } from './cast.ts'
import type { Local } from './local.ts'

/** One group's week: who plays it, when it meets, and how many members answer. */
export type Plot = {
  platform: 'slack' | 'teams'
  alias: string
  /** Local date and time of the first session in `timeZone`. */
  firstDate: string
  time: string
  timeZone: string
  answers: number
  /** When the facilitator asks for a summary. */
  summaryAt: Date
}

/** A small repeatable generator (mulberry32), so that a seed gives the same story again. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** How a group's week was, on the steps of the questions: most weeks are good, some are mixed, some are hard. */
export function moodOf(drawn: number): number {
  return drawn < 0.25 ? 1.7 : drawn < 0.5 ? 3 : 4.3
}

/** One answer in that mood. */
export function answerIn(mood: number, drawn: number): number {
  return Math.min(5, Math.max(1, Math.round(mood + (drawn - 0.5) * 2)))
}

/** Plays the week of every plot, from setting up to the digest, through the people's own clicks. */
export async function playWeek(
  local: Local,
  plots: readonly Plot[],
  from: Date,
  until: Date,
  seed: number,
): Promise<void> {
  const random = seeded(seed)
  const moods = new Map(plots.map((plot): [Plot, number] => [plot, moodOf(random())]))
  local.clock.set(from)
  for (const plot of plots) await setUp(local, plot)
  await local.app.settle()
  const read = new Map<Hands, number>(plots.map((plot) => [local[plot.platform], 0]))
  const react = async () => {
    for (const plot of plots) await reactTo(local, plot, read, () => answerIn(moods.get(plot) ?? 3, random()))
    await local.app.settle()
  }
  await react()
  const summaries = plots.map((plot) => ({ at: plot.summaryAt, plot }))
  for (;;) {
    const due = await nextDueAt(local.app.door.database.db, local.clock.now())
    const summary = summaries.find(({ at }) => at <= until && (due === null || at <= due))
    const next = summary ? summary.at : due
    if (next === null || next > until) break
    local.clock.set(next)
    await local.app.settle()
    await react()
    if (!summary) continue
    summaries.splice(summaries.indexOf(summary), 1)
    await askForSummary(local, summary.plot)
  }
  local.clock.set(until)
}

async function setUp(local: Local, plot: Plot): Promise<void> {
  const hands = local[plot.platform]
  const cast = local.casts[plot.platform]
  if (plot.platform === 'teams') for (const { id } of cast.people) await local.teams.install(id)
  await fill(hands, cast.admin, 'admin staff', { staff: [cast.facilitator, cast.supervisor] })
  await fill(hands, cast.facilitator, 'new', { alias: plot.alias, timeZone: plot.timeZone })
  await fill(hands, cast.facilitator, 'roster', {
    members: cast.members,
    facilitators: [cast.facilitator],
    supervisors: [cast.supervisor],
  })
  await fill(hands, cast.facilitator, 'schedule', {
    firstDate: plot.firstDate,
    time: plot.time,
    minutes: '90',
    count: '12',
    timeZone: plot.timeZone,
  })
}

/** Types a command that opens a form, fills it and sends it. In Teams a card stands in between. */
export async function fill(hands: Hands, person: string, line: string, filled: Filled): Promise<void> {
  await hands.type(person, line)
  if (!hands.openForm(person)) await hands.press(lastSeen(hands.journal, person, 'opener'), 'Open')
  await hands.submit(person, filled)
}

/** People do what their new messages ask: accept the agreement, answer (as many as the plot says), open the digest. */
async function reactTo(local: Local, plot: Plot, read: Map<Hands, number>, draw: () => number): Promise<void> {
  const hands = local[plot.platform]
  const cast = local.casts[plot.platform]
  const fresh = hands.journal.seen.slice(read.get(hands) ?? 0)
  read.set(hands, hands.journal.seen.length)
  for (const seen of fresh) {
    if (seen.kind === 'welcome') await accept(hands, seen)
    if (seen.kind === 'check-in' && cast.members.indexOf(seen.person) < plot.answers) await answer(hands, seen, draw)
    if (seen.kind === 'digest-notice') await hands.press(seen, 'Open')
  }
  read.set(hands, hands.journal.seen.length)
}

async function accept(hands: Hands, welcome: Seen): Promise<void> {
  await hands.press(welcome, 'Open')
  await hands.submit(welcome.person, {})
}

async function answer(hands: Hands, notice: Seen, draw: () => number): Promise<void> {
  await hands.press(notice, 'Open the check-in')
  const form = hands.openForm(notice.person)
  if (!form) throw new Error(`the check-in did not open for ${notice.person}`)
  const filled = form.surface.inputs.map((input): [string, string] => [input.name, String(draw())])
  await hands.submit(notice.person, Object.fromEntries(filled))
}

/** The facilitator types it; in Teams the result waits behind a card. */
export async function askForSummary(local: Local, plot: Pick<Plot, 'platform'>): Promise<void> {
  const hands = local[plot.platform]
  const { facilitator } = local.casts[plot.platform]
  await hands.type(facilitator, 'summary')
  if (plot.platform === 'teams') await hands.press(lastSeen(hands.journal, facilitator, 'opener'), 'Open')
}

/** Everything that people saw, by time; what came at the same time by platform and person, so that a seed gives one story. */
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
  return casts[platform].people.find((person: Cast['people'][number]) => person.id === id)?.name ?? id
}
