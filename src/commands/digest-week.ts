import { type Helper, hasBackupOf, newWay, pathOf, whoIsThere } from '../domain/contact.ts'
import { ATTENTION, type Attention } from '../domain/digest.ts'
import { attendanceBand } from '../domain/summary.ts'
import { DAY_MS, plus } from '../domain/time.ts'
import { countDropped } from '../store/checkin.ts'
import { listOpenContacts, listPromised } from '../store/contact.ts'
import { listStanding, type Standing } from '../store/digest.ts'
import { listHelpersOf } from '../store/ladder.ts'
import type { SupervisedGroup } from '../store/membership.ts'
import { countFailed } from '../store/outbox.ts'
import { countRemovals, countRemovedSince } from '../store/removal.ts'
import { listResults, type ResultRow } from '../store/result.ts'
import { type EndedSession, listEnded } from '../store/session.ts'
import { type SessionPlace, sessionPlaces } from '../store/session-place.ts'
import type { DigestGroup } from '../views/digest.ts'
import type { Context } from './command.ts'
import { showAll } from './results.ts'

type Window = { startsAt: Date; endsAt: Date }
/** A group's week, and the finished units that closed in it, newest first. */
export type GroupWeek = DigestGroup & { rows: readonly ResultRow[] }

/**
 * Results of a group that one window can hold, and those before them to compare with, also of a set
 * that is asked every twelve weeks.
 */
const RESULTS_READ = 30
/** Far enough back for the last two sessions of a group that meets every few weeks. */
const RECENT_DAYS = 70
/** Members who were taken off are counted over so long, so that a pattern shows. */
const LATELY_DAYS = 84

/**
 * The window of each group. It asks the store for all groups at once: forty cost as many statements
 * as one.
 */
export async function weeksOf(
  context: Context,
  groups: readonly SupervisedGroup[],
  window: Window,
): Promise<GroupWeek[]> {
  const ids = groups.map(({ groupId }) => groupId)
  const recent = await listEnded(context, ids, {
    startsAt: plus(window.endsAt, -RECENT_DAYS * DAY_MS),
    endsAt: window.endsAt,
  })
  const sessions = Map.groupBy(recent, ({ groupId }) => groupId)
  const lastHeldOf = (groupId: string) => heldIn(window, sessions.get(groupId) ?? []).at(-1)?.id
  const places = await sessionPlaces(
    context,
    ids.flatMap((groupId) => lastHeldOf(groupId) ?? []),
  )
  const results = await listResults(context, ids, {
    closedBefore: window.endsAt,
    limit: RESULTS_READ,
  })
  const rows = Map.groupBy(results, ({ groupId }) => groupId)
  const standing = await listStanding(context, ids)
  const promised = Map.groupBy(
    await listPromised(context, ids, { ...window, readerId: context.actor.personId }),
    ({ groupId }) => groupId,
  )
  const undelivered = await countFailed(context, ids, window)
  const dropped = await countDropped(context, ids, window)
  const removals = await countRemovals(context, ids, window)
  const lately = await countRemovedSince(context, ids, {
    startsAt: plus(window.endsAt, -LATELY_DAYS * DAY_MS),
    endsAt: window.endsAt,
  })
  const open = Map.groupBy(
    await listOpenContacts(context, { groupIds: ids, withDrills: true }),
    ({ groupId }) => groupId,
  )
  const helpers = await listHelpersOf(context, ids, context.now)
  return groups.map((group) => {
    const { groupId } = group
    const own = rows.get(groupId) ?? []
    const shown = showAll(context.content, own).filter(({ row }) => row.closedAt >= window.startsAt)
    const requests = promised.get(groupId) ?? []
    return {
      ...weekOf(group, window, {
        recent: sessions.get(groupId) ?? [],
        place: places.get(lastHeldOf(groupId) ?? '') ?? null,
        standing: standing.find((one) => one.groupId === groupId) ?? null,
        contacts: {
          promised: requests.length,
          inTime: requests.filter(({ isInTime }) => isInTime).length,
        },
        undelivered: undelivered.get(groupId) ?? 0,
        droppedCheckIns: dropped.get(groupId) ?? 0,
        removals: removals.get(groupId) ?? 0,
        removedLately: lately.get(groupId) ?? 0,
        open: (open.get(groupId) ?? [])
          // A supervisor who was the stand-in too does not read of what goes past them.
          .filter(({ avoidedIds }) => !avoidedIds.includes(context.actor.personId))
          .map(({ createdAt, holderId, isDrill }) => ({
            createdAt,
            isDrill,
            isTaken: holderId !== null,
          })),
        helpers: helpers.get(groupId) ?? [],
      }),
      areMissing: own.some(
        ({ closedAt, questionSetId, questionSetVersion }) =>
          closedAt >= window.startsAt &&
          !context.content.hasQuestionSet(questionSetId, questionSetVersion),
      ),
      results: shown.map(({ row, ...result }) => ({ ...result, at: row.sessionAt })).reverse(),
      rows: shown.map(({ row }) => row),
    }
  })
}

type Facts = Pick<
  DigestGroup,
  'contacts' | 'undelivered' | 'droppedCheckIns' | 'removals' | 'removedLately' | 'open'
> & {
  helpers: readonly Helper[]
  recent: readonly EndedSession[]
  place: SessionPlace | null
  standing: Standing | null
}

function weekOf(
  { alias, contactHours, hasEnded }: SupervisedGroup,
  window: Window,
  { recent, place, standing, helpers, ...counts }: Facts,
): Omit<DigestGroup, 'results' | 'areMissing'> {
  const held = heldIn(window, recent)
  const lastTwo = recent.slice(-2)
  const flag = standing?.flag ?? null
  const attention: Record<Attention, boolean> = {
    contactWaits: counts.open.some(({ isDrill }) => !isDrill),
    nobodyThere:
      !hasEnded && contactHours !== null && pathOf(helpers, newWay('facilitators')).length === 0,
    flag: flag !== null,
    contactLate: counts.contacts.inTime < counts.contacts.promised,
    nobodyForContact: !hasEnded && contactHours === null,
    noBackup: !hasEnded && contactHours !== null && !hasBackupOf(helpers),
    undelivered: counts.undelivered > 0,
    dropped: counts.droppedCheckIns > 0,
    removals: counts.removals > 0,
    cancelled: lastTwo.length === 2 && lastTwo.every(({ state }) => state === 'cancelled'),
  }
  return {
    alias,
    hasEnded,
    flag,
    ...counts,
    away: awayOf(helpers),
    drilledAt: standing?.drilledAt ?? null,
    takesRequests: !hasEnded && contactHours !== null,
    attendance: attendanceBand(
      held.flatMap(({ headcount }) => headcount ?? []),
      standing?.members ?? 0,
    ),
    attention: ATTENTION.filter((one) => attention[one]),
    held: held.length,
    cancelled: endedIn(window, recent).length - held.length,
    sessionNumber: place?.number ?? null,
    sessionTotal: place?.total ?? 0,
  }
}

/** Until when all who lead a group are away, and whether somebody stands in; null: one is there. */
function awayOf(helpers: readonly Helper[]): DigestGroup['away'] {
  const lead = helpers.filter(({ rung }) => rung === 'facilitators')
  if (lead.length === 0 || lead.some(({ isAway }) => !isAway)) return null
  const ends = lead.map(({ awayUntil }) => awayUntil?.getTime() ?? 0)
  return {
    until: new Date(Math.min(...ends) - 1),
    hasStandIn: whoIsThere(lead, ['facilitators']).length > 0,
  }
}

const endedIn = ({ startsAt }: Window, recent: readonly EndedSession[]) =>
  recent.filter(({ endsAt }) => endsAt >= startsAt)
const heldIn = (window: Window, recent: readonly EndedSession[]) =>
  endedIn(window, recent).filter(({ state }) => state === 'planned')
