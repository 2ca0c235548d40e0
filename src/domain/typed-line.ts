import { WEEKDAYS } from './typed-words.ts'

/** `raw` is as it was typed, `word` in lower case without accents. */
export type Token = { raw: string; word: string }
/** Lower case without accents: many people type none. */
export const bare = (text: string): string =>
  text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()

/** A date, a time, a number with its ending, a word, a sign between times. */
const TOKEN = new RegExp(
  [
    String.raw`\d{4}-\d{2}-\d{2}`,
    String.raw`\d{1,2}[:.h]\d{2}(?!\d)`,
    String.raw`\d+(?:[.,]\d+)?(?:st|nd|rd|th|er|[ºª°o])?(?![a-z])`,
    String.raw`\d+`,
    String.raw`\p{L}[\p{L}\p{M}'’]*`,
    '[@–—-]',
  ].join('|'),
  'giu',
)

/** The words, numbers, times and dates of a typed line. */
export function tokensOf(text: string): Token[] {
  // "5pm", "90min", "2h": a number and its unit.
  const apart = text.replace(/(\d)(?=(?:am|pm|min|mins|hrs?|horas?|h)\b)/giu, '$1 ')
  return [...apart.matchAll(TOKEN)].map(([raw]) => ({
    raw,
    word: bare(raw).replace(/[ºª°]/g, 'o'),
  }))
}

/** Whether something typed holds a weekday. */
export const hasWeekday = (typed: readonly string[]): boolean =>
  typed.some((run) => tokensOf(run).some(({ word }) => WEEKDAYS.has(word)))
