/** Where a programme stands. */
export type Stage = 'planning' | 'beginning' | 'middle' | 'ending'

/**
 * Sessions in which a group is still finding itself, and those in which it takes leave (domain
 * practice: first three, last two).
 */
const BEGINNING_SESSIONS = 3
const ENDING_SESSIONS = 2

/**
 * The stage of session `number` (1 for the first) of `total`; null before the first is planned. A
 * short programme ends before it begins twice.
 */
export function stageOf(number: number | null, total: number): Stage {
  if (number === null || total === 0) return 'planning'
  if (total > ENDING_SESSIONS && number > total - ENDING_SESSIONS) return 'ending'
  return number <= BEGINNING_SESSIONS ? 'beginning' : 'middle'
}
