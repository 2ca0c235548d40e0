import type { Repeat } from './recurrence.ts'
import { bare, tokensOf } from './typed-line.ts'
import { minutesBetween, readDate, readTime } from './typed-times.ts'
import * as words from './typed-words.ts'

/**
 * The parts of "last Friday of every month 17:30 for 2 hours, until 30 June". Parts that were left
 * out are null; `unused` is what was typed and says nothing here, in its own words.
 */
export type TypedPlan = {
  isoWeekday: number | null
  /** The weekday of the month: 1 to 4, or 5 for the last. */
  nth: number | null
  dayOfMonth: number | null
  /** The first date, "2027-03-02". */
  from: string | null
  until: string | null
  except: readonly string[]
  time: string | null
  repeat: Repeat | null
  minutes: number | null
  count: number | null
  unused: readonly string[]
}

type Found = { -readonly [K in keyof TypedPlan]: TypedPlan[K] } & { weeks: number | null }
/** How many tokens it read; 0: it does not begin here. */
type Rule = (at: number) => number

/**
 * Reads a typed schedule in English or Spanish. `today` is the date at which the group is, for
 * dates without a year. Null when it names neither a day nor a time.
 */
export function parseTypedPlan(text: string, today: string): TypedPlan | null {
  const tokens = tokensOf(text)
  const word = (at: number): string => tokens[at]?.word ?? ''
  const has = (list: ReadonlySet<string>, at: number): boolean => list.has(word(at))
  const found: Found = {
    isoWeekday: null,
    nth: null,
    dayOfMonth: null,
    from: null,
    until: null,
    except: [],
    time: null,
    repeat: null,
    minutes: null,
    count: null,
    unused: [],
    weeks: null,
  }
  let role: 'from' | 'until' | 'except' = 'from'

  const number = (at: number): number | null =>
    /^\d+$/.test(word(at)) ? Number(word(at)) : (words.NUMBERS.get(word(at)) ?? null)
  const skip = (list: ReadonlySet<string>, at: number): number => (has(list, at) ? 1 : 0)
  const OF = new Set(['of', 'de', 'del', 'the', 'every', 'each', 'cada', 'al', 'el'])
  /** Tokens of "of every month"; 0: it is none. */
  const ofMonth = (at: number): number => {
    let next = at
    while (OF.has(word(next))) next += 1
    return next > at && has(words.MONTH, next) ? next + 1 - at : 0
  }

  const date: Rule = (at) => {
    const read = readDate(word, at, today)
    if (!read) return 0
    if (role === 'except') found.except = [...found.except, read.date]
    else if (found[role] === null) found[role] = read.date
    else return 0
    if (role !== 'except') role = 'from'
    return read.length
  }
  const roles: Rule = (at) => {
    const isRole = has(words.UNTIL, at) || has(words.FROM, at) || has(words.EXCEPT, at)
    const next = at + 1 + (OF.has(word(at + 1)) ? 1 : 0)
    if (!isRole || !readDate(word, next, today)) return 0
    role = has(words.UNTIL, at) ? 'until' : has(words.EXCEPT, at) ? 'except' : 'from'
    return next - at
  }
  const time: Rule = (at) => {
    const start = at + skip(words.AT, at)
    const read = readTime(word, start, start > at)
    if (!read || found.time !== null) return 0
    found.time = read.time
    let next = start + read.length
    // "17:30-19:00", "17:30 to 19:00", "de 17:30 a 19:00".
    const isRange = ['-', '–', '—', 'to', 'a', 'until', 'till', 'hasta'].includes(word(next))
    const from = next + 1 + skip(words.AT, next + 1)
    const end = isRange ? readTime(word, from, true) : null
    if (end && end.time > read.time) {
      found.minutes ??= minutesBetween(read.time, end.time)
      next = from + end.length
    }
    return next - at
  }
  const length: Rule = (at) => {
    // "hora y media", without a number.
    if (word(at) === 'hora' && word(at + 1) === 'y' && word(at + 2) === 'media') {
      found.minutes ??= 90
      return 3
    }
    const value = Number(word(at).replace(',', '.'))
    const amount = Number.isNaN(value) ? number(at) : value
    if (amount === null || word(at) === '' || found.minutes !== null) return 0
    if (has(words.MINUTE, at + 1)) {
      found.minutes = amount
      return 2
    }
    if (!has(words.HOUR, at + 1)) return 0
    const isHalf = word(at + 2) === 'y' && word(at + 3) === 'media'
    const isAnd = word(at + 2) === 'and' || word(at + 2) === 'y'
    const more = at + 2 + (isAnd ? 1 : 0)
    const rest = isHalf ? 30 : has(words.MINUTE, more + 1) ? number(more) : null
    const halfEnglish = word(at + 2) === 'and' && word(at + 4) === 'half'
    found.minutes = Math.round(amount * 60) + (halfEnglish ? 30 : (rest ?? 0))
    return halfEnglish ? 5 : isHalf ? 4 : rest === null ? 2 : more + 2 - at
  }
  const count: Rule = (at) => {
    const amount = number(at)
    if (amount === null || found.count !== null) return 0
    if (has(words.SESSION, at + 1)) found.count = amount
    else if (has(words.WEEK, at + 1)) found.weeks ??= amount
    else return 0
    return 2
  }
  const once: Rule = (at) => {
    const isSpanish = word(at) === 'una' && (word(at + 1) === 'vez' || word(at + 2) === 'vez')
    if (word(at) !== 'once' && !isSpanish) return 0
    const own = isSpanish ? (word(at + 1) === 'vez' ? 2 : 3) : 1
    // "once a month" repeats.
    const next = at + own + (['a', 'al', 'per', 'por'].includes(word(at + own)) ? 1 : 0)
    if (has(words.MONTH, next) || has(words.WEEK, next)) {
      found.repeat = has(words.MONTH, next) ? 'monthlyWeekday' : 'weekly'
      return next + 1 - at
    }
    found.repeat = 'once'
    return own
  }
  const nthWeekday: Rule = (at) => {
    const start = at + (has(words.EVERY, at) || OF.has(word(at)) ? 1 : 0)
    const nth = words.ORDINALS.get(word(start))
    const day = words.WEEKDAYS.get(word(start + 1))
    if (nth === undefined || day === undefined || found.isoWeekday !== null) return 0
    const tail = ofMonth(start + 2)
    found.isoWeekday = day
    // "every second Tuesday" is every other one; "the second Tuesday" is the month's.
    if (nth === 2 && tail === 0 && has(words.EVERY, at)) found.repeat = 'weeks2'
    else {
      found.nth = nth
      found.repeat = 'monthlyWeekday'
    }
    return start + 2 + tail - at
  }
  const every: Rule = (at) => {
    if (has(words.TWO_WEEKS, at)) return set('weeks2', 1)
    if (has(words.WEEKLY, at)) return set('weekly', 1)
    if (has(words.MONTHLY, at)) return set('monthlyWeekday', 1)
    if (has(words.WEEK, at) && has(words.OTHER, at + 1)) return set('weeks2', 2)
    if (!has(words.EVERY, at)) return 0
    const next = at + 1 + (['las', 'los', 'the'].includes(word(at + 1)) ? 1 : 0)
    if (has(words.TWO_WEEKS, next)) return set('weeks2', next + 1 - at)
    if (has(words.MONTH, next)) return set('monthlyWeekday', next + 1 - at)
    if (has(words.OTHER, at) && has(words.WEEK, next)) return set('weeks2', next + 1 - at)
    if (has(words.WEEK, next)) return set('weekly', next + 1 - at)
    if (has(words.OTHER, next) && has(words.WEEK, next + 1)) return set('weeks2', next + 2 - at)
    if (has(words.OTHER, next) && words.WEEKDAYS.has(word(next + 1)))
      return set('weeks2', next + 1 - at)
    if (has(words.OTHER, at) && words.WEEKDAYS.has(word(next))) return set('weeks2', next - at)
    const weeks = number(next)
    if (weeks !== null && weeks >= 1 && weeks <= 4 && has(words.WEEK, next + 1))
      return set(weeks === 1 ? 'weekly' : (`weeks${weeks}` as Repeat), next + 2 - at)
    return words.WEEKDAYS.has(word(next)) ? set(found.repeat ?? 'weekly', next - at) : 0
  }
  function set(repeat: Repeat, length: number): number {
    if (found.repeat === null || found.repeat === 'weekly') found.repeat = repeat
    return length
  }
  const dayOfMonth: Rule = (at) => {
    const start = at + (['the', 'el', 'day', 'dia', 'on'].includes(word(at)) ? 1 : 0)
    const more = start + (['day', 'dia'].includes(word(start)) && start > at ? 1 : 0)
    const day = Number(/^(\d{1,2})(?:st|nd|rd|th|o|er)?$/.exec(word(more))?.[1] ?? Number.NaN)
    const tail = ofMonth(more + 1)
    const isMonthly = tail > 0 || (found.repeat === 'monthlyWeekday' && found.isoWeekday === null)
    if (!(day >= 1 && day <= 31) || !isMonthly || found.nth !== null) return 0
    if (tail === 0 && more === at) return 0
    found.dayOfMonth = day
    found.repeat = 'monthlyDate'
    return more + 1 + tail - at
  }
  const weekday: Rule = (at) => {
    const day = words.WEEKDAYS.get(word(at))
    if (day === undefined || found.isoWeekday !== null) return 0
    found.isoWeekday = day
    return 1 + (has(words.OTHER, at + 1) && words.EVERY.has(word(at + 1)) ? set('weeks2', 1) : 0)
  }

  const rules: readonly Rule[] = [
    roles,
    nthWeekday,
    dayOfMonth,
    date,
    length,
    count,
    once,
    every,
    time,
    weekday,
  ]
  const left: { at: number; raw: string }[] = []
  for (let at = 0; at < tokens.length; ) {
    const length = rules.reduce((read, rule) => (read > 0 ? read : rule(at)), 0)
    if (length === 0) left.push({ at, raw: tokens[at]?.raw ?? '' })
    at += Math.max(1, length)
  }
  const hasDay = found.isoWeekday !== null || found.from !== null || found.dayOfMonth !== null
  if (!hasDay && found.time === null) return null
  const { weeks, ...plan } = found
  return { ...plan, count: plan.count ?? countIn(weeks, plan.repeat), unused: runsOf(left) }
}

/** "for 8 weeks": so many sessions. */
function countIn(weeks: number | null, repeat: Repeat | null): number | null {
  if (weeks === null || repeat?.startsWith('monthly') || repeat === 'once') return null
  return Math.ceil(weeks / Number(/^weeks(\d)/.exec(repeat ?? '')?.[1] ?? 1))
}

/** Words side by side were typed together; those that say nothing of their own are left out. */
function runsOf(left: readonly { at: number; raw: string }[]): string[] {
  const runs: { at: number; raw: string }[][] = []
  for (const one of left) {
    const last = runs.at(-1)
    if (last && last.at(-1)?.at === one.at - 1) last.push(one)
    else runs.push([one])
  }
  return runs
    .filter((run) => run.some(({ raw }) => !words.FILLERS.has(bare(raw)) && !/^[-–—@]$/.test(raw)))
    .map((run) => run.slice(0, run.findLastIndex(({ raw }) => !words.LINKS.has(bare(raw))) + 1))
    .map((run) => run.map(({ raw }) => raw).join(' '))
}
