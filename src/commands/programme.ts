import { planCheckIns, windowAfter } from '../domain/checkin.ts'
import { type PlannedStart, placeOne } from '../domain/recurrence.ts'
import { DAY_MS, MINUTE_MS, plus } from '../domain/time.ts'
import { createCheckIns, listOpenings } from '../store/checkin.ts'
import type { GroupRow } from '../store/group.ts'
import type { OccurrencePlan } from '../store/occurrence.ts'
import { changeSessions, clearPlans, listOwn, readProgramme, type ScheduleRow } from '../store/schedule.ts'
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

/** What a changed schedule did to sessions that people may already have been told of, and how many kept their own change. */
export type Synced = { kept: number; removed: number; cancelledSoon: string[]; movedSoon: string[] }

/** A session within this is near enough that people rely on it: they are told when it changes. */
const SOON_MS = 2 * DAY_MS

/**
 * Brings a schedule's sessions to what its rule gives (no starts: it was stopped). A session on the same date keeps its row, and
 * with it that it was cancelled or moved, also when its own date has passed. One that falls away soon is cancelled, not deleted.
 */
export async function syncSessions(
  { tx, now, organisationId, newId }: Where,
  groupId: string,
  schedule: ScheduleRow,
  starts: readonly PlannedStart[],
): Promise<Synced> {
  const own = await listOwn(tx, organisationId, schedule.id)
  const ahead = own.filter(({ startsAt }) => startsAt > now)
  const dateOf = ({ originalLocalStart }: { originalLocalStart: string }) => originalLocalStart.slice(0, 10)
  const wanted = new Map(starts.map((start) => [dateOf(start), start]))
  const stays = ahead.filter((session) => wanted.has(dateOf(session)))
  const goes = ahead.filter((session) => !wanted.has(dateOf(session)))
  const retime = stays.flatMap((session) => {
    const start = wanted.get(dateOf(session))
    const times = start && timesOf(session.movedTo, start, schedule)
    // A time that has passed today is not put on a session that lies ahead.
    return start && times && times.startsAt > now
      ? [{ id: session.id, originalLocalStart: start.originalLocalStart, ...times, was: session.startsAt }]
      : []
  })
  const there = new Set(own.map(dateOf))
  const isSoon = (at: Date) => at.getTime() - now.getTime() < SOON_MS
  const soon = goes.filter(({ startsAt, state }) => state === 'planned' && isSoon(startsAt)).map(({ id }) => id)
  await changeSessions(tx, organisationId, groupId, schedule.id, {
    add: starts
      .filter((start) => start.startsAt > now && !there.has(dateOf(start)))
      .map(({ originalLocalStart, startsAt, endsAt }) => ({ id: newId(), originalLocalStart, startsAt, endsAt })),
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
function timesOf(movedTo: string | null, start: PlannedStart, schedule: ScheduleRow): { startsAt: Date; endsAt: Date } {
  if (movedTo === null) return { startsAt: start.startsAt, endsAt: start.endsAt }
  const { startsAt } = placeOne(movedTo, schedule.timeZone)
  return { startsAt, endsAt: plus(startsAt, schedule.durationMinutes * MINUTE_MS) }
}
