import { describe, expect, it } from 'vitest'
import { type Recurrence, repeatOf, ruleOf, startsOf } from '../../src/domain/recurrence.ts'
import { nextWeekday, parseDate, parseTime, startsInPast } from '../../src/domain/schedule.ts'
import { isTimeZone } from '../../src/domain/time.ts'

const weekly = (firstDate: string, time: string, timeZone: string, count = 4) =>
  startsOf({
    rule: ruleOf({ firstDate, time, repeat: 'weekly', count, until: null, exceptions: [] }),
    localStart: `${firstDate}T${time}`,
    timeZone,
    minutes: 90,
  })

describe('a weekly schedule', () => {
  it('keeps the time on the wall across a clock change, and says where it is', () => {
    const starts = weekly('2026-03-17', '17:30', 'Europe/Berlin')
    expect(starts.map(({ startsAt }) => startsAt.toISOString())).toEqual([
      '2026-03-17T16:30:00.000Z',
      '2026-03-24T16:30:00.000Z',
      '2026-03-31T15:30:00.000Z',
      '2026-04-07T15:30:00.000Z',
    ])
    expect(starts.map(({ isAfterClockChange }) => isAfterClockChange)).toEqual([
      false,
      false,
      true,
      false,
    ])
    expect(starts[0]?.originalLocalStart).toBe('2026-03-17T17:30')
    expect(starts[0]?.endsAt.toISOString()).toBe('2026-03-17T18:00:00.000Z')
  })

  it('moves a time that the clocks skip forward by the gap', () => {
    const starts = weekly('2026-03-22', '02:30', 'Europe/Berlin', 2)
    expect(starts[1]?.startsAt.toISOString()).toBe('2026-03-29T01:30:00.000Z')
    expect(starts[1]?.originalLocalStart).toBe('2026-03-29T02:30')
  })

  it('takes the earlier of a time that happens twice', () => {
    expect(weekly('2026-10-25', '02:30', 'Europe/Berlin', 1)[0]?.startsAt.toISOString()).toBe(
      '2026-10-25T00:30:00.000Z',
    )
  })

  it.each([
    ['Australia/Lord_Howe', '2026-04-05T07:00:00.000Z'],
    ['Asia/Kathmandu', '2026-04-05T11:45:00.000Z'],
    ['America/New_York', '2026-04-05T21:30:00.000Z'],
  ])('places 17:30 on 5 April 2026 in %s', (timeZone, expected) => {
    expect(weekly('2026-04-05', '17:30', timeZone, 1)[0]?.startsAt.toISOString()).toBe(expected)
  })
})

describe('how a schedule repeats', () => {
  const dates = (plan: Partial<Recurrence>) => {
    const whole = {
      firstDate: '2026-01-31',
      time: '17:30',
      repeat: 'weekly',
      count: 4,
      until: null,
      exceptions: [],
      ...plan,
    } as const
    const rule = ruleOf(whole)
    expect(repeatOf(rule)).toBe(whole.repeat)
    return startsOf({
      ...whole,
      rule,
      localStart: `${whole.firstDate}T17:30`,
      timeZone: 'UTC',
      minutes: 60,
    }).map((start) => start.originalLocalStart.slice(0, 10))
  }
  it.each([
    [{ repeat: 'once' }, ['2026-01-31']],
    [{ repeat: 'weeks2' }, ['2026-01-31', '2026-02-14', '2026-02-28', '2026-03-14']],
    [{ repeat: 'weeks4', count: 2 }, ['2026-01-31', '2026-02-28']],
    // The 31st: a month without one has its last day, and none is left out.
    [{ repeat: 'monthlyDate' }, ['2026-01-31', '2026-02-28', '2026-03-31', '2026-04-30']],
    [
      { repeat: 'monthlyDate', firstDate: '2028-01-29', count: 3 },
      ['2028-01-29', '2028-02-29', '2028-03-29'],
    ],
    [{ repeat: 'monthlyDate', firstDate: '2026-03-15', count: 2 }, ['2026-03-15', '2026-04-15']],
    // The fifth Saturday is the last one.
    [{ repeat: 'monthlyWeekday' }, ['2026-01-31', '2026-02-28', '2026-03-28', '2026-04-25']],
    [
      { repeat: 'monthlyWeekday', firstDate: '2026-03-10', count: 3 },
      ['2026-03-10', '2026-04-14', '2026-05-12'],
    ],
    [{ count: null, until: '2026-02-14' }, ['2026-01-31', '2026-02-07', '2026-02-14']],
    // Dates left out are made up for at the end.
    [
      { exceptions: ['2026-02-07', '2026-02-14'] },
      ['2026-01-31', '2026-02-21', '2026-02-28', '2026-03-07'],
    ],
  ] as const)('%j gives %j', (plan, expected) => {
    expect(dates(plan)).toEqual(expected)
  })

  it('says of each time whether the clocks skip it or bring it twice', () => {
    const walls = (firstDate: string) =>
      weekly(firstDate, '02:30', 'Europe/Berlin', 2).map(({ wall }) => wall)
    expect(walls('2026-03-22')).toEqual(['plain', 'skipped'])
    expect(walls('2026-10-25')).toEqual(['twice', 'plain'])
  })
})

describe('what people type', () => {
  it.each([
    ['17:30', '17:30'],
    ['5:30 pm', '17:30'],
    ['12 am', '00:00'],
    ['9.05', '09:05'],
    ['25:00', null],
    ['13 pm', null],
    ['half past five', null],
    ['17', null],
  ])('reads the time “%s” as %s', (text, expected) => {
    expect(parseTime(text)).toBe(expected)
  })

  it.each([
    ['2026-03-02', '2026-03-02'],
    ['2026-02-30', null],
    ['02/03/2026', null],
    ['', null],
  ])('reads the date “%s” as %s', (text, expected) => {
    expect(parseDate(text)).toBe(expected)
  })

  it('finds the next weekday on or after a date', () => {
    expect(nextWeekday('2026-03-02', 1)).toBe('2026-03-02')
    expect(nextWeekday('2026-03-03', 1)).toBe('2026-03-09')
  })

  it('knows zones, and refuses offsets and nonsense', () => {
    expect(['Europe/Berlin', 'UTC', 'America/Argentina/Buenos_Aires'].every(isTimeZone)).toBe(true)
    expect(['+02:00', 'Berlin', '', '../etc', 'Europe/Nowhere'].some(isTimeZone)).toBe(false)
  })

  it('knows a first session that has begun', () => {
    const at = (now: string) => startsInPast('2026-03-03T17:30', 'Europe/Berlin', new Date(now))
    expect(at('2026-03-03T16:29:59Z')).toBe(false)
    expect(at('2026-03-03T16:30:00Z')).toBe(true)
  })
})
