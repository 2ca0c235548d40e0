import { planCheckIns, windowAfter } from '../domain/checkin.ts'
import { type PlannedStart, placeOne } from '../domain/recurrence.ts'
import { MINUTE_MS, plus } from '../domain/time.ts'
import { createCheckIns, listOpenings } from '../store/checkin.ts'
import type { GroupRow } from '../store/group.ts'
import type { OccurrencePlan } from '../store/occurrence.ts'
import { changeSessions, clearPlans, listOwnAhead, readProgramme, type ScheduleRow } from '../store/schedule.ts'
import type { Base } from './command.ts'

type Where = Base & { organisationId: string }

/** What a group's programme comes to: everything that is due at a time, and how many check-ins there will be. */
export type Programme = { occurrences: OccurrencePlan[]; checkIns: number; sessions: number }

/**
 * Plans anew what happens around a group's sessions that have not begun: reminders, the question for the headcount,
 * check-ins. Called after every change of schedule, sessions or reminders, in its transaction, under the group's lock.
 */
export async function replan(where: Where, group: GroupRow): Promise<Programme> {
  const { tx, now, organisationId, content, newId } = where
  await clearPlans(tx, organisationId, group.id, now)
  const { ahead, total, since } = await readProgramme(tx, organisationId, group.id, now)
  const kind = content.kinds.get(group.kind)
  if (!kind) throw new Error(`group kind ${group.kind} has no content`)
  const { questionSet: questionSetId, everyNth } = kind.checkIns
  const earlier = await listOpenings(tx, organisationId, group.id)
  const ends = ahead.map(({ endsAt }) => endsAt)
  const checkIns = planCheckIns(ends, earlier, { everyNth, total, since }).flatMap((index) => {
    const session = ahead[index]
    return session ? [{ id: newId(), sessionId: session.id, questionSetId, ...windowAfter(session.endsAt) }] : []
  })
  await createCheckIns(tx, organisationId, group.id, checkIns)
  const occurrences = [
    ...ahead.flatMap((session) => around(session, group.reminderMinutes, now)),
    ...checkIns.map(({ id, opensAt }): OccurrencePlan => ({ kind: 'checkInOpens', dueAt: opensAt, checkInId: id })),
  ]
  return { occurrences, checkIns: checkIns.length, sessions: ahead.length }
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
 * Brings a schedule's sessions that have not begun to what its rule gives. One on the same date keeps its row, and with it
 * that it was cancelled or moved. Returns how many kept such a change.
 */
export async function syncSessions(
  { tx, now, organisationId, newId }: Where,
  groupId: string,
  schedule: ScheduleRow,
  starts: readonly PlannedStart[],
): Promise<{ kept: number }> {
  const known = await listOwnAhead(tx, organisationId, schedule.id, now)
  const wanted = starts.filter(({ startsAt }) => startsAt > now)
  const dateOf = (localStart: string) => localStart.slice(0, 10)
  const match = new Map(known.map((session) => [dateOf(session.originalLocalStart), session]))
  const retime = wanted.flatMap((start) => {
    const session = match.get(dateOf(start.originalLocalStart))
    return session
      ? [{ id: session.id, originalLocalStart: start.originalLocalStart, ...timesOf(session.movedTo, start, schedule) }]
      : []
  })
  const wantedDates = new Set(wanted.map(({ originalLocalStart }) => dateOf(originalLocalStart)))
  const stays = known.filter(({ originalLocalStart }) => wantedDates.has(dateOf(originalLocalStart)))
  await changeSessions(tx, organisationId, groupId, schedule.id, {
    add: wanted
      .filter(({ originalLocalStart }) => !match.has(dateOf(originalLocalStart)))
      .map(({ originalLocalStart, startsAt, endsAt }) => ({ id: newId(), originalLocalStart, startsAt, endsAt })),
    retime,
    remove: known.filter((session) => !stays.includes(session)).map(({ id }) => id),
  })
  return { kept: stays.filter(({ state, movedTo }) => state === 'cancelled' || movedTo !== null).length }
}

/** A moved session stays where it was moved to, on the wall of the schedule's zone. */
function timesOf(movedTo: string | null, start: PlannedStart, schedule: ScheduleRow): { startsAt: Date; endsAt: Date } {
  if (movedTo === null) return { startsAt: start.startsAt, endsAt: start.endsAt }
  const { startsAt } = placeOne(movedTo, schedule.timeZone)
  return { startsAt, endsAt: plus(startsAt, schedule.durationMinutes * MINUTE_MS) }
}
