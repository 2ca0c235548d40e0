import { Temporal } from 'temporal-polyfill'
import { planCheckIns, windowAfter } from '../domain/checkin.ts'
import { MAX_SESSIONS, REMINDER_MINUTES_BEFORE, SESSION_MINUTES } from '../domain/limits.ts'
import {
  countOf,
  nextWeekday,
  type PlannedStart,
  parseDate,
  parseTime,
  parseTypedPlan,
  ruleOf,
  startsInPast,
  startsOf,
  type WeeklyPlan,
} from '../domain/schedule.ts'
import { formatTime, isTimeZone, localOf, MINUTE_MS, plus, weekdayName } from '../domain/time.ts'
import { UserError } from '../errors.ts'
import { createCheckIns, listOpen, listOpenings } from '../store/checkin.ts'
import { listRoster, lockGroup } from '../store/group.ts'
import { hasLaterDueReminder, type OccurrencePlan, type OccurrenceRow } from '../store/occurrence.ts'
import { findSchedule, findSession, listUpcoming, replaceSchedule } from '../store/session.ts'
import { timeWithZone } from '../views/notice.ts'
import { nextCard, reminderNotice, type ScheduleDraft, scheduleDone, scheduleForm } from '../views/session.ts'
import { type Base, type Context, command, type Effects, groupOf } from './command.ts'
import { echo, formInput, groupInput, noInput, textValue } from './input.ts'
import type { Compose } from './messages.ts'

/** Sessions of each group that `next` shows. */
const NEXT_SESSIONS = 3
const DRAFT = { time: '17:30', minutes: 90, count: 12 } as const

export const next = command({
  verb: 'next',
  isTyped: true,
  access: { who: 'anyone' },
  effect: 'read',
  input: noInput,
  run: async ({ tx, texts, actor, now, example, memberships }) => {
    if (memberships.length === 0) throw new UserError(texts.t('error.noGroup', { example: example('help') }))
    const groups = []
    for (const { groupId, alias, timeZone } of memberships) {
      const sessions = await listUpcoming(tx, actor.organisationId, groupId, now, NEXT_SESSIONS)
      groups.push({ alias, timeZone, startsAt: sessions.map((session) => session.startsAt) })
    }
    const isFacilitator = memberships.some((membership) => membership.role === 'facilitator')
    return {
      reply: { type: 'message', card: nextCard(texts, { groups, example: example('schedule'), isFacilitator, now }) },
    }
  },
})

/** The form, filled with what was typed, or with the schedule that the group has. */
export const schedule = command({
  verb: 'schedule',
  opens: 'form',
  isTyped: true,
  access: { who: 'group', roles: ['facilitator'] },
  subject: 'group',
  takesText: true,
  effect: 'read',
  input: groupInput,
  run: async (context, { text }) => {
    const group = groupOf(context)
    const draft = await draftOf(context, text ?? '')
    const form = scheduleForm(context.texts, group.id, draft)
    return { reply: { type: 'form', form } }
  },
})

async function draftOf(context: Context, typed: string): Promise<ScheduleDraft> {
  const { tx, texts, actor, now } = context
  const group = groupOf(context)
  const weekdays = [1, 2, 3, 4, 5, 6, 7].map((day) => weekdayName(day, texts.language))
  const plan = typed === '' ? null : parseTypedPlan(typed, weekdays)
  if (typed !== '' && !plan)
    throw new UserError(
      texts.t('error.groupOrSchedule', {
        got: echo(typed),
        example: context.example('schedule every Tuesday 17:30 for 90 minutes, 12 sessions'),
      }),
    )
  const known = await findSchedule(tx, actor.organisationId, group.id)
  const timeZone = known?.timeZone ?? group.timeZone
  const tomorrow = localOf(now, timeZone).toPlainDate().add({ days: 1 })
  const knownStart = known && Temporal.PlainDateTime.from(known.localStart)
  const weekday = plan?.isoWeekday ?? knownStart?.dayOfWeek ?? tomorrow.dayOfWeek
  return {
    firstDate: nextWeekday(tomorrow.toString(), weekday),
    time: plan?.time ?? knownStart?.toPlainTime().toString({ smallestUnit: 'minute' }) ?? DRAFT.time,
    minutes: String(plan?.minutes ?? known?.durationMinutes ?? DRAFT.minutes),
    count: String(plan?.count ?? (known && countOf(known.rule)) ?? DRAFT.count),
    timeZone,
  }
}

/** Plans the sessions, their reminders and check-ins. Sessions of an earlier schedule that lie ahead make way. */
export const scheduleSubmit = command({
  verb: 'schedule.submit',
  isTyped: false,
  access: { who: 'group', roles: ['facilitator'] },
  subject: 'group',
  effect: 'write',
  form: 'schedule',
  input: formInput,
  run: async (context, { values }) => {
    const { tx, texts, actor, now, newId, content } = context
    const group = groupOf(context)
    const plan = readPlan(context, values)
    await lockGroup(tx, actor.organisationId, group.id)
    const open = (await listOpen(tx, actor.organisationId, group.id))[0]
    if (open)
      throw new UserError(
        texts.t('schedule.checkInOpen', { closes: timeWithZone(texts, open.closesAt, group.timeZone, now) }),
        {},
      )
    const localStart = `${plan.firstDate}T${plan.time}`
    const rule = ruleOf(plan)
    const starts = startsOf(rule, localStart, plan.timeZone, plan.minutes)
    const sessions = starts.map(({ originalLocalStart, startsAt, endsAt }) => ({
      id: newId(),
      originalLocalStart,
      startsAt,
      endsAt,
    }))
    const row = { id: newId(), rule, localStart, timeZone: plan.timeZone, durationMinutes: plan.minutes }
    await replaceSchedule(tx, actor.organisationId, group.id, row, sessions, now)
    const earlier = await listOpenings(tx, actor.organisationId, group.id)
    const chosen = planCheckIns(
      sessions.map((session) => session.endsAt),
      earlier,
    )
    const questionSetId = content.kinds.get(group.kind)?.questionSet ?? 'pulse'
    const checkIns = chosen.flatMap((index) => {
      const session = sessions[index]
      return session ? [{ id: newId(), sessionId: session.id, questionSetId, ...windowAfter(session.endsAt) }] : []
    })
    await createCheckIns(tx, actor.organisationId, group.id, checkIns)
    return {
      reply: { type: 'done', card: scheduleDone(texts, doneFacts(context, plan, starts, checkIns.length)) },
      occurrences: [
        ...sessions.flatMap((session) => remindersOf(session, now)),
        ...checkIns.map(
          (checkIn): OccurrencePlan => ({ kind: 'checkInOpens', dueAt: checkIn.opensAt, checkInId: checkIn.id }),
        ),
      ],
      audit: [{ action: 'schedule.changed', subjectId: group.id }],
    }
  },
})

function doneFacts(context: Context, plan: WeeklyPlan, starts: readonly PlannedStart[], checkIns: number) {
  const first = starts[0]?.startsAt ?? context.now
  return {
    alias: groupOf(context).alias,
    starts,
    checkIns,
    isBudgeted: checkIns < starts.length,
    timeZone: plan.timeZone,
    isoWeekday: localOf(first, plan.timeZone).dayOfWeek,
    time: formatTime(first, plan.timeZone, context.texts.language),
    now: context.now,
  }
}

/** Reminders that still lie ahead. */
function remindersOf(session: { id: string; startsAt: Date }, now: Date): OccurrencePlan[] {
  return REMINDER_MINUTES_BEFORE.map((minutes) => plus(session.startsAt, -minutes * MINUTE_MS))
    .filter((dueAt) => dueAt > now)
    .map((dueAt) => ({ kind: 'reminder', dueAt, sessionId: session.id }))
}

/** The plan that the form says. Throws UserError with what each field should be. */
function readPlan({ texts, now }: Context, values: Parameters<typeof textValue>[0]): WeeklyPlan {
  const fields: Record<string, string> = {}
  const typed = (name: keyof ScheduleDraft) => textValue(values, name)
  const example = localOf(now, 'UTC').toPlainDate().add({ days: 7 }).toString()
  const firstDate = parseDate(typed('firstDate'))
  const time = parseTime(typed('time'))
  if (!firstDate) fields.firstDate = texts.t('schedule.badDate', { got: echo(typed('firstDate')), example })
  if (!time) fields.time = texts.t('schedule.badTime', { got: echo(typed('time')) })
  const timeZone = typed('timeZone')
  if (!isTimeZone(timeZone)) fields.timeZone = texts.t('new.badZone', { got: echo(timeZone) })
  const whole = (name: 'minutes' | 'count', from: number, to: number): number => {
    const value = /^\d{1,4}$/.test(typed(name)) ? Number(typed(name)) : Number.NaN
    if (!(value >= from && value <= to))
      fields[name] = texts.t('schedule.badNumber', { from, to, got: echo(typed(name)) })
    return value
  }
  const minutes = whole('minutes', SESSION_MINUTES.from, SESSION_MINUTES.to)
  const count = whole('count', 1, MAX_SESSIONS)
  const plan = { firstDate: firstDate ?? '', time: time ?? '', minutes, count, timeZone }
  if (firstDate && time && !fields.timeZone && startsInPast(plan, now))
    fields.firstDate = texts.t('schedule.pastDate', { got: firstDate, time, example })
  if (Object.keys(fields).length > 0) throw new UserError(Object.values(fields)[0] ?? '', fields)
  return plan
}

/** A session's reminder is due: one message to each member and facilitator, unless it comes too late to be of use. */
export async function remind(
  { tx, now, organisationId }: Base & { organisationId: string },
  occurrence: OccurrenceRow,
): Promise<Effects & { dropped: string | null }> {
  const session = occurrence.sessionId ? await findSession(tx, organisationId, occurrence.sessionId) : null
  if (session?.state !== 'planned') return { dropped: 'sessionGone' }
  if (now >= session.startsAt) return { dropped: 'sessionBegun' }
  if (await hasLaterDueReminder(tx, organisationId, session.id, occurrence.dueAt, now)) return { dropped: 'superseded' }
  const people = (await listRoster(tx, organisationId, session.groupId)).filter(
    (entry) => entry.role !== 'supervisor' && !entry.isBot && !entry.isDeactivated,
  )
  return {
    dropped: null,
    deliveries: people.map(({ personId }) => ({
      key: `reminder ${occurrence.id}`,
      kind: 'reminder' as const,
      personId,
      groupId: session.groupId,
      sessionId: session.id,
      expiresAt: session.startsAt,
    })),
  }
}

export const composeReminder: Compose = async ({ tx, now, organisationId, texts, delivery, group, role }) => {
  const session = delivery.sessionId ? await findSession(tx, organisationId, delivery.sessionId) : null
  if (!group || !role || session?.state !== 'planned') return null
  return reminderNotice(texts, { alias: group.alias, startsAt: session.startsAt, timeZone: group.timeZone, now })
}
