import type Holidays from 'date-holidays'

/** A public holiday: its local date and its name. */
export type Holiday = { date: string; name: string }

let loading: Promise<typeof Holidays> | null = null

/** Calendars of 200 countries take their time and memory: loaded when the first schedule asks. */
async function load(): Promise<typeof Holidays> {
  loading ??= import('date-holidays').then((module) => module.default)
  return await loading
}

/** Whether there is a calendar of a country or region, such as "DE" or "DE-BE". */
export async function isHolidayCalendar(calendar: string): Promise<boolean> {
  const [country = '', state] = calendar.split('-')
  const Calendars = await load()
  const known = new Calendars()
  const countries = known.getCountries('en') as Record<string, string>
  if (!(country in countries)) return false
  if (state === undefined) return true
  const states = known.getStates(country, 'en') as Record<string, string> | undefined
  return states !== undefined && state in states
}

/**
 * The public holidays of a calendar in some years, named in a language; none where there is no
 * calendar. Source: date-holidays (data CC BY 3.0).
 */
export async function publicHolidays(
  calendar: string,
  years: readonly number[],
  language: string,
): Promise<Holiday[]> {
  if (!(await isHolidayCalendar(calendar))) return []
  const [country = '', state] = calendar.split('-')
  const Calendars = await load()
  const own = state === undefined ? new Calendars(country) : new Calendars(country, state)
  return years.flatMap((year) =>
    own
      .getHolidays(year, language.split('-')[0])
      .filter(({ type }) => type === 'public')
      .map(({ date, name }) => ({ date: date.slice(0, 10), name })),
  )
}
