import { CHECK_IN_HOURS, LEAST_MEMBERS_AT_OPEN, NUDGE_HOURS_BEFORE_CLOSE } from './limits.ts'
import { DAY_MS, HOUR_MS, plus } from './time.ts'

/** Releases that one group may have in any window: more lets an attacker who sees attendance work out single answers. */
export const RELEASE_BUDGET = { releases: 13, windowDays: 182 } as const
/** A programme of so many sessions may ask after each; a longer one asks after every second. */
export const SHORT_PROGRAMME_SESSIONS = 12

export type CheckInWindow = { opensAt: Date; closesAt: Date }

/** When a check-in opens and closes, told from the end of its session. */
export function windowAfter(sessionEndsAt: Date): CheckInWindow {
  return { opensAt: sessionEndsAt, closesAt: plus(sessionEndsAt, CHECK_IN_HOURS * HOUR_MS) }
}

/** How often a group is asked: its kind's plan, the sessions of its whole programme, and how many there were since it was last asked (null: never). */
export type AskingPlan = { everyNth: number; total: number; since: number | null }

/**
 * Which of the sessions ahead (by index) get a check-in. Budget: privacy by simulation, 13 releases in 26 weeks; `earlier`
 * are the opening times of check-ins that the group already had or has.
 */
export function planCheckIns(sessionEnds: readonly Date[], earlier: readonly Date[], plan: AskingPlan): number[] {
  const step = Math.max(plan.everyNth, plan.total <= SHORT_PROGRAMME_SESSIONS ? 1 : 2)
  const opened = [...earlier]
  const chosen: number[] = []
  const first = plan.since === null ? 0 : Math.max(0, step - 1 - plan.since)
  for (let index = first; index < sessionEnds.length; index += step) {
    const at = sessionEnds[index]
    if (!at || !fitsBudget(at, opened)) continue
    opened.push(at)
    chosen.push(index)
  }
  return chosen
}

function fitsBudget(at: Date, opened: readonly Date[]): boolean {
  const inWindow = opened.filter(
    (other) => Math.abs(at.getTime() - other.getTime()) < RELEASE_BUDGET.windowDays * DAY_MS,
  )
  return inWindow.length < RELEASE_BUDGET.releases
}

export type Opening =
  | { decision: 'open'; closesAt: Date; nudgeAt: Date }
  | { decision: 'drop'; reason: 'tooFewMembers' | 'overlap' }

/**
 * What happens when a check-in's time has come. Late openings keep the full length; one that would run into the group's
 * next check-in is dropped. `nextOpensAt` is null when no other is planned.
 */
export function decideOpening(now: Date, planned: CheckInWindow, members: number, nextOpensAt: Date | null): Opening {
  const closesAt =
    now > planned.opensAt ? plus(now, planned.closesAt.getTime() - planned.opensAt.getTime()) : planned.closesAt
  if (nextOpensAt && closesAt > nextOpensAt) return { decision: 'drop', reason: 'overlap' }
  if (members < LEAST_MEMBERS_AT_OPEN) return { decision: 'drop', reason: 'tooFewMembers' }
  return { decision: 'open', closesAt, nudgeAt: plus(closesAt, -NUDGE_HOURS_BEFORE_CLOSE * HOUR_MS) }
}
