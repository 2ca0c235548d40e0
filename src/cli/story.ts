import { slackSurface, teamsSurface } from '../simulator/surface.ts'
import {
  type BotAnswer,
  type Filled,
  type Hands,
  lastSeen,
  type Message,
  type Seen,
  waitUntil,
} from '../simulator/workspace.ts'
import { findNextDue } from '../store/occurrence.ts'
import { insist } from './insist.ts'
import type { Local } from './local.ts'
import { answerIn, moodOf, seeded } from './mood.ts'

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
  summariesAt: readonly Date[]
}
/** How far a story is told, in weeks. */
export type Progress = { done: number; total: number }

const WEEK_MS = 7 * 24 * 60 * 60_000

/** Tells the story of every plot, from setting up to the end, through the people's own clicks. */
export async function tell(
  local: Local,
  plots: readonly Plot[],
  span: { from: Date; until: Date; seed: number },
  onProgress: (progress: Progress) => void = () => {},
): Promise<void> {
  const { clock, app } = local
  const random = seeded(span.seed)
  const total = Math.ceil((span.until.getTime() - span.from.getTime()) / WEEK_MS)
  const progress = () =>
    onProgress({ done: Math.floor((clock.now().getTime() - span.from.getTime()) / WEEK_MS), total })
  clock.set(span.from)
  progress()
  for (const plot of plots) await setUp(local, plot)
  await app.drain()
  const story: Story = {
    read: new Map(plots.map((plot) => [local[plot.platform], 0])),
    moods: new Map(),
    random,
  }
  const react = async () => {
    for (const plot of plots) await reactTo(local, plot, story)
    await app.drain()
  }
  await react()
  const summaries = plots.flatMap((plot) => plot.summariesAt.map((at) => ({ at, plot })))
  for (;;) {
    const due = (await findNextDue(app.services.database.db, clock.now()))?.dueAt ?? null
    const summary = summaries
      .filter(({ at }) => at <= span.until && (due === null || at <= due))
      .sort((a, b) => a.at.getTime() - b.at.getTime())[0]
    const next = summary ? summary.at : due
    if (next === null || next > span.until) break
    clock.set(next)
    progress()
    await app.drain()
    await react()
    if (!summary) continue
    summaries.splice(summaries.indexOf(summary), 1)
    await askForSummary(local, summary.plot)
  }
  clock.set(span.until)
}

/** Things reacted to so far, how each group's weeks are, and where chance comes from. */
type Story = { read: Map<Hands, number>; moods: Map<string, number>; random: () => number }

async function setUp(local: Local, plot: Plot): Promise<void> {
  const hands = local[plot.platform]
  const cast = local.casts[plot.platform]
  if (plot.platform === 'teams') for (const { id } of cast.people) await local.teams.install(id)
  const filled = async (person: string, line: string, values: Filled) => {
    await fill(hands, person, line, values)
    const left = hands.openForm(person)
    if (left) throw new Error(`“${line}” was not taken: ${hands.journal.seen.at(-1)?.text}`)
  }
  await filled(cast.admin, 'admin staff', { staff: [cast.facilitator, cast.supervisor] })
  await filled(cast.facilitator, 'new', {
    alias: plot.alias,
    timeZone: plot.timeZone,
    contactHours: '24',
    backup: [cast.supervisor],
  })
  await filled(cast.facilitator, 'roster', {
    members: cast.members,
    facilitators: [cast.facilitator],
    supervisors: [cast.supervisor],
  })
  await filled(cast.facilitator, 'schedule', {
    firstDate: plot.firstDate,
    time: plot.time,
    minutes: '90',
    count: '12',
    timeZone: plot.timeZone,
    // The story is told from any day of the year on: a holiday among its dates must not end it.
    holidays: 'keep',
  })
}

/** Types a command that opens a form, fills it and sends it. In Teams a card stands in between. */
export async function fill(
  hands: Hands,
  person: string,
  line: string,
  filled: Filled,
): Promise<void> {
  await insist(hands, person, async () => {
    const before = hands.journal.seen.length
    const typed = await hands.type(person, line)
    if (typed.problem) return typed
    // A refusal that came too late for a form arrives a moment after the line was typed.
    const fresh = () => hands.journal.seen.slice(before).filter((seen) => seen.person === person)
    await waitUntil(() => hands.openForm(person) !== null || fresh().length > 0)
    if (!hands.openForm(person)) await pressOnly(hands, lastSeen(hands.journal, person, 'lead-on'))
    return await send(hands, person, filled)
  })
}

/** Sends the open form, and closes what thanks for it. */
async function send(hands: Hands, person: string, filled: Filled): Promise<BotAnswer> {
  const answer = await hands.submit(person, filled)
  if (!hands.openForm(person)?.surface.submitLabel) await hands.closeForm(person)
  return answer
}

/**
 * People do what their new messages ask: accept the agreement, answer (as many as the plot says),
 * open the digest.
 */
async function reactTo(local: Local, plot: Plot, { read, moods, random }: Story): Promise<void> {
  const hands = local[plot.platform]
  const cast = local.casts[plot.platform]
  const fresh = hands.journal.seen.slice(read.get(hands) ?? 0)
  read.set(hands, hands.journal.seen.length)
  for (const seen of fresh) {
    if (seen.kind === 'welcome') await accept(hands, seen)
    if (seen.kind === 'check-in' && cast.members.indexOf(seen.person) < plot.answers) {
      const week = `${plot.platform} ${seen.at.slice(0, 10)}`
      const mood = moods.get(week) ?? moodOf(random())
      moods.set(week, mood)
      await answer(hands, seen, () => answerIn(mood, random()))
    }
    if (seen.kind === 'digest-notice') await readOnce(hands, seen)
  }
  read.set(hands, hands.journal.seen.length)
}

/**
 * Members answer the check-in that their latest message asks for, each in the mood of the same
 * week.
 */
export async function answerAll(
  hands: Hands,
  members: readonly string[],
  random: () => number,
): Promise<void> {
  const mood = moodOf(random())
  for (const member of members) {
    const place = hands.platform === 'slack' ? `D${member.slice(1)}` : `a:${member}`
    const notice = hands.journal.messages
      .filter((message) => message.place === place && message.author === 'bot')
      .map((message) => seenAgain(hands, member, message))
      .findLast((seen) => seen.kind === 'check-in')
    if (notice) await answer(hands, notice, () => answerIn(mood, random()))
  }
}

/** A message that stands in somebody's chat, as they see it now. */
function seenAgain(hands: Hands, person: string, { at, payload }: Message): Seen {
  const card =
    (payload.attachments as { content: Record<string, unknown> }[] | undefined)?.[0]?.content ?? {}
  const surface = hands.platform === 'slack' ? slackSurface(payload) : teamsSurface(card, null)
  const { kind } = surface
  return {
    at,
    platform: hands.platform,
    audience: 'dm',
    person,
    kind,
    notification: null,
    text: '',
    payload,
    surface,
  }
}

/** Presses the one button of a message, whatever it is called. */
async function pressOnly(hands: Hands, seen: Seen): Promise<BotAnswer> {
  return await hands.press(seen, seen.surface.buttons[0]?.label ?? '')
}

/** Opens what a message leads to, and closes it again. */
async function readOnce(hands: Hands, seen: Seen): Promise<void> {
  await insist(hands, seen.person, () => pressOnly(hands, seen))
  await hands.closeForm(seen.person)
}

async function accept(hands: Hands, welcome: Seen): Promise<void> {
  await insist(hands, welcome.person, async () => {
    await pressOnly(hands, welcome)
    return await send(hands, welcome.person, {})
  })
}

async function answer(hands: Hands, notice: Seen, draw: () => number): Promise<void> {
  await insist(hands, notice.person, async () => {
    await hands.press(notice, 'Open the check-in')
    const form = hands.openForm(notice.person)
    if (!form) throw new Error(`the check-in did not open for ${notice.person}`)
    const filled = form.surface.inputs.map(({ name }): [string, string] => [name, String(draw())])
    return await send(hands, notice.person, Object.fromEntries(filled))
  })
}

/** The facilitator types it; in Teams the result waits behind a card. */
export async function askForSummary(local: Local, plot: Pick<Plot, 'platform'>): Promise<void> {
  const hands = local[plot.platform]
  const { facilitator } = local.casts[plot.platform]
  await insist(hands, facilitator, () => hands.type(facilitator, 'summary'))
  if (plot.platform === 'teams')
    await readOnce(hands, lastSeen(hands.journal, facilitator, 'lead-on'))
}
