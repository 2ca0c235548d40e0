import { nextDigestAt } from '../domain/digest.ts'
import type { OccurrencePlan } from '../domain/occurrence.ts'
import { nextStart, placeOne } from '../domain/recurrence.ts'
import { DAY_MS, plus } from '../domain/time.ts'
import { listAnnounced } from '../store/announced.ts'
import { listDigestPlans } from '../store/digest.ts'
import { getGroup, lockGroup } from '../store/group.ts'
import { listMessages } from '../store/message.ts'
import { clearDigests, clearMessagePlans } from '../store/occurrence.ts'
import {
  findPlannedAt,
  isBehind,
  listPlaced,
  placeSession,
  setZoneData,
} from '../store/zone-data.ts'
import { type Base, step } from './command.ts'
import { ONCE } from './message-draft.ts'
import { replan } from './programme.ts'
import { isSoon, type Told, tellOf } from './sync-sessions.ts'

/**
 * Places a group's sessions and messages anew by their local times: a country changed its clocks,
 * and the runtime has learnt of it. People are told of a session that is near or that they know of,
 * as when it is moved by hand. `moved` is how many sessions have other instants now.
 */
export const placeGroup = step<{ groupId: string; version: string }, { moved: number }>({
  verb: 'zone.group',
  access: { who: 'system' },
  run: async (base, { groupId, version }) => {
    await lockGroup(base, groupId)
    const group = await getGroup(base, groupId)
    if (group.endedAt || !(await isBehind(base, version))) return { result: { moved: 0 } }
    const moved = await placeSessions(base, groupId)
    const { occurrences = [], jobs = [] } = moved.length > 0 ? await replan(base, group) : {}
    const known = await listAnnounced(
      base,
      moved.map(({ id }) => id),
    )
    const told = moved
      .filter(({ state }) => state === 'planned')
      .filter(
        ({ id, startsAt, was }) =>
          known.has(id) || isSoon(startsAt, base.now) || isSoon(was, base.now),
      )
      .map(({ id, startsAt }): Told => ({ id, kind: 'session-moved', startsAt }))
    return {
      result: { moved: moved.length },
      occurrences: [...occurrences, ...(await placeMessages(base, groupId))],
      jobs,
      deliveries: await tellOf(base, groupId, { told }),
    }
  },
})

async function placeSessions(base: Base, groupId: string) {
  const moved = []
  for (const session of await listPlaced(base, groupId, base.now)) {
    const { id, state, startsAt: was, endsAt, localStart, timeZone } = session
    const { startsAt } = placeOne(localStart, timeZone)
    if (startsAt.getTime() === was.getTime()) continue
    const length = endsAt.getTime() - was.getTime()
    await placeSession(base, { id, startsAt, endsAt: plus(startsAt, length) })
    moved.push({ id, state, startsAt, was })
  }
  return moved
}

async function placeMessages(base: Base, groupId: string): Promise<OccurrencePlan[]> {
  const { now } = base
  const plans: OccurrencePlan[] = []
  for (const { id, state, rule, localStart, timeZone } of await listMessages(base, groupId)) {
    if (state !== 'active') continue
    const planned = await findPlannedAt(base, { kind: 'message', messageId: id }, now)
    const dueAt = nextStart(rule ?? ONCE, localStart, timeZone, now)
    if (!isElsewhere(planned, dueAt)) continue
    await clearMessagePlans(base, id)
    plans.push({ kind: 'message', dueAt, messageId: id })
  }
  return plans
}

/** Places the digests of an organisation's supervisors anew, and writes down by which zone data. */
export const placeDigests = step<{ version: string }, null>({
  verb: 'zone.digests',
  access: { who: 'system' },
  run: async (base, { version }) => {
    const { now } = base
    const occurrences: OccurrencePlan[] = []
    for (const { personId, ...plan } of await listDigestPlans(base)) {
      const planned = await findPlannedAt(base, { kind: 'digest', personId }, now)
      const dueAt = nextDigestAt(plan, now)
      if (!isElsewhere(planned, dueAt)) continue
      await clearDigests(base, personId)
      occurrences.push({ kind: 'digest', dueAt, personId })
    }
    await setZoneData(base, version)
    return { result: null, occurrences }
  },
})

/** Clocks change by hours: what would come a day later has just passed, and stays as planned. */
function isElsewhere(planned: Date | null, dueAt: Date | null): dueAt is Date {
  if (!planned || !dueAt) return false
  const change = dueAt.getTime() - planned.getTime()
  return change !== 0 && change < DAY_MS
}
