import fs from 'node:fs'
import { LRUCache } from 'lru-cache'
import { z } from 'zod'
import { messageOf, SetupError } from '../errors.ts'
import linesJson from './help-lines.json' with { type: 'json' }
import { wording } from './question-set.ts'

/**
 * When a line answers: always, in these windows (ISO weekdays; one that ends before it begins goes
 * past midnight), or nobody has told.
 */
const hours = z.union([
  z.enum(['always', 'notKnown']),
  z
    .array(
      z.object({
        days: z.array(z.int().min(1).max(7)).min(1),
        from: z.string().regex(/^\d\d:\d\d$/),
        until: z.string().regex(/^\d\d:\d\d$/),
      }),
    )
    .min(1),
])
export type Hours = z.infer<typeof hours>

/** One way to reach a line. `languages`: BCP 47; sign languages by their ISO 639-3 code. */
const route = z.object({
  how: z.enum(['call', 'text', 'whatsapp', 'chat', 'videophone', 'textphone']),
  to: z.string().min(2),
  /** The number to press once the call is taken. */
  press: z.string().regex(/^\d$/).optional(),
  /** The word to send in a text. */
  word: z
    .string()
    .regex(/^[A-Z]+$/)
    .optional(),
  languages: z.array(z.string()).min(1).optional(),
  /** Where they are not those of the line. */
  hours: hours.optional(),
})
export type Route = z.infer<typeof route>

const line = z.object({
  /** As people know it, in their language where it has one there. */
  name: wording,
  routes: z.array(route).min(1),
  hours,
  isFree: z.boolean().nullable(),
  source: z.url(),
  sourceIs: z.enum(['operator', 'government', 'secondary']),
  /** The page's own date, as far as it says one: a day, a month or a year. */
  sourceDate: z
    .string()
    .regex(/^\d{4}(-\d\d(-\d\d)?)?$/)
    .nullable(),
  /** The day on which somebody compared this line with its source. */
  verifiedOn: z.iso.date(),
})

const country = z.object({
  /** Numbers for immediate danger, the first before all. */
  emergency: z.array(z.string()).min(1),
  /** The best first; empty: we know of none that a source proves. */
  lines: z.array(line),
})
export type CountryLines = z.infer<typeof country>

/** By ISO 3166 country, or by region of one, such as "GB-NIR". */
const schema = z.record(z.string().regex(/^[A-Z]{2}(-[A-Z0-9]{1,3})?$/), country)
export type HelpLines = z.infer<typeof schema>

/** Help lines that an organisation wrote for itself, and the day on which it did. */
export const ownLinesSchema = z.object({
  emergency: z.string(),
  lines: z.array(z.object({ name: z.string(), number: z.string() })).min(1),
  savedOn: z.iso.date(),
})
export type OwnLines = z.infer<typeof ownLinesSchema>

/** A line that nobody has looked at for so long may be wrong by now: admins are told. */
export const LINES_GOOD_FOR_DAYS = 180

/**
 * The built-in lines, and those of a site's file in place of its countries' (null: no file). Throws
 * SetupError for a file that is not there or cannot be used: an old number is worse than no start.
 */
export function readHelpLines(file: string | null): HelpLines {
  const builtIn = schema.parse(linesJson)
  if (file === null) return builtIn
  try {
    return { ...builtIn, ...schema.parse(JSON.parse(fs.readFileSync(file, 'utf8'))) }
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error) : messageOf(error)
    throw new SetupError(`HELP_LINES_FILE ${file}: ${why}`)
  }
}

/** The lines of a country or region: a region's before its country's; null: none are known. */
export const linesOf = (lines: HelpLines, code: string): CountryLines | null =>
  lines[code] ?? lines[code.slice(0, 2)] ?? null

/** Lines that nobody has verified for too long, by "DE TelefonSeelsorge". */
export function staleLines(lines: HelpLines, now: Date): string[] {
  const oldest = now.getTime() - LINES_GOOD_FOR_DAYS * 24 * 60 * 60_000
  return Object.entries(lines).flatMap(([code, { lines: own }]) =>
    own
      .filter(({ verifiedOn }) => Date.parse(verifiedOn) < oldest)
      .map(({ name }) => `${code} ${name.en}`),
  )
}

const zones = new WeakMap<HelpLines, Map<string, string>>()

/**
 * The country that a time zone lies in, of those that have lines. Null: another country's zone, or
 * no country's, such as UTC (`isNowhere`).
 */
export function countryOfZone(
  lines: HelpLines,
  timeZone: string | null,
): { code: string | null; isNowhere: boolean } {
  const zone = timeZone === null ? null : canonical(timeZone)
  if (zone === null || /^(UTC|GMT|Etc\/)/.test(zone)) return { code: null, isNowhere: true }
  const known = zones.get(lines) ?? zonesOf(lines)
  zones.set(lines, known)
  return { code: known.get(zone) ?? null, isNowhere: false }
}

function zonesOf(lines: HelpLines): Map<string, string> {
  const found = new Map<string, string>()
  for (const code of Object.keys(lines).filter((one) => one.length === 2))
    for (const zone of zonesIn(code)) found.set(canonical(zone) ?? zone, code)
  return found
}

/** ECMA-402's Intl Locale Info, which TypeScript's own types do not know yet. */
type KnowsZones = { getTimeZones(): string[] | undefined }
const zonesIn = (region: string): string[] =>
  (new Intl.Locale('und', { region }) as unknown as KnowsZones).getTimeZones() ?? []

/** More than there are names of zones. */
const MOST_ZONES = 1_000
/** Asking Intl took a third of an answer that is the same for everybody. '': no such zone. */
const canonicals = new LRUCache<string, string>({ max: MOST_ZONES })

/** Zones have several names; the runtime's own stands for all. Null: it knows no such zone. */
function canonical(timeZone: string): string | null {
  const known = canonicals.get(timeZone) ?? canonicalByIntl(timeZone)
  canonicals.set(timeZone, known)
  return known || null
}

function canonicalByIntl(timeZone: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone
  } catch (error) {
    if (error instanceof RangeError) return ''
    throw error
  }
}
