import { Temporal } from 'temporal-polyfill'
import { nextWeekday, parseTime } from './schedule.ts'
import * as words from './typed-words.ts'

/** The word at a place of a line; empty where it ends. */
export type Word = (at: number) => string

/** "17:30", "5:30 pm", "5 pm"; "17" after "at" alone. */
export function readTime(
  word: Word,
  at: number,
  isSaid: boolean,
): { time: string; length: number } | null {
  if (['noon', 'midday', 'mediodia'].includes(word(at))) return { time: '12:00', length: 1 }
  const isClock = /^\d{1,2}[:.h]\d{2}$/.test(word(at))
  if (!isClock && !/^\d{1,2}$/.test(word(at))) return null
  let next = at + 1
  if (words.HOUR.has(word(next)) && !isClock && isSaid) next += 1
  const isPart = ['de', 'por', 'in'].includes(word(next)) && ['la', 'the'].includes(word(next + 1))
  const half = isPart ? next + 2 : next
  const isAfternoon = words.AFTERNOON.has(word(half))
  if (!isClock && !isSaid && !['am', 'pm'].includes(word(next))) return null
  const typed = isClock ? word(at) : `${word(at)}:00`
  const plain = parseTime(typed)
  if (!plain) return null
  if (!isAfternoon && !words.MORNING.has(word(half))) return { time: plain, length: next - at }
  const hour = Number(plain.slice(0, 2))
  const own = isAfternoon ? (hour % 12) + 12 : hour === 12 ? 0 : hour
  const time = hour > 12 ? plain : `${String(own).padStart(2, '0')}${plain.slice(2)}`
  return { time, length: half + 1 - at }
}

export function minutesBetween(from: string, to: string): number {
  const of = (time: string) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3))
  return of(to) - of(from)
}

/** "2027-03-02", "2 March", "March 2nd, 2027", "2 de marzo de 2027". Null: none begins here. */
export function readDate(
  word: Word,
  at: number,
  today: string,
): { date: string; length: number } | null {
  if (/^\d{4}-\d{2}-\d{2}$/.test(word(at))) {
    const date = dateOf(...(word(at).split('-').map(Number) as [number, number, number]))
    return date === null ? null : { date, length: 1 }
  }
  const dayAt = (index: number) =>
    Number(/^(\d{1,2})(?:st|nd|rd|th|o|er)?$/.exec(word(index))?.[1] ?? Number.NaN)
  const of = ['of', 'de'].includes(word(at + 1)) ? 1 : 0
  const isDayFirst = !Number.isNaN(dayAt(at)) && words.MONTHS.has(word(at + 1 + of))
  const isMonthFirst = words.MONTHS.has(word(at)) && !Number.isNaN(dayAt(at + 1))
  if (!isDayFirst && !isMonthFirst) return null
  const day = isDayFirst ? dayAt(at) : dayAt(at + 1)
  const month = words.MONTHS.get(isDayFirst ? word(at + 1 + of) : word(at)) ?? 0
  const end = at + 2 + (isDayFirst ? of : 0)
  const yearAt = end + (['of', 'de', 'del'].includes(word(end)) ? 1 : 0)
  if (/^20\d\d$/.test(word(yearAt))) {
    const date = dateOf(Number(word(yearAt)), month, day)
    return date === null ? null : { date, length: yearAt + 1 - at }
  }
  const year = Number(today.slice(0, 4))
  const next = [year, year + 1]
    .map((one) => dateOf(one, month, day))
    .find((date) => date && date >= today)
  return next ? { date: next, length: end - at } : null
}

function dateOf(year: number, month: number, day: number): string | null {
  try {
    return Temporal.PlainDate.from({ year, month, day }, { overflow: 'reject' }).toString()
  } catch {
    return null
  }
}

/**
 * The first date on or after another that a typed plan means: of a weekday, of a weekday of the
 * month (5: the last), or of a day of the month.
 */
export function firstDateOf(
  from: string,
  plan: { isoWeekday: number | null; nth: number | null; dayOfMonth: number | null },
): string {
  const { isoWeekday, nth, dayOfMonth } = plan
  const month = Temporal.PlainDate.from(from).with({ day: 1 })
  // The 29th to 31st is not in every month; within a year it comes.
  const months = Array.from({ length: 13 }, (_, index) => month.add({ months: index }))
  const dates = months.flatMap((first) => {
    if (dayOfMonth !== null) return dateOf(first.year, first.month, dayOfMonth) ?? []
    if (isoWeekday === null || nth === null) return []
    const day = Temporal.PlainDate.from(nextWeekday(first.toString(), isoWeekday))
    if (nth < 5) return day.add({ weeks: nth - 1 }).toString()
    const fifth = day.add({ weeks: 4 })
    return (fifth.month === first.month ? fifth : day.add({ weeks: 3 })).toString()
  })
  const found = dates.find((date) => date >= from)
  return found ?? (isoWeekday === null ? from : nextWeekday(from, isoWeekday))
}
