import { clip, oneLine, plain } from './text.ts'
import { isTimeZone } from './time.ts'

/** Facts about somebody as their platform tells them; undefined: it said nothing. */
type Told = { name?: string; language?: string; timeZone?: string }
type Checked = Record<keyof Told, string | undefined>

/** A name is shown in lists of people; the platforms allow 80 and 256 letters. */
const MOST_NAME = 80
/** The longest tag that RFC 5646 asks everybody to take (section 4.4.1). */
const MOST_TAG = 35

/**
 * The facts that can be used as they are: a name in one line without characters that disguise or
 * that the store refuses, a language tag that Intl reads, a zone that this runtime knows. All
 * others are left out, as if nothing had been said.
 */
export function readTold({ name, language, timeZone }: Told): Checked {
  return {
    name: readName(name ?? ''),
    language: language !== undefined && isLanguageTag(language) ? language : undefined,
    timeZone: timeZone !== undefined && isTimeZone(timeZone) ? timeZone : undefined,
  }
}

/** A name as it can be shown, of a person or a workspace; undefined: nothing of it can. */
export function readName(name: string): string | undefined {
  const shown = clip(oneLine(plain(name.toWellFormed())), MOST_NAME)
  return shown === '' ? undefined : shown
}

/** Slack writes en_GB, Intl reads en-GB. */
function isLanguageTag(tag: string): boolean {
  if (tag.length > MOST_TAG) return false
  try {
    return Intl.getCanonicalLocales(tag.replaceAll('_', '-')).length === 1
  } catch {
    return false
  }
}
