import { describe, expect, it } from 'vitest'
import {
  nextWeekday,
  parseDate,
  parseTime,
  parseTypedPlan,
  ruleOf,
  startsInPast,
  startsOf,
} from '../../src/domain/schedule.ts'
import { isTimeZone } from '../../src/domain/time.ts'

const weekly = (firstDate: string, time: string, timeZone: string, count = 4) =>
  startsOf(ruleOf({ firstDate, time, minutes: 90, count, timeZone }), `${firstDate}T${time}`, timeZone, 90)

describe('a weekly schedule', () => {
  it('keeps the time on the wall across a clock change, and says where it is', () => {
    const starts = weekly('2026-03-17', '17:30', 'Europe/Berlin')
    expect(starts.map(({ startsAt }) => startsAt.toISOString())).toEqual([
      '2026-03-17T16:30:00.000Z',
      '2026-03-24T16:30:00.000Z',
      '2026-03-31T15:30:00.000Z',
      '2026-04-07T15:30:00.000Z',
    ])
    expect(starts.map(({ isAfterClockChange }) => isAfterClockChange)).toEqual([false, false, true, false])
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

  const weekdays = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']
  it('reads a whole schedule', () => {
    expect(parseTypedPlan('every Tuesday 17:30 for 90 minutes, 12 sessions', weekdays)).toEqual({
      isoWeekday: 2,
      time: '17:30',
      minutes: 90,
      count: 12,
    })
    expect(parseTypedPlan('thursday 5:30 pm', weekdays)).toEqual({
      isoWeekday: 4,
      time: '17:30',
      minutes: null,
      count: null,
    })
    expect(parseTypedPlan('whenever', weekdays)).toBeNull()
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
    const plan = { firstDate: '2026-03-03', time: '17:30', minutes: 90, count: 1, timeZone: 'Europe/Berlin' }
    expect(startsInPast(plan, new Date('2026-03-03T16:29:59Z'))).toBe(false)
    expect(startsInPast(plan, new Date('2026-03-03T16:30:00Z'))).toBe(true)
  })
})
