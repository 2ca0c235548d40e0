import type Holidays from 'date-holidays'

/** A public holiday: its local date and its name. */
export type Holiday = { date: string; name: string }

let loading: Promise<typeof Holidays> | null = null

/** Calendars of 200 countries take their time and memory: loaded when the first schedule asks. */
async function load(): Promise<typeof Holidays> {
  loading ??= import('date-holidays').then((module) => module.default)
  return await loading
}

/** Whether there is a calendar of a country or a region, such as "DE", "DE-BY" or "DE-BY-A". */
export async function isHolidayCalendar(calendar: string): Promise<boolean> {
  const [country = '', state, region, ...more] = calendar.split('-')
  const Calendars = await load()
  const known = new Calendars()
  const isOf = (names: unknown, part: string) => Object.keys(names ?? {}).includes(part)
  if (more.length > 0 || !isOf(known.getCountries('en'), country)) return false
  if (state === undefined) return true
  if (!isOf(known.getStates(country, 'en'), state)) return false
  return region === undefined || isOf(known.getRegions(country, state, 'en'), region)
}

/**
 * The public holidays of a calendar in some years, each day of those that last several, named in a
 * language; none where there is no calendar. Source: date-holidays (data CC BY 3.0).
 */
export async function publicHolidays(
  calendar: string,
  years: readonly number[],
  language: string,
): Promise<Holiday[]> {
  const known = await longestKnown(calendar)
  if (known === null) return []
  const [country = '', state = '', region = ''] = known.split('-')
  const Calendars = await load()
  const own = new Calendars(country, state, region)
  // One that begins in December may last into the year.
  const asked = new Set(years.flatMap((year) => [year - 1, year]))
  return [...asked]
    .flatMap((year) => own.getHolidays(year, language.split('-')[0]))
    .filter(({ type }) => type === 'public')
    .flatMap(({ date, start, end, name }) =>
      daysOf(date, start, end).map((day) => ({ date: day, name })),
    )
    .filter(({ date }) => years.includes(Number(date.slice(0, 4))))
}

/** As much of a calendar's name as there is one for; null: none. */
async function longestKnown(calendar: string): Promise<string | null> {
  for (let parts = calendar.split('-'); parts.length > 0; parts = parts.slice(0, -1))
    if (await isHolidayCalendar(parts.join('-'))) return parts.join('-')
  return null
}

const DAY_MS = 24 * 60 * 60_000

/**
 * The dates on which a holiday is when the day begins: one that begins the evening before is on the
 * next day; one of an afternoon, on its own. `date` is the local time of `start`.
 */
function daysOf(date: string, start: Date, end: Date): string[] {
  const from = Date.parse(`${date.slice(0, 16).replace(' ', 'T')}Z`)
  // In local time, an hour more or less where the clocks change meanwhile.
  const until = from + (end.getTime() - start.getTime()) - DAY_MS / 12
  const first = Math.ceil(from / DAY_MS) * DAY_MS
  const days: string[] = []
  for (let day = first; day < until; day += DAY_MS) days.push(dayOf(day))
  return days.length > 0 ? days : [dayOf(from)]
}

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10)
