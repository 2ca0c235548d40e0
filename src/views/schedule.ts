import type { Texts } from '../content/load.ts'
import { type CutReason, RELEASE_BUDGET } from '../domain/checkin.ts'
import {
  MAX_ECHO_CHARS,
  MAX_LINK_CHARS,
  MAX_PLACE_CHARS,
  MAX_SESSIONS,
  PREVIEW_DATES,
  SESSION_MINUTES,
} from '../domain/limits.ts'
import { nthWeekday, type PlannedStart, REPEATS, type Repeat } from '../domain/recurrence.ts'
import { clip } from '../domain/text.ts'
import { cityOf, dayOfMonth, weekdayName, weekdayOf } from '../domain/time.ts'
import { hasWeekday } from '../domain/typed-line.ts'
import {
  type Block,
  button,
  buttons,
  type Card,
  card,
  type Field,
  type Form,
  heading,
  list,
  note,
  text,
} from './card.ts'
import { timeWithZone } from './notice.ts'
import { leadTimes } from './reminder.ts'

/** The schedule form's first values; all as typed. `which` is a schedule's id, or "new". */
export type ScheduleDraft = {
  which: string
  firstDate: string
  time: string
  minutes: string
  repeat: Repeat
  count: string
  until: string
  except: string
  holidays: 'ask' | 'skip' | 'keep'
  timeZone: string
  place: string
  link: string
}

/** A schedule that a group has, in words. */
export type KnownSchedule = { id: string; words: string }

/** Says back what was typed and is in none of the fields. */
function unusedWords({ t, join }: Texts, unused: readonly string[]): Block[] {
  if (unused.length === 0) return []
  const words = join(unused.map((words) => `“${clip(words, MAX_ECHO_CHARS)}”`))
  return [
    text(t('schedule.unused', { words })),
    ...(hasWeekday(unused) ? [note(t('schedule.secondDay'))] : []),
  ]
}

export function scheduleForm(
  texts: Texts,
  groupId: string,
  { draft, unused }: { draft: ScheduleDraft; unused: readonly string[] },
  known: readonly KnownSchedule[],
): Form {
  const { t } = texts
  type Typed = Exclude<keyof ScheduleDraft, 'which' | 'repeat' | 'holidays'>
  const field = (name: Typed, hint: string, maxLength: number, isOptional = false): Field => ({
    type: 'text',
    name,
    label: t(`schedule.${name}`),
    hint,
    value: draft[name],
    maxLength,
    ...(isOptional ? { isOptional } : {}),
  })
  const range = (from: number, to: number) => `${from}–${to}`
  const which: Field = {
    type: 'choice',
    name: 'which',
    isAsked: true,
    label: t('schedule.which'),
    options: [
      ...known.map(({ id, words }) => ({ value: id, label: t('schedule.change', { words }) })),
      ...known.map(({ id, words }) => ({
        value: `stop ${id}`,
        label: t('schedule.stop', { words }),
      })),
      { value: 'new', label: t('schedule.beside') },
    ],
    value: draft.which,
  }
  return {
    kind: 'schedule-form',
    verb: 'schedule.submit',
    id: groupId,
    title: t('schedule.title'),
    submitLabel: t('button.save'),
    closeLabel: t('button.cancel'),
    // Beside one schedule, its fields are that schedule's.
    ...(known.length === 1 ? { merges: { whileSame: 'which' } } : {}),
    intro: unusedWords(texts, unused),
    fields: [
      ...(known.length > 0 ? [which] : []),
      field('firstDate', t('schedule.firstDateHint', { example: draft.firstDate }), 10),
      field('time', t('schedule.timeHint'), 8),
      field('minutes', range(SESSION_MINUTES.from, SESSION_MINUTES.to), 4),
      {
        type: 'choice',
        name: 'repeat',
        label: t('schedule.repeat'),
        options: REPEATS.map((repeat) => ({ value: repeat, label: t(`repeat.${repeat}`) })),
        value: draft.repeat,
      },
      field('count', t('schedule.countHint', { range: range(1, MAX_SESSIONS) }), 3, true),
      field('until', t('schedule.untilHint'), 10, true),
      field('except', t('schedule.exceptHint'), 600, true),
      {
        type: 'choice',
        name: 'holidays',
        isAsked: true,
        label: t('schedule.holidays'),
        options: (['ask', 'skip', 'keep'] as const).map((value) => ({
          value,
          label: t(`holidays.${value}`),
        })),
        value: draft.holidays,
      },
      field('timeZone', t('new.timeZoneHint'), 60),
      field('place', t('schedule.placeHint'), MAX_PLACE_CHARS, true),
      field('link', t('schedule.linkHint'), MAX_LINK_CHARS, true),
    ],
  }
}

/** "every 2 weeks on Tuesday at 17:30 (Berlin time)". `date` is the first one. */
export function scheduleWords(
  texts: Texts,
  facts: { repeat: Repeat; date: string; time: string; timeZone: string },
): string {
  const { t } = texts
  const nth = nthWeekday(facts.date)
  return t(`repeatWords.${facts.repeat}`, {
    weekday: weekdayName(weekdayOf(facts.date), texts.language),
    nth: t(
      `nth.${nth === -1 ? 'last' : nth === 1 ? 'first' : nth === 2 ? 'second' : nth === 3 ? 'third' : 'fourth'}`,
    ),
    day: dayOfMonth(facts.date),
    date: facts.date,
    time: t('time.inZone', { time: facts.time, city: cityOf(facts.timeZone) }),
  })
}

/** One line of the preview: the time, and what the clocks do there. */
function previewLine(texts: Texts, start: PlannedStart, timeZone: string, now: Date): string {
  const { t } = texts
  const time = timeWithZone(texts, start.startsAt, timeZone, now)
  const wanted = start.originalLocalStart.slice(11)
  if (start.wall === 'skipped') return `${time} – ${t('schedule.skipped', { wanted })}`
  if (start.wall === 'twice') return `${time} – ${t('schedule.twice', { wanted })}`
  return start.isAfterClockChange ? `${time} – ${t('schedule.clockChange')}` : time
}

/** The first dates, and every later one at which the clocks do something to the wanted time. */
function preview(
  texts: Texts,
  starts: readonly PlannedStart[],
  timeZone: string,
  now: Date,
): string[] {
  const shown = starts.filter((start, index) => index < PREVIEW_DATES || start.wall !== 'plain')
  const lines = shown
    .slice(0, 2 * PREVIEW_DATES)
    .map((start) => previewLine(texts, start, timeZone, now))
  const rest = starts.length - lines.length
  return rest > 0 ? [...lines, texts.t('list.more', { count: rest })] : lines
}

/** Shows what was planned, with the next dates and where the clocks change between them. */
export function scheduleDone(
  texts: Texts,
  facts: {
    groupId: string
    alias: string
    words: string
    starts: readonly PlannedStart[]
    skipped: number
    kept: number
    fellAway: number
    cameBack: number
    told: number
    reminderMinutes: readonly number[]
    checkIns: number
    cut: CutReason | null
    timeZone: string
    hasCalendar: boolean
    now: Date
  },
): Card {
  const { t } = texts
  return card('schedule-done', t('schedule.title'), [
    text(t('schedule.done', { alias: facts.alias, words: facts.words })),
    heading(t('schedule.preview')),
    list(preview(texts, facts.starts, facts.timeZone, facts.now)),
    facts.skipped > 0 && text(t('schedule.leftOut', { count: facts.skipped })),
    facts.kept > 0 && text(t('schedule.changesStay', { count: facts.kept })),
    facts.fellAway > 0 && text(t('schedule.fellAway', { count: facts.fellAway })),
    facts.cameBack > 0 && text(t('schedule.cameBack', { count: facts.cameBack })),
    facts.told > 0 && text(t('schedule.told', { count: facts.told })),
    text(t('schedule.reminders', { times: leadTimes(texts, facts.reminderMinutes) })),
    text(t('schedule.checkIns', { count: facts.checkIns })),
    facts.cut && note(t(`checkin.cut.${facts.cut}`, { limit: RELEASE_BUDGET.releases })),
    facts.hasCalendar && buttons(button(t('calendar.button'), 'calendar', facts.groupId, 'card')),
  ])
}

export function scheduleStopped(
  { t }: Texts,
  facts: { alias: string; scheduleId: string; count: number; told: number },
): Card {
  return card('schedule-done', t('schedule.title'), [
    text(t('schedule.stopped', { alias: facts.alias, count: facts.count })),
    facts.told > 0 && text(t('schedule.told', { count: facts.told })),
    facts.count > 0 &&
      buttons(button(t('schedule.putBack'), 'schedule.putBack', facts.scheduleId, 'card')),
  ])
}
