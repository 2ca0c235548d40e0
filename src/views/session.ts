import type { Texts } from '../content/load.ts'
import { RELEASE_BUDGET } from '../domain/checkin.ts'
import { MAX_SESSIONS, PREVIEW_DATES, SESSION_MINUTES } from '../domain/limits.ts'
import type { PlannedStart } from '../domain/schedule.ts'
import { cityOf, weekdayName } from '../domain/time.ts'
import { type Card, compact, type Form, heading, list, note, text } from './card.ts'
import { type Notice, notice, timeWithZone } from './notice.ts'

/** What the schedule form starts with; all as typed. */
export type ScheduleDraft = { firstDate: string; time: string; minutes: string; count: string; timeZone: string }

export function scheduleForm({ t }: Texts, groupId: string, draft: ScheduleDraft): Form {
  const field = (name: keyof ScheduleDraft, label: string, hint: string, maxLength: number) =>
    ({ type: 'text', name, label, hint, value: draft[name], maxLength }) as const
  const range = (from: number, to: number) => `${from}–${to}`
  return {
    kind: 'schedule-form',
    verb: 'schedule.submit',
    id: groupId,
    title: t('schedule.title'),
    submitLabel: t('button.save'),
    closeLabel: t('button.cancel'),
    intro: [],
    fields: [
      field('firstDate', t('schedule.firstDate'), t('schedule.firstDateHint', { example: draft.firstDate }), 10),
      field('time', t('schedule.time'), t('schedule.timeHint'), 8),
      field('minutes', t('schedule.minutes'), range(SESSION_MINUTES.from, SESSION_MINUTES.to), 4),
      field('count', t('schedule.count'), range(1, MAX_SESSIONS), 3),
      field('timeZone', t('schedule.timeZone'), t('new.timeZoneHint'), 60),
    ],
  }
}

/** What was planned, with the next dates and where the clocks change between them. */
export function scheduleDone(
  texts: Texts,
  facts: {
    alias: string
    starts: readonly PlannedStart[]
    checkIns: number
    isBudgeted: boolean
    timeZone: string
    isoWeekday: number
    time: string
    now: Date
  },
): Card {
  const { t } = texts
  const dates = facts.starts.slice(0, PREVIEW_DATES).map((start) => {
    const time = timeWithZone(texts, start.startsAt, facts.timeZone, facts.now)
    return start.isAfterClockChange ? `${time} – ${t('schedule.clockChange')}` : time
  })
  const rest = facts.starts.length - dates.length
  return {
    kind: 'schedule-done',
    title: t('schedule.title'),
    notification: t('schedule.title'),
    blocks: compact([
      text(
        t('schedule.done', {
          alias: facts.alias,
          weekday: weekdayName(facts.isoWeekday, texts.language),
          time: t('time.inZone', { time: facts.time, city: cityOf(facts.timeZone) }),
        }),
      ),
      heading(t('schedule.preview')),
      list(rest > 0 ? [...dates, t('list.more', { count: rest })] : dates),
      text(t('schedule.reminders')),
      text(t('schedule.checkIns', { count: facts.checkIns })),
      facts.isBudgeted && note(t('schedule.checkInsBudget', { limit: RELEASE_BUDGET.releases })),
    ]),
  }
}

/** The next sessions of a person's groups. */
export function nextCard(
  texts: Texts,
  facts: {
    groups: readonly { alias: string; timeZone: string; startsAt: readonly Date[] }[]
    example: string
    isFacilitator: boolean
    now: Date
  },
): Card {
  const { t } = texts
  const blocks = facts.groups.flatMap((group) =>
    group.startsAt.length === 0
      ? [text(t('next.none', { alias: group.alias }))]
      : [heading(group.alias), list(group.startsAt.map((at) => timeWithZone(texts, at, group.timeZone, facts.now)))],
  )
  const hasSession = facts.groups.some((group) => group.startsAt.length > 0)
  return {
    kind: 'next',
    title: t('next.title'),
    notification: t('next.title'),
    blocks: compact([
      ...blocks,
      hasSession && note(t('next.reminders')),
      !hasSession && facts.isFacilitator && note(t('next.hint', { example: facts.example })),
    ]),
  }
}

export function reminderNotice(
  texts: Texts,
  facts: { alias: string; startsAt: Date; timeZone: string; now: Date },
): Notice {
  const time = timeWithZone(texts, facts.startsAt, facts.timeZone, facts.now)
  return notice('reminder', texts.t('reminder.notice', { alias: facts.alias, time }), null)
}
