import { type Holiday, publicHolidays } from '../content/holidays.ts'
import { MAX_SESSIONS, SESSION_MINUTES } from '../domain/limits.ts'
import { LONGEST_EXCEPTIONS, REPEATS, ruleOf, startsOf } from '../domain/recurrence.ts'
import {
  parseDate,
  parseDates,
  parseLink,
  parseTime,
  type SessionPlan,
  startsInPast,
} from '../domain/schedule.ts'
import { isTimeZone, localOf } from '../domain/time.ts'
import { UserError } from '../errors.ts'
import type { FieldValue } from '../platform.ts'
import type { GroupRow } from '../store/group.ts'
import type { ScheduleRow } from '../store/schedule.ts'
import type { ScheduleDraft } from '../views/schedule.ts'
import type { Context } from './command.ts'
import { echo, textValue } from './input.ts'

/** Asks before a session falls on a public holiday; leaves those dates out when told to. */
export async function askAboutHolidays(
  { texts, organisation, now }: Context,
  group: GroupRow,
  plan: SessionPlan,
  values: Record<string, FieldValue>,
): Promise<SessionPlan> {
  const choice = textValue(values, 'holidays') || 'ask'
  const calendar = group.holidays ?? organisation.holidays ?? organisation.country
  let planned = plan
  for (;;) {
    const hit = choice === 'keep' ? [] : await holidaysIn(planned, calendar, texts.language, now)
    if (hit.length === 0) return planned
    if (choice === 'ask' || plan.repeat === 'once') {
      const days = hit.slice(0, MOST_NAMED).map(({ date, name }) => `${date} (${name})`)
      const message = texts.t('holidays.hit', { count: hit.length, days: days.join(', ') })
      throw new UserError(message, { holidays: message })
    }
    // A date that is left out is made up for at the end, where there may be another holiday.
    const exceptions = [...planned.exceptions, ...hit.map(({ date }) => date)].sort()
    if (exceptions.length > LONGEST_EXCEPTIONS) return planned
    planned = { ...planned, exceptions }
  }
}

/** Holidays that a refusal names. */
const MOST_NAMED = 6

/** The public holidays that sessions ahead would fall on. */
async function holidaysIn(
  plan: SessionPlan,
  calendar: string,
  language: string,
  now: Date,
): Promise<Holiday[]> {
  const starts = startsOf({
    ...plan,
    rule: ruleOf(plan),
    localStart: `${plan.firstDate}T${plan.time}`,
  })
  const dates = starts
    .filter(({ startsAt }) => startsAt > now)
    .map(({ originalLocalStart }) => originalLocalStart.slice(0, 10))
  const years = [...new Set(dates.map((date) => Number(date.slice(0, 4))))]
  const holidays = await publicHolidays(calendar, years, language)
  // Two names of one day are one date.
  const named = new Map(holidays.map((holiday) => [holiday.date, holiday]))
  return dates.flatMap((date) => named.get(date) ?? [])
}

/** The plan that the form says. Throws UserError with what each field should be. */
export function readPlan(
  { texts, now }: Context,
  values: Record<string, FieldValue>,
  changed: ScheduleRow | null,
): SessionPlan {
  const { t } = texts
  const fields: Record<string, string> = {}
  const typed = (name: keyof ScheduleDraft) => textValue(values, name)
  const example = localOf(now, 'UTC').toPlainDate().add({ days: 7 }).toString()
  const firstDate = parseDate(typed('firstDate'))
  const time = parseTime(typed('time'))
  if (!firstDate)
    fields.firstDate = t('schedule.badDate', { got: echo(typed('firstDate')), example })
  if (!time) fields.time = t('schedule.badTime', { got: echo(typed('time')) })
  const timeZone = typed('timeZone')
  if (!isTimeZone(timeZone)) fields.timeZone = t('new.badZone', { got: echo(timeZone) })
  const whole = (name: 'minutes' | 'count', from: number, to: number): number => {
    const value = /^\d{1,4}$/.test(typed(name)) ? Number(typed(name)) : Number.NaN
    if (!(value >= from && value <= to))
      fields[name] = t('schedule.badNumber', { from, to, got: echo(typed(name)) })
    return value
  }
  const minutes = whole('minutes', SESSION_MINUTES.from, SESSION_MINUTES.to)
  const repeat = REPEATS.find((one) => one === typed('repeat')) ?? 'weekly'
  const until = typed('until') === '' ? null : parseDate(typed('until'))
  if (typed('until') !== '' && !until)
    fields.until = t('schedule.badDate', { got: echo(typed('until')), example })
  if (until && firstDate && until < firstDate)
    fields.until = t('schedule.untilBefore', { got: until })
  if (until && typed('count') !== '') fields.until = t('schedule.countOrUntil')
  const count = until || repeat === 'once' ? null : whole('count', 1, MAX_SESSIONS)
  const exceptions = parseDates(typed('except'))
  if (!exceptions) fields.except = t('schedule.badDates', { got: echo(typed('except')), example })
  else if (exceptions.length > LONGEST_EXCEPTIONS)
    fields.except = t('schedule.tooManyDates', { limit: LONGEST_EXCEPTIONS })
  const link = typed('link') === '' ? null : parseLink(typed('link'))
  if (typed('link') !== '' && !link)
    fields.link = t('schedule.badLink', { got: echo(typed('link')) })
  // A schedule that has begun may be changed from its own first date on.
  const isOwnStart = changed?.localStart.startsWith(firstDate ?? '-') ?? false
  if (
    !isOwnStart &&
    firstDate &&
    time &&
    !fields.timeZone &&
    startsInPast(`${firstDate}T${time}`, timeZone, now)
  )
    fields.firstDate = t('schedule.pastDate', { got: firstDate, time, example })
  if (Object.keys(fields).length > 0) throw new UserError(Object.values(fields)[0] ?? '', fields)
  return {
    firstDate: firstDate ?? '',
    time: time ?? '',
    minutes,
    repeat,
    count,
    until,
    timeZone,
    exceptions: exceptions ?? [],
    place: typed('place') || null,
    link,
  }
}
