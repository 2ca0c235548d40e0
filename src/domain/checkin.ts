import { LEAST_MEMBERS_AT_OPEN, NUDGE_HOURS_BEFORE_CLOSE } from './limits.ts'
import { type Stage, stageOf } from './stage.ts'
import { DAY_MS, HOUR_MS, plus } from './time.ts'

/**
 * Figures that one group may publish in any window: more lets an attacker who sees attendance work
 * out single answers (simulated: 1.2 to 1.6 times chance within it). A unit costs one for each of
 * its scales.
 */
export const RELEASE_BUDGET = { releases: 13, windowDays: 182 } as const
/**
 * A programme of so many sessions, asked one thing, may publish after each; else what is asked
 * weekly publishes after every second.
 */
const SHORT_PROGRAMME_SESSIONS = 12
/** Check-ins that one unit can have. */
export const MOST_IN_UNIT = 2
/** A plan that asks less often than this publishes each time. */
const FORTNIGHT_DAYS = 14
/** A session may be an hour or two earlier than the last one was, and the clocks change. */
const SLACK_MS = 3 * HOUR_MS

export const TIMINGS = ['before', 'after'] as const
export type Timing = (typeof TIMINGS)[number]

/** One plan of what a group is asked around its sessions. */
export type CheckInPlan = {
  id: string
  timing: Timing
  openHours: number
  everyNth: number
  stages: readonly Stage[]
  /** Of its question set: days that it asks about, and scales that a release shows. */
  recallDays: number
  scales: number
}

export type CheckInWindow = { opensAt: Date; closesAt: Date }
export type SessionTimes = { id: string; startsAt: Date; endsAt: Date }

/**
 * A check-in that opened, is open, or stays planned whatever is planned anew. `planId` is null when
 * it was opened by hand.
 */
export type EarlierCheckIn = { planId: string | null; sessionId: string | null; opensAt: Date }
/** A release that a group published or will, and when its unit began. */
export type Spent = { at: Date; scales: number }

/** When a check-in of a plan opens and closes around a session. */
export function windowOf(
  plan: Pick<CheckInPlan, 'timing' | 'openHours'>,
  session: SessionTimes,
): CheckInWindow {
  const length = plan.openHours * HOUR_MS
  return plan.timing === 'after'
    ? { opensAt: session.endsAt, closesAt: plus(session.endsAt, length) }
    : { opensAt: plus(session.startsAt, -length), closesAt: session.startsAt }
}

/**
 * `cadence`: sooner than the days that the questions ask about. `budget`: more than a group may
 * publish.
 */
export type CutReason = 'cadence' | 'budget'
type PlannedCheckIn = CheckInWindow & { planId: string; sessionId: string; unitSize: number }
export type CheckInPlanning = {
  planned: PlannedCheckIn[]
  cut: { planId: string; reason: CutReason }[]
}

/** All that planning looks at. `roomInUnit`: check-ins that a plan's open unit still takes. */
export type Programme = {
  /** Every session of the group that takes place, from the first. */
  sessions: readonly SessionTimes[]
  earlier: readonly EarlierCheckIn[]
  spent: readonly Spent[]
  roomInUnit: ReadonlyMap<string, number>
  now: Date
}

/**
 * Decides which sessions ahead get which check-ins. Older plans (first in the list) have the first
 * claim on the budget.
 */
export function planCheckIns(plans: readonly CheckInPlan[], programme: Programme): CheckInPlanning {
  const planning: CheckInPlanning = { planned: [], cut: [] }
  const spent = [...programme.spent]
  for (const plan of plans) {
    const { windows, tooSoon } = windowsOf(plan, programme)
    for (let index = 0; index < tooSoon; index += 1)
      planning.cut.push({ planId: plan.id, reason: 'cadence' })
    const unitSize = unitSizeOf(plans.length, programme.sessions.length, windows)
    let room = programme.roomInUnit.get(plan.id) ?? 0
    for (const window of windows) {
      if (room === 0) {
        if (!fitsBudget(window.opensAt, plan.scales, spent)) {
          planning.cut.push({ planId: plan.id, reason: 'budget' })
          continue
        }
        spent.push({ at: window.opensAt, scales: plan.scales })
        room = unitSize
      }
      room -= 1
      planning.planned.push({ ...window, planId: plan.id, unitSize })
    }
  }
  return planning
}

type SessionWindow = CheckInWindow & { sessionId: string }

/**
 * A plan's windows ahead: every nth session of its stages, counted on from the last that was asked.
 */
function windowsOf(
  plan: CheckInPlan,
  programme: Programme,
): { windows: SessionWindow[]; tooSoon: number } {
  const { sessions, earlier, now } = programme
  const own = earlier.filter(({ planId }) => planId === plan.id)
  const askedIds = new Set(own.map(({ sessionId }) => sessionId))
  const fitting = sessions.filter((_, index) =>
    plan.stages.includes(stageOf(index + 1, sessions.length)),
  )
  const lastAsked = fitting.findLastIndex(({ id }) => askedIds.has(id))
  const first =
    lastAsked < 0
      ? fitting.findIndex((session) => windowOf(plan, session).opensAt > now)
      : lastAsked
  let last = own.reduce<Date | null>(
    (latest, { opensAt }) => (latest && latest > opensAt ? latest : opensAt),
    null,
  )
  const windows: SessionWindow[] = []
  let tooSoon = 0
  for (
    let index = lastAsked < 0 ? first : first + plan.everyNth;
    index >= 0 && index < fitting.length;
  ) {
    const session = fitting[index]
    if (!session) break
    const window = windowOf(plan, session)
    if (window.opensAt <= now) {
      index += 1
      continue
    }
    index += plan.everyNth
    if (last && window.opensAt.getTime() - last.getTime() < plan.recallDays * DAY_MS - SLACK_MS) {
      tooSoon += 1
      continue
    }
    last = window.opensAt
    windows.push({ ...window, sessionId: session.id })
  }
  return { windows, tooSoon }
}

function unitSizeOf(plans: number, sessions: number, windows: readonly CheckInWindow[]): number {
  if (plans === 1 && sessions <= SHORT_PROGRAMME_SESSIONS) return 1
  const gaps = windows
    .slice(1)
    .map((window, index) => window.opensAt.getTime() - (windows[index]?.opensAt.getTime() ?? 0))
  const isRare = gaps.length > 0 && Math.min(...gaps) >= FORTNIGHT_DAYS * DAY_MS - SLACK_MS
  return isRare ? 1 : MOST_IN_UNIT
}

/**
 * Whether a unit of so many scales may begin then: no window of 26 weeks that holds it publishes
 * more than the budget.
 */
export function fitsBudget(at: Date, scales: number, spent: readonly Spent[]): boolean {
  const length = RELEASE_BUDGET.windowDays * DAY_MS
  const starts = [at, ...spent.map((one) => one.at)].filter(
    (start) => start <= at && at.getTime() - start.getTime() < length,
  )
  return starts.every((start) => {
    const inside = spent.filter(
      (one) => one.at >= start && one.at.getTime() - start.getTime() < length,
    )
    return inside.reduce((sum, one) => sum + one.scales, 0) + scales <= RELEASE_BUDGET.releases
  })
}

/**
 * The days to wait until a set may be asked again by hand; 0: now. `last` is when it opened last,
 * null: never.
 */
export function daysToWait(recallDays: number, last: Date | null, now: Date): number {
  if (!last) return 0
  return Math.max(
    0,
    Math.ceil((last.getTime() + recallDays * DAY_MS - SLACK_MS - now.getTime()) / DAY_MS),
  )
}

export const DROP_REASONS = [
  'tooFewMembers',
  'overlap',
  'budget',
  'groupEnded',
  'noContact',
  /** Its session did not take place. */
  'notHeld',
] as const
export type DropReason = (typeof DROP_REASONS)[number]
export type Opening =
  | { decision: 'open'; closesAt: Date; nudgeAt: Date | null }
  | { decision: 'drop'; reason: 'tooFewMembers' | 'overlap' }

/**
 * The decision when a check-in's time has come. Late openings keep the full length; one that would
 * run into the same plan's next check-in is dropped. `nextOpensAt` is null when no other is
 * planned.
 */
export function decideOpening(
  now: Date,
  planned: CheckInWindow,
  members: number,
  nextOpensAt: Date | null,
): Opening {
  const length = planned.closesAt.getTime() - planned.opensAt.getTime()
  const closesAt = now > planned.opensAt ? plus(now, length) : planned.closesAt
  if (nextOpensAt && closesAt > nextOpensAt) return { decision: 'drop', reason: 'overlap' }
  if (members < LEAST_MEMBERS_AT_OPEN) return { decision: 'drop', reason: 'tooFewMembers' }
  // Halfway or a day before the close, whichever is later; a check-in of a few hours has no second
  // note.
  const before = Math.min(NUDGE_HOURS_BEFORE_CLOSE * HOUR_MS, length / 2)
  return {
    decision: 'open',
    closesAt,
    nudgeAt: length < LEAST_HOURS_FOR_NUDGE * HOUR_MS ? null : plus(closesAt, -before),
  }
}

const LEAST_HOURS_FOR_NUDGE = 24
