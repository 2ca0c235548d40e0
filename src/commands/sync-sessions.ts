import { type PlannedStart, placeOne } from '../domain/recurrence.ts'
import { DAY_MS, MINUTE_MS, plus } from '../domain/time.ts'
import { listAnnounced } from '../store/announced.ts'
import type { DeliveryPlan } from '../store/outbox.ts'
import { changeSessions, type KnownSession, listOwn, type ScheduleRow } from '../store/schedule.ts'
import type { Base } from './command.ts'
import { tellAll } from './tell-all.ts'

/**
 * The effect of a changed schedule: sessions that kept their own change, that fell away, that take
 * place again; and those of which people must hear.
 */
export type Synced = {
  kept: number
  removed: number
  broughtBack: number
  told: readonly Told[]
}
export type Told = { id: string; kind: 'session-cancelled' | 'session-moved'; startsAt: Date }

/** A schedule that a group follows; one that `isNew` has no sessions yet. */
export type Followed = { row: ScheduleRow; isNew: boolean }

/** A session within this is near enough that people rely on it: they are told when it changes. */
const SOON_MS = 2 * DAY_MS
export const isSoon = (at: Date, now: Date): boolean => at.getTime() - now.getTime() < SOON_MS

const dateOf = ({ originalLocalStart }: { originalLocalStart: string }) =>
  originalLocalStart.slice(0, 10)

/**
 * Brings a schedule's sessions to what its rule gives (no starts: it was stopped). A session on the
 * same date keeps its row, and with it that it was cancelled or moved, also when its own date has
 * passed. One whose date falls away is cancelled, and takes place again when the date comes back.
 */
export async function syncSessions(
  base: Base,
  groupId: string,
  { row: schedule, isNew }: Followed,
  starts: readonly PlannedStart[],
): Promise<Synced> {
  const { now, newId } = base
  const own = isNew ? [] : await listOwn(base, schedule.id)
  const wanted = new Map(starts.map((start) => [dateOf(start), start]))
  const ahead = own.filter(({ startsAt }) => startsAt > now)
  const goes = ahead.filter(
    (session) => session.fellAwayAt === null && !wanted.has(dateOf(session)),
  )
  const going = goes.filter(({ state }) => state === 'planned')
  // One that fell away has no time of its own: it lies where the rule has it now.
  const stays = own
    .filter(({ startsAt, fellAwayAt }) => startsAt > now || fellAwayAt !== null)
    .flatMap((session) => retimed(session, wanted.get(dateOf(session)), schedule, now))
  const fallen = stays.filter(({ was }) => was.fellAwayAt !== null)
  const back = fallen.filter(({ was }) => !was.isCalledOff)
  const there = new Set(own.map(dateOf))
  await changeSessions(base, groupId, schedule.id, {
    add: starts
      .filter((start) => start.startsAt > now && !there.has(dateOf(start)))
      .map(({ originalLocalStart, startsAt, endsAt }) => ({
        id: newId(),
        originalLocalStart,
        startsAt,
        endsAt,
      })),
    retime: stays.map(({ was: _, ...times }) => times),
    bringBack: fallen.map(({ id }) => id),
    drop: { ids: goes.map(({ id }) => id), at: now },
  })
  const moved = stays.filter(
    ({ was, startsAt }) => was.state === 'planned' && startsAt.getTime() !== was.startsAt.getTime(),
  )
  const known = await listAnnounced(
    base,
    [...going, ...moved, ...back].map(({ id }) => id),
  )
  return {
    kept: stays.filter(
      ({ was }) =>
        was.isCalledOff ||
        (was.fellAwayAt === null && (was.state === 'cancelled' || was.movedTo !== null)),
    ).length,
    removed: going.length,
    broughtBack: back.length,
    told: [
      ...going
        .filter(({ id, startsAt }) => isSoon(startsAt, now) || known.has(id))
        .map(({ id, startsAt }): Told => ({ id, kind: 'session-cancelled', startsAt })),
      ...moved
        .filter(({ id, was }) => isSoon(was.startsAt, now) || known.has(id))
        .map(({ id, startsAt }): Told => ({ id, kind: 'session-moved', startsAt })),
      ...back
        .filter(({ id, startsAt }) => isSoon(startsAt, now) || known.has(id))
        .map(({ id, startsAt }): Told => ({ id, kind: 'session-moved', startsAt })),
    ],
  }
}

type Times = { id: string; originalLocalStart: string; startsAt: Date; endsAt: Date }

/** Where a session lies by its schedule now; none when that has its date no more, or has passed. */
function retimed(
  was: KnownSession,
  start: PlannedStart | undefined,
  schedule: ScheduleRow,
  now: Date,
): (Times & { was: KnownSession })[] {
  if (!start) return []
  const times = timesOf(was.movedTo, start, schedule)
  // A time that has passed today is not put on a session that lies ahead.
  if (times.startsAt <= now) return []
  return [{ id: was.id, originalLocalStart: start.originalLocalStart, ...times, was }]
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

/** The notices of a changed schedule: of each session one to everybody, while it is of use. */
export async function tellOf(
  base: Base,
  groupId: string,
  { told }: Pick<Synced, 'told'>,
): Promise<DeliveryPlan[]> {
  const deliveries: DeliveryPlan[] = []
  for (const { id, kind, startsAt } of told)
    deliveries.push(...(await tellAll(base, { id, groupId }, kind, startsAt)))
  return deliveries
}
