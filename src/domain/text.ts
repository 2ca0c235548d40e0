/**
 * Characters that show nothing themselves but can disguise what stands beside them: direction
 * overrides and isolates, zero-width spaces, control characters. Joiners that languages need
 * (U+200C, U+200D) and direction marks stay.
 */
const DISGUISES =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is removed
  /[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u200B\u202A-\u202E\u2060-\u2064\u2066-\u2069\uFEFF]/g

/** The text without disguises, for showing anywhere. */
export function plain(text: string): string {
  return text.replace(DISGUISES, ' ')
}

/** Characters that show nothing, wherever they stand: also joiners, soft hyphens, selectors. */
const UNSEEN = /\p{Default_Ignorable_Code_Point}/gu
/** Quotation marks, apostrophes and accents that stand for them. */
const QUOTES = /["'`´‘’‚‛“”„‟«»‹›]/g
/** A pictograph, or its name as Slack writes it. */
const PICTOGRAPH =
  /:[a-z0-9_+-]+:|[\p{Extended_Pictographic}\u{1F1E6}-\u{1F1FF}\u{1F3FB}-\u{1F3FF}]/gu

/**
 * A name as people read it, for comparing: letters composed (Unicode NFKC), in lower case, single
 * spaces, without quotation marks, pictographs and what shows nothing. A name of pictographs alone
 * keeps them.
 */
export function asRead(text: string): string {
  const letters = text.normalize('NFKC').toLowerCase().replace(UNSEEN, '').replace(QUOTES, '')
  const words = letters.replace(PICTOGRAPH, ' ').replace(/\s+/g, ' ').trim()
  return words === '' ? letters.replace(/\s+/g, ' ').trim() : words
}

/** A typed line with letters composed, single spaces, and nothing that shows nothing. */
export const typedLine = (text: string): string =>
  text
    .normalize('NFC')
    .replace(/[\u200B\u2060\uFEFF]/g, '')
    .replace(/\s+/g, ' ')
    .trim()

/** Line ends of every kind: a name that has one could begin a line of its own somewhere. */
const LINE_ENDS = /[\r\n\v\f\u0085\u2028\u2029]+/g

/** The text as one line. */
export function oneLine(text: string): string {
  return text.replace(LINE_ENDS, ' ').trim()
}

/**
 * At most `limit` characters (UTF-16 units), a visible "…" in place of what was cut; a pair is
 * never cut in half.
 */
export function clip(text: string, limit: number): string {
  if (text.length <= limit) return text
  const cut = text.slice(0, limit - 1)
  return `${/[\uD800-\uDBFF]$/.test(cut) ? cut.slice(0, -1) : cut}…`
}

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Words that stand in a web page as they are. */
export const escapeHtml = (words: string): string =>
  plain(words).replace(/[&<>"']/g, (one) => ENTITIES[one] ?? one)
