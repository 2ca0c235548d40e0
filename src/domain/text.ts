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
