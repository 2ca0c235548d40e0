import {
  type CheckInPlanning,
  type CutReason,
  planCheckIns,
  type Spent,
} from '../domain/checkin.ts'
import type { OccurrencePlan } from '../domain/occurrence.ts'
import { leadBefore } from '../domain/time.ts'
import { createCheckIns, listAsked } from '../store/checkin.ts'
import type { Job } from '../store/engine/queue.ts'
import type { GroupRow } from '../store/group.ts'
import { clearAhead } from '../store/occurrence.ts'
import { listPlans, type PlanRow } from '../store/plan.ts'
import { listSamePeople } from '../store/roster.ts'
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
  await clearAhead(where, group.id, now)
  const plans = await listPlans(where, group.id)
  const sessions = await listProgramme(where, group.id)
  const { openUnits, ...asked } = await readAsked(where, group.id)
  const { planned, cut } = planCheckIns(
    plans.map((plan) => withSet(where, plan)),
    { sessions, now, ...asked },
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
      .flatMap((session) => around(session, group, now)),
    ...checkIns.map(
      ({ id, opensAt }): OccurrencePlan => ({
        kind: 'checkInOpens',
        dueAt: opensAt,
        checkInId: id,
      }),
    ),
  ]
  const unitIds = openUnits === 0 ? [] : await closeUnits(where, group.id)
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
    openUnits: open.length,
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
  { reminderMinutes, timeZone }: Pick<GroupRow, 'reminderMinutes' | 'timeZone'>,
  now: Date,
): OccurrencePlan[] {
  const reminders = reminderMinutes
    .map((before) => leadBefore(session.startsAt, before, timeZone))
    .filter((dueAt) => dueAt > now)
    .map((dueAt): OccurrencePlan => ({ kind: 'reminder', dueAt, sessionId: session.id }))
  return [...reminders, { kind: 'sessionEnded', dueAt: session.endsAt, sessionId: session.id }]
}
