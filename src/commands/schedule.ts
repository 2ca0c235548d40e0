import { MAX_SCHEDULES, MAX_SESSIONS } from '../domain/limits.ts'
import { type PlannedStart, ruleOf, startsOf } from '../domain/recurrence.ts'
import type { SessionPlan } from '../domain/schedule.ts'
import { UserError } from '../errors.ts'
import type { FieldValue } from '../platform.ts'
import { listOpen } from '../store/checkin.ts'
import { type GroupRow, getGroup, lockGroup } from '../store/group.ts'
import type { DeliveryPlan } from '../store/outbox.ts'
import { listSchedules, type ScheduleRow, saveSchedule, stopSchedule } from '../store/schedule.ts'
import { findSession } from '../store/session.ts'
import { timeWithZone } from '../views/notice.ts'
import { scheduleDone, scheduleStopped } from '../views/schedule.ts'
import { type Context, command, groupOf, type Result, type WriteContext } from './command.ts'
import { formInput, textValue } from './input.ts'
import { cutReason, replan, type Synced, syncSessions } from './programme.ts'
import { wordsOf } from './schedule-form.ts'
import { askAboutHolidays, readPlan } from './schedule-plan.ts'
import { tellAll } from './session.ts'

/**
 * Plans the sessions, their reminders and check-ins. Sessions of the same schedule that had been
 * cancelled or moved stay so.
 */
export const scheduleSubmit = command({
  verb: 'schedule.submit',
  isTyped: false,
  access: { who: 'group', roles: ['facilitator'] },
  subject: 'group',
  effect: 'write',
  form: 'schedule',
  input: formInput,
  run: async (context, { values }) => {
    const { texts, now } = context
    const group = groupOf(context)
    await lockGroup(context, group.id)
    const open = (await listOpen(context, group.id))[0]
    if (open)
      throw new UserError(
        texts.t('schedule.checkInOpen', {
          closes: timeWithZone(texts, open.closesAt, group.timeZone, now),
        }),
        {},
      )
    const known = await listSchedules(context, group.id)
    const which = textValue(values, 'which') || 'new'
    const stopped = known.find(({ id }) => which === `stop ${id}`)
    return stopped
      ? await stop(context, group, stopped)
      : await save(context, group, { known, which, values })
  },
})

async function stop(context: WriteContext, group: GroupRow, row: ScheduleRow): Promise<Result> {
  const { texts } = context
  await stopSchedule(context, group.id, row.id)
  const synced = await syncSessions(context, group.id, row, [])
  const { occurrences, jobs } = await replan(context, group)
  return {
    reply: {
      type: 'done',
      card: scheduleStopped(texts, {
        alias: group.alias,
        count: synced.removed,
        told: toldOf(synced),
      }),
    },
    occurrences,
    jobs,
    deliveries: await tellOf(context, group, synced),
    audit: [{ action: 'schedule.stopped', subjectId: group.id }],
  }
}

async function save(
  context: WriteContext,
  group: GroupRow,
  form: { known: readonly ScheduleRow[]; which: string; values: Record<string, FieldValue> },
): Promise<Result> {
  const { known, which, values } = form
  const { texts, now, newId } = context
  const changed = known.find(({ id }) => id === which)
  if (!changed && known.length >= MAX_SCHEDULES)
    throw new UserError(texts.t('schedule.tooMany', { limit: MAX_SCHEDULES }), {
      which: texts.t('schedule.tooMany', { limit: MAX_SCHEDULES }),
    })
  const asked = readPlan(context, values, changed ?? null)
  const startsIn = (one: SessionPlan) =>
    startsOf({ ...one, rule: ruleOf(one), localStart: `${one.firstDate}T${one.time}` })
  refuseCount(context, startsIn(asked))
  const plan = await askAboutHolidays(context, group, asked, values)
  refuseCount(context, startsIn(plan))
  refuseOtherZone(context, known, changed ?? null, plan.timeZone)
  const localStart = `${plan.firstDate}T${plan.time}`
  const row: ScheduleRow = {
    id: changed?.id ?? newId(),
    rule: ruleOf(plan),
    localStart,
    timeZone: plan.timeZone,
    durationMinutes: plan.minutes,
    exceptions: [...plan.exceptions],
    place: plan.place,
    link: plan.link,
  }
  const starts = startsIn(plan)
  await saveSchedule(context, group.id, row)
  const synced = await syncSessions(context, group.id, row, starts)
  // As it is under the lock: its reminders may have changed since the door read it.
  const after = await getGroup(context, group.id)
  const programme = await replan(context, after)
  const ahead = starts.filter(({ startsAt }) => startsAt > now)
  const facts = {
    groupId: group.id,
    alias: group.alias,
    words: wordsOf(context, row),
    starts: ahead,
    skipped: plan.exceptions.length,
    kept: synced.kept,
    told: toldOf(synced),
    reminderMinutes: after.reminderMinutes,
    checkIns: programme.checkIns.length,
    cut: cutReason(programme, null),
    timeZone: plan.timeZone,
    hasCalendar: context.publicUrl !== null,
    now,
  }
  return {
    reply: { type: 'done', card: scheduleDone(texts, facts) },
    occurrences: programme.occurrences,
    jobs: programme.jobs,
    deliveries: await tellOf(context, group, synced),
    audit: [{ action: 'schedule.changed', subjectId: group.id }],
  }
}

/** A group's times are shown in one zone: two would make every moved session a riddle. */
function refuseOtherZone(
  { texts }: Context,
  known: readonly ScheduleRow[],
  changed: ScheduleRow | null,
  timeZone: string,
): void {
  const other = known.find((row) => row.id !== changed?.id && row.timeZone !== timeZone)
  if (!other) return
  const message = texts.t('schedule.oneZone', { zone: other.timeZone })
  throw new UserError(message, { timeZone: message })
}

const toldOf = ({ cancelledSoon, movedSoon }: Synced): number =>
  cancelledSoon.length + movedSoon.length

/**
 * People rely on a session that is near: they are told when a changed schedule cancels or moves it.
 */
async function tellOf(
  context: Context,
  group: GroupRow,
  { cancelledSoon, movedSoon }: Synced,
): Promise<DeliveryPlan[]> {
  const told: DeliveryPlan[] = []
  for (const id of [...cancelledSoon, ...movedSoon]) {
    const session = await findSession(context, id)
    const kind = cancelledSoon.includes(id) ? 'session-cancelled' : 'session-moved'
    if (session)
      told.push(...(await tellAll(context, { id, groupId: group.id }, kind, session.startsAt)))
  }
  return told
}

function refuseCount({ texts }: Context, starts: readonly PlannedStart[]): void {
  if (starts.length === 0) {
    const message = texts.t('schedule.noSession')
    throw new UserError(message, { until: message })
  }
  if (starts.length <= MAX_SESSIONS) return
  const message = texts.t('schedule.tooManySessions', { limit: MAX_SESSIONS })
  throw new UserError(message, { until: message })
}
