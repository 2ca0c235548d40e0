import { MAX_SCHEDULES, MAX_SESSIONS } from '../domain/limits.ts'
import { type PlannedStart, ruleOf, startsOf } from '../domain/recurrence.ts'
import type { SessionPlan } from '../domain/schedule.ts'
import { UserError } from '../errors.ts'
import type { FieldValue } from '../platform.ts'
import { listOpen } from '../store/checkin.ts'
import { type GroupRow, lockTimes } from '../store/group.ts'
import {
  listHeldDates,
  listSchedules,
  type ScheduleRow,
  saveSchedule,
  stopSchedule,
} from '../store/schedule.ts'
import { timeWithZone } from '../views/notice.ts'
import { scheduleDone, scheduleStopped } from '../views/schedule.ts'
import {
  aboutOf,
  type Context,
  command,
  groupOf,
  type Result,
  type WriteContext,
} from './command.ts'
import { formInput, idInput, textValue } from './input.ts'
import { cutReason, replan } from './programme.ts'
import { heldBeside, wordsOf } from './schedule-form.ts'
import { askAboutHolidays, readPlan } from './schedule-plan.ts'
import { type Followed, syncSessions, tellOf } from './sync-sessions.ts'

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
    const group = await lockForChange(context, groupOf(context))
    const known = await listSchedules(context, group.id)
    const which = textValue(values, 'which') || 'new'
    const stopped = known.find(({ id }) => which === `stop ${id}`)
    return stopped
      ? await stop(context, group, stopped)
      : await save(context, group, { known, which, values })
  },
})

/** Puts a stopped schedule back, with the sessions that fell away with it and still lie ahead. */
export const schedulePutBack = command({
  verb: 'schedule.putBack',
  isTyped: false,
  access: { who: 'group', roles: ['facilitator'] },
  subject: 'schedule',
  effect: 'write',
  input: idInput,
  run: async (context) => {
    const { groupId: _, ...row } = aboutOf(context, 'schedule')
    const group = await lockForChange(context, groupOf(context))
    const known = await listSchedules(context, group.id)
    if (!known.some(({ id }) => id === row.id)) refuseOneMore(context, known)
    refuseOtherZone(context, known, row, row.timeZone)
    const starts = startsOf({ ...row, minutes: row.durationMinutes })
    return await follow(context, group, { row, isNew: false }, starts)
  },
})

/**
 * Takes the group's lock; returns the group as it is under it. Throws UserError while members
 * answer around a session.
 */
async function lockForChange(context: WriteContext, group: GroupRow): Promise<GroupRow> {
  const { texts, now } = context
  const locked = { ...group, ...(await lockTimes(context, group.id)) }
  const open = (await listOpen(context, group.id))[0]
  if (!open) return locked
  const closes = timeWithZone(texts, open.closesAt, group.timeZone, now)
  throw new UserError(texts.t('schedule.checkInOpen', { closes }), {})
}

async function stop(context: WriteContext, group: GroupRow, row: ScheduleRow): Promise<Result> {
  const { texts } = context
  await stopSchedule(context, group.id, row.id)
  const synced = await syncSessions(context, group.id, { row, isNew: false }, [])
  const { occurrences, jobs } = await replan(context, group)
  return {
    reply: {
      type: 'done',
      card: scheduleStopped(texts, {
        alias: group.alias,
        scheduleId: row.id,
        count: synced.removed,
        told: synced.told.length,
      }),
    },
    occurrences,
    jobs,
    deliveries: await tellOf(context, group.id, synced),
    audit: [{ action: 'schedule.stopped', subjectId: group.id }],
  }
}

async function save(
  context: WriteContext,
  group: GroupRow,
  form: { known: readonly ScheduleRow[]; which: string; values: Record<string, FieldValue> },
): Promise<Result> {
  const { known, which, values } = form
  const { newId } = context
  const changed = known.find(({ id }) => id === which)
  if (!changed) refuseOneMore(context, known)
  const asked = await lessHeld(context, changed ?? null, readPlan(context, values, changed ?? null))
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
  return await follow(context, group, { row, isNew: changed === undefined }, startsIn(plan))
}

/** Writes a schedule and brings sessions, reminders and check-ins to it. */
async function follow(
  context: WriteContext,
  group: GroupRow,
  followed: Followed,
  starts: readonly PlannedStart[],
): Promise<Result> {
  const { texts, now } = context
  const { row } = followed
  await saveSchedule(context, group.id, row, group.timeZone)
  const synced = await syncSessions(context, group.id, followed, starts)
  const programme = await replan(context, { ...group, timeZone: row.timeZone })
  const ahead = starts.filter(({ startsAt }) => startsAt > now)
  const facts = {
    groupId: group.id,
    alias: group.alias,
    words: wordsOf(context, row),
    starts: ahead,
    skipped: row.exceptions.length,
    kept: synced.kept,
    fellAway: synced.removed,
    cameBack: synced.broughtBack,
    told: synced.told.length,
    reminderMinutes: group.reminderMinutes,
    checkIns: programme.checkIns.length,
    cut: cutReason(programme, null),
    timeZone: row.timeZone,
    hasCalendar: context.publicUrl !== null,
    now,
  }
  return {
    reply: { type: 'done', card: scheduleDone(texts, facts) },
    occurrences: programme.occurrences,
    jobs: programme.jobs,
    deliveries: await tellOf(context, group.id, synced),
    audit: [{ action: 'schedule.changed', subjectId: group.id }],
  }
}

/** Twelve stay twelve: of a series that is changed midway, those that have been are counted in. */
async function lessHeld(
  context: Context,
  changed: ScheduleRow | null,
  plan: SessionPlan,
): Promise<SessionPlan> {
  if (!changed || plan.count === null) return plan
  const starts = startsOf({
    ...plan,
    rule: ruleOf(plan),
    localStart: `${plan.firstDate}T${plan.time}`,
  })
  const held = heldBeside(await listHeldDates(context, changed.id, context.now), starts)
  if (plan.count > held) return { ...plan, count: plan.count - held }
  const message = context.texts.t('schedule.countHeld', { held })
  throw new UserError(message, { count: message })
}

function refuseOneMore({ texts }: Context, known: readonly ScheduleRow[]): void {
  if (known.length < MAX_SCHEDULES) return
  const message = texts.t('schedule.tooMany', { limit: MAX_SCHEDULES })
  throw new UserError(message, { which: message })
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

function refuseCount({ texts }: Context, starts: readonly PlannedStart[]): void {
  if (starts.length === 0) {
    const message = texts.t('schedule.noSession')
    throw new UserError(message, { until: message })
  }
  if (starts.length <= MAX_SESSIONS) return
  const message = texts.t('schedule.tooManySessions', { limit: MAX_SESSIONS })
  throw new UserError(message, { until: message })
}
