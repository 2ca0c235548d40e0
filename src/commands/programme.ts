import {
  type CheckInPlanning,
  type CutReason,
  planCheckIns,
  type Spent,
} from '../domain/checkin.ts'
import type { OccurrencePlan } from '../domain/occurrence.ts'
import { type PlannedStart, placeOne } from '../domain/recurrence.ts'
import { DAY_MS, MINUTE_MS, plus } from '../domain/time.ts'
import { clearCheckIns, createCheckIns, listAsked } from '../store/checkin.ts'
import type { Job } from '../store/engine/queue.ts'
import type { GroupRow } from '../store/group.ts'
import { clearPlans } from '../store/occurrence.ts'
import { listPlans, type PlanRow } from '../store/plan.ts'
import { listSamePeople } from '../store/roster.ts'
import { changeSessions, listOwn, type ScheduleRow } from '../store/schedule.ts'
import { listProgramme } from '../store/session.ts'
import { closeUnits, listOpenUnits } from '../store/unit.ts'
import type { Base } from './command.ts'

/**
 * The outcome of planning a group's programme: all that is due at a time, the check-ins, and those
 * left out of each plan and why.
 */
export type Programme = {
  occurrences: OccurrencePlan[]
  /** Units that get no more check-ins by it: they are made now. */
  jobs: Job[]
  checkIns: CheckInPlanning['planned']
  cut: CheckInPlanning['cut']
}

/**
 * Plans anew what happens around a group's sessions that have not begun: reminders, the question
 * for the headcount, check-ins. Called after every change of schedule, sessions, reminders or
 * plans, in its transaction, under the group's lock.
 */
export async function replan(where: Base, group: GroupRow): Promise<Programme> {
  const { now, organisationId, newId } = where
  await clearPlans(where, group.id, now)
  await clearCheckIns(where, group.id, now)
  const plans = await listPlans(where, group.id)
  const sessions = await listProgramme(where, group.id)
  const { planned, cut } = planCheckIns(
    plans.map((plan) => withSet(where, plan)),
    { sessions, now, ...(await readAsked(where, group.id)) },
  )
  const checkIns = planned.flatMap(({ planId, ...checkIn }) => {
    const plan = plans.find(({ id }) => id === planId)
    if (!plan) return []
    const { questionSetId, audience, leastAnswers, asksText } = plan
    return [{ id: newId(), planId, questionSetId, audience, leastAnswers, asksText, ...checkIn }]
  })
  await createCheckIns(where, group.id, checkIns)
  const occurrences = [
    ...sessions
      .filter(({ startsAt }) => startsAt > now)
      .flatMap((session) => around(session, group.reminderMinutes, now)),
    ...checkIns.map(
      ({ id, opensAt }): OccurrencePlan => ({
        kind: 'checkInOpens',
        dueAt: opensAt,
        checkInId: id,
      }),
    ),
  ]
  const unitIds = await closeUnits(where, group.id)
  return { occurrences, jobs: releaseJobs(organisationId, unitIds), checkIns: planned, cut }
}

/** The jobs that make units. Each carries the unit's own id: two closers send one job. */
export const releaseJobs = (organisationId: string, unitIds: readonly string[]): Job[] =>
  unitIds.map((id) => ({ queue: 'release', id, data: { organisationId, id } }))

/**
 * A plan with what its question set says. Throws when the set was taken away: then a file is
 * missing.
 */
function withSet({ content }: Base, plan: PlanRow) {
  const set = content.questionSets.get(plan.questionSetId)
  if (!set) throw new Error(`question set ${plan.questionSetId} is not in the content`)
  return { ...plan, recallDays: set.recallDays, scales: set.scales.length }
}

/**
 * Reads what was asked already and its share of the release budget, one place for each scale of
 * each unit: `begun` by units that opened, `spent` also by check-ins that stay planned. The budget
 * is people's: what other groups of the same people publish counts as well.
 */
export async function readAsked(base: Base, groupId: string) {
  const { content } = base
  const all = await listAsked(base, [groupId, ...(await listSamePeople(base, groupId))])
  const earlier = all.filter((one) => one.groupId === groupId)
  const costOf = (setId: string) => content.questionSets.get(setId)?.scales.length ?? 1
  const units = new Map<string, Spent>()
  const waiting: Spent[] = []
  for (const { unitId, questionSetId, opensAt } of all) {
    const one = { at: opensAt, scales: costOf(questionSetId) }
    const known = unitId === null ? null : units.get(unitId)
    if (unitId === null) waiting.push(one)
    else if (!known || known.at > opensAt) units.set(unitId, one)
  }
  const open = await listOpenUnits(base, groupId)
  const begun = [...units.values()]
  return {
    earlier,
    begun,
    spent: [...begun, ...waiting],
    roomInUnit: new Map(
      open.flatMap(({ planId, room }) => (planId ? [[planId, room] as const] : [])),
    ),
  }
}

/** Why check-ins of a plan were left out; null when none was. */
export function cutReason(
  programme: Pick<Programme, 'cut'>,
  planId: string | null,
): CutReason | null {
  return programme.cut.find((one) => planId === null || one.planId === planId)?.reason ?? null
}

function around(
  session: { id: string; startsAt: Date; endsAt: Date },
  minutes: readonly number[],
  now: Date,
): OccurrencePlan[] {
  const reminders = minutes
    .map((before) => plus(session.startsAt, -before * MINUTE_MS))
    .filter((dueAt) => dueAt > now)
    .map((dueAt): OccurrencePlan => ({ kind: 'reminder', dueAt, sessionId: session.id }))
  return [...reminders, { kind: 'sessionEnded', dueAt: session.endsAt, sessionId: session.id }]
}

/**
 * The effect of a changed schedule on sessions that people may already know of, and how many kept
 * their own change.
 */
export type Synced = { kept: number; removed: number; cancelledSoon: string[]; movedSoon: string[] }

/** A session within this is near enough that people rely on it: they are told when it changes. */
const SOON_MS = 2 * DAY_MS

/**
 * Brings a schedule's sessions to what its rule gives (no starts: it was stopped). A session on the
 * same date keeps its row, and with it that it was cancelled or moved, also when its own date has
 * passed. One that falls away soon is cancelled, not deleted.
 */
export async function syncSessions(
  base: Base,
  groupId: string,
  schedule: ScheduleRow,
  starts: readonly PlannedStart[],
): Promise<Synced> {
  const { now, newId } = base
  const own = await listOwn(base, schedule.id)
  const ahead = own.filter(({ startsAt }) => startsAt > now)
  const dateOf = ({ originalLocalStart }: { originalLocalStart: string }) =>
    originalLocalStart.slice(0, 10)
  const wanted = new Map(starts.map((start) => [dateOf(start), start]))
  const stays = ahead.filter((session) => wanted.has(dateOf(session)))
  const goes = ahead.filter((session) => !wanted.has(dateOf(session)))
  const retime = stays.flatMap((session) => {
    const start = wanted.get(dateOf(session))
    const times = start && timesOf(session.movedTo, start, schedule)
    // A time that has passed today is not put on a session that lies ahead.
    return start && times && times.startsAt > now
      ? [
          {
            id: session.id,
            originalLocalStart: start.originalLocalStart,
            ...times,
            was: session.startsAt,
          },
        ]
      : []
  })
  const there = new Set(own.map(dateOf))
  const isSoon = (at: Date) => at.getTime() - now.getTime() < SOON_MS
  const soon = goes
    .filter(({ startsAt, state }) => state === 'planned' && isSoon(startsAt))
    .map(({ id }) => id)
  await changeSessions(base, groupId, schedule.id, {
    add: starts
      .filter((start) => start.startsAt > now && !there.has(dateOf(start)))
      .map(({ originalLocalStart, startsAt, endsAt }) => ({
        id: newId(),
        originalLocalStart,
        startsAt,
        endsAt,
      })),
    retime: retime.map(({ was, ...times }) => times),
    remove: goes.filter(({ id }) => !soon.includes(id)).map(({ id }) => id),
    cancel: soon,
  })
  const isMoved = ({ id, startsAt, was }: (typeof retime)[number]) =>
    startsAt.getTime() !== was.getTime() &&
    isSoon(was) &&
    stays.some((session) => session.id === id && session.state === 'planned')
  return {
    kept: stays.filter(({ state, movedTo }) => state === 'cancelled' || movedTo !== null).length,
    removed: goes.length,
    cancelledSoon: soon,
    movedSoon: retime.filter(isMoved).map(({ id }) => id),
  }
}

/** A moved session stays where it was moved to, on the wall of the schedule's zone. */
function timesOf(
  movedTo: string | null,
  start: PlannedStart,
  schedule: ScheduleRow,
): { startsAt: Date; endsAt: Date } {
  if (movedTo === null) return { startsAt: start.startsAt, endsAt: start.endsAt }
  const { startsAt } = placeOne(movedTo, schedule.timeZone)
  return { startsAt, endsAt: plus(startsAt, schedule.durationMinutes * MINUTE_MS) }
}
