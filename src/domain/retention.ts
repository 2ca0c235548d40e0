import { Temporal } from 'temporal-polyfill'

/** Times that an organisation sets, downwards only. */
export type RetentionSettings = { resultMonths: number; ledgerDays: number }

/** The longest that each may be kept (privacy design, section 3). */
export const LONGEST_RETENTION: RetentionSettings = { resultMonths: 12, ledgerDays: 30 }
/** The log of who opened and changed what. */
export const AUDIT_YEARS = 6
/** Contact requests, from when they were closed; of somebody who has no place any more. */
export const CONTACT_DAYS = 30
export const CONTACT_OF_GONE_DAYS = 7
/** A session that fell away: calendar programs have long looked again. */
const FALLEN_DAYS = 30
/** Answers in words, from when the unit's last check-in closed; and wins that nobody decided on. */
export const WORDS_DAYS = 30
export const WIN_DAYS = 30
/**
 * A result is set beside so many before it. Their sealed sums are kept as long as the next one
 * needs them, and for so many days after each closed at most; those of a programme's first one for
 * as long as a programme may last.
 */
export const MOST_EARLIER_UNITS = 4
export const SUMS_DAYS = { usual: 182, firstOfProgramme: 365 } as const
/** Learnt noise stands for so long, then it is learnt anew. */
export const NOISE_DAYS = 91
/** Somebody whom staff took off a roster: time to be told, and to answer what had begun. */
export const REMOVED_DAYS = 7
/** After a group ends: time to read the last results. */
export const DAYS_UNTIL_DELETION = { usual: 30, from: 1, to: 365 } as const

/** Instants by a number that organisations set: the first for 1, the second for 2, and so on. */
export type CutoffsByNumber = readonly Date[]

/** Each kind of row that is deleted by age, and the instant before which it goes. */
export type Cutoffs = {
  /** Results, sessions and headcounts, by an organisation's months. */
  byMonths: CutoffsByNumber
  /** The ledger, by an organisation's days. */
  byDays: CutoffsByNumber
  fallen: Date
  audit: Date
  contacts: { usual: Date; ofPeopleGone: Date }
  words: Date
  wins: Date
  sums: Date
}

/**
 * The rules table: results, sessions and headcounts by months, the ledger by days, the audit log by
 * years.
 */
export function cutoffsAt(now: Date): Cutoffs {
  const utc = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO('UTC')
  const before = (duration: Temporal.DurationLike) =>
    new Date(utc.subtract(duration).epochMilliseconds)
  const upTo = (most: number) => Array.from({ length: most }, (_, index) => index + 1)
  return {
    byMonths: upTo(LONGEST_RETENTION.resultMonths).map((months) => before({ months })),
    byDays: upTo(LONGEST_RETENTION.ledgerDays).map((days) => before({ days })),
    fallen: before({ days: FALLEN_DAYS }),
    audit: before({ years: AUDIT_YEARS }),
    contacts: {
      usual: before({ days: CONTACT_DAYS }),
      ofPeopleGone: before({ days: CONTACT_OF_GONE_DAYS }),
    },
    words: before({ days: WORDS_DAYS }),
    wins: now,
    sums: now,
  }
}
