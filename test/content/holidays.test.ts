import { describe, expect, it } from 'vitest'
import { isHolidayCalendar, publicHolidays } from '../../src/content/holidays.ts'

/** Days of 2027 that are public holidays where it says, each a fact of its own. */
const DAYS: Record<string, string> = {
  AR: '05-25',
  AT: '10-26',
  'AU-NSW': '01-26',
  BE: '07-21',
  BG: '03-03',
  BR: '09-07',
  CA: '07-01',
  'CH-ZH': '08-01',
  CL: '09-18 09-19',
  CN: '10-01 10-02 10-03',
  CO: '07-20',
  CZ: '10-28',
  DE: '10-03',
  'DE-BY-A': '08-08 08-15',
  DK: '12-25 12-26',
  ES: '10-12',
  FI: '12-06',
  FR: '07-14',
  'GB-ENG': '12-27 12-28',
  GR: '03-25',
  HU: '10-23',
  IE: '03-17',
  IL: '10-02 10-03 10-11',
  IT: '06-02',
  JP: '05-03 05-04 05-05',
  KR: '02-07 02-08 02-09 09-14 09-15 09-16',
  LU: '06-23',
  MX: '09-16',
  NL: '04-27',
  NO: '05-17',
  NZ: '02-06',
  PE: '07-28 07-29',
  PL: '11-11',
  PT: '06-10',
  RO: '01-01 01-02',
  SE: '06-06',
  TR: '03-09 03-10 03-11',
  UA: '08-24',
  US: '11-25',
  ZA: '04-27',
}
/** Days of 2027 on which a holiday of the evening or the day after begins, or that are none. */
const NOT: Record<string, string> = {
  DE: '08-15',
  'DE-BY': '08-08',
  IL: '10-01 10-10 10-15',
  KR: '02-05 02-10 09-13 09-17',
  RO: '01-03',
}

const datesOf = async (calendar: string) =>
  (await publicHolidays(calendar, [2027], 'en')).map(({ date }) => date)
const dates = (days: string) => days.split(' ').map((day) => `2027-${day}`)

describe('public holidays', () => {
  it.each(Object.entries(DAYS))('of %s hold %s', async (calendar, days) => {
    expect(await datesOf(calendar)).toEqual(expect.arrayContaining(dates(days)))
  })
  it.each(Object.entries(NOT))('of %s leave %s out', async (calendar, days) => {
    const found = await datesOf(calendar)
    expect(dates(days).filter((day) => found.includes(day))).toEqual([])
  })

  it('are each day of all that last several, in every country there is', async () => {
    const { default: Holidays } = await import('date-holidays')
    for (const country of Object.keys(new Holidays().getCountries('en'))) {
      const entries = new Holidays(country)
        .getHolidays(2027)
        .filter(({ type }) => type === 'public')
      const found = new Set(await datesOf(country))
      for (const { date, start, end, name } of entries) {
        const hours = (end.getTime() - start.getTime()) / 3_600_000
        const from = new Date(`${date.slice(0, 10)}T00:00Z`)
        // Those that begin at midnight: so many days, whatever the clocks do meanwhile.
        if (!date.includes(' 00:00')) continue
        for (let day = 0; day < Math.round(hours / 24); day += 1) {
          const one = new Date(from.getTime() + day * 86_400_000).toISOString().slice(0, 10)
          if (one.startsWith('2027')) expect(found, `${country} ${name}`).toContain(one)
        }
      }
    }
  })

  it('begin in the year before where they last into it', async () => {
    const years = await publicHolidays('KR', [2026, 2027], 'en')
    expect(years.length).toBe(new Set(years.map(({ date, name }) => date + name)).size)
  })

  it.each([
    ['DE', true],
    ['DE-BY', true],
    ['DE-BY-A', true],
    ['US-LA-NO', true],
    ['DE-XX', false],
    ['DE-BY-XX', false],
    ['DE-BY-A-1', false],
    ['XX', false],
    ['', false],
    ['constructor', false],
    ['DE-constructor', false],
  ])('are there for “%s”: %s', async (calendar, isThere) => {
    expect(await isHolidayCalendar(calendar)).toBe(isThere)
  })

  it.each([
    ['DE-XX', 'DE'],
    ['DE-BY-XX', 'DE-BY'],
    ['DE-BY-A-1', 'DE-BY-A'],
  ])('of “%s”, as somebody once saved it, are those of %s', async (calendar, known) => {
    expect(await datesOf(calendar)).toEqual(await datesOf(known))
  })
})
