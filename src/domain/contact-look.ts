import {
  type Helper,
  helpersFor,
  type OpenRequest,
  pathOf,
  RUNGS,
  type Rung,
  reachedBy,
  rungsOf,
  whoIsThere,
} from './contact.ts'
import { reminderDay } from './reminder-day.ts'
import { halfwayStaffed, type StaffedTime } from './staffed.ts'
import { DAY_MS, plus } from './time.ts'

/** Taken, and not closed after so long: the next step is told. */
const HELD_DAYS = 3
/** From one step to the last, where the promised time does not say: no longer than a day. */
const LAST_STEP_MS = DAY_MS
/** Nobody is there: looked at again after so long. */
const ALONE_MS = 60 * 60_000

/** The outcome of a look at an open request. */
export type Look = {
  rung: Rung
  rungAt: Date
  /** Its holder, or who stands in for them; null: nobody, or they are not there any more. */
  holderId: string | null
  /** Everybody in front of whom it stands: each is told once. */
  told: string[]
  /** Those who are reminded today: its holder, or, where it did not go up today, all. */
  reminded: string[]
  /** The day of the reminder (reminder-day.ts); 0: the first, without one. */
  day: number
  /** Nobody is there on any step. */
  isAlone: boolean
  /** When to look again. */
  nextAt: Date
}

/** When a look is, and how a group counts time. */
export type When = { now: Date; timeZone: string; staffedTimes: readonly StaffedTime[] }

/**
 * Looks at an open request: goes up a step where nobody is there or its time is over, and says who
 * has to know. Of several steps that are due, after a downtime, all are taken.
 */
export function lookAt(request: OpenRequest, everybody: readonly Helper[], when: When): Look {
  const { now } = when
  const helpers = helpersFor(everybody, request)
  const holderId = request.holderId && presentHolder(helpers, request.holderId)
  const state = { ...request, holderId }
  const steps = pathOf(helpers, request)
  let next = nextStep(steps, state.rung)
  while (next) {
    const isEmpty = whoIsThere(helpers, reachedBy(state)).length === 0 && holderId === null
    if (!isEmpty && now < raiseAt(state, next, when)) break
    state.rung = next
    state.rungAt = now
    next = nextStep(steps, state.rung)
  }
  const there = whoIsThere(helpers, reachedBy(state))
  const told = [...new Set(holderId ? [...there, holderId] : there)]
  const isAlone = told.length === 0
  // Only people who are away: better one of them than nobody.
  const last = isAlone
    ? helpers.filter(
        ({ rung, canBeReached }) => canBeReached && rungsOf(state.addressee).includes(rung),
      )
    : []
  const stands = [state.rung, ...last.map(({ rung }) => rung)]
  state.rung = RUNGS.findLast((one) => stands.includes(one)) ?? state.rung
  const standsBefore = isAlone ? last.map(({ personId }) => personId) : told
  const { day, from: today, nextAt } = reminderDay(request.createdAt, now, when.timeZone)
  const looks = [
    nextAt,
    ...(next ? [raiseAt(state, next, when)] : []),
    ...(isAlone ? [plus(now, ALONE_MS)] : []),
  ].filter((at) => at > now)
  const isTakenToday = request.seenAt !== null && request.seenAt >= today
  // On a day on which it went up somebody has just been told.
  const reminded = holderId ? [holderId] : state.rungAt >= today ? [] : standsBefore
  return {
    rung: state.rung,
    rungAt: state.rungAt,
    holderId,
    told: standsBefore,
    reminded: day === 0 || isTakenToday ? [] : reminded,
    day,
    isAlone,
    nextAt: new Date(Math.min(...looks.map((at) => at.getTime()))),
  }
}

/**
 * Somebody who took it stays its holder while they are there: then nobody else has to be told.
 * Away, they leave it to their stand-in.
 */
function presentHolder(helpers: readonly Helper[], personId: string): string | null {
  if (whoIsThere(helpers, RUNGS).includes(personId)) return personId
  return helpers.find((one) => one.personId === personId && one.isAway)?.standInId ?? null
}

const nextStep = (steps: readonly Rung[], rung: Rung): Rung | null =>
  steps.find((one) => RUNGS.indexOf(one) > RUNGS.indexOf(rung)) ?? null

/**
 * When the next step is told. Not taken: the backup at half of the promised hours, so that the
 * promise can still be kept; the supervisors, or who comes in their place, when it is over. Taken:
 * some days later, a step a day.
 */
function raiseAt(request: OpenRequest, next: Rung, when: When): Date {
  const { addressee, rung, rungAt, createdAt, dueAt, holderId, seenAt } = request
  if (holderId !== null && seenAt !== null) {
    const first = plus(seenAt, HELD_DAYS * DAY_MS)
    return rungAt >= first ? plus(rungAt, DAY_MS) : first
  }
  if (next === 'backup') return halfwayStaffed(createdAt, dueAt, when.staffedTimes, when.timeZone)
  const promised = Math.max(0, dueAt.getTime() - createdAt.getTime())
  if (next === 'safety' && rung === 'supervisors' && addressee === 'facilitators') {
    const later = plus(rungAt, Math.min(promised, LAST_STEP_MS))
    return later > dueAt ? later : dueAt
  }
  return dueAt
}
