import { countryOfZone, LINES_GOOD_FOR_DAYS, linesOf } from '../content/help-lines.ts'
import type { Content, Texts } from '../content/load.ts'
import { DAY_MS } from '../domain/time.ts'
import type { Actor } from '../store/access.ts'
import type { OrganisationRow } from '../store/organisation.ts'
import { helpLines, type PersonsLines } from '../views/help-lines.ts'

/** Everything that decides which lines somebody reads. */
export type LinesContext = {
  texts: Texts
  content: Pick<Content, 'helpLines'>
  organisation: Pick<OrganisationRow, 'country' | 'crisisLines'>
  actor: Pick<Actor, 'timeZone' | 'linesCountry'>
}

/**
 * The organisation's own lines, and those of the country that fits a person: their own choice, the
 * one that their time zone lies in, or else the organisation's. Null `country`: one without lines.
 * `danger`: the numbers for immediate danger where this person is; empty: they are not known.
 */
export function linesOfPerson({ content, organisation, actor }: LinesContext): PersonsLines {
  const { helpLines: all } = content
  const own = organisation.crisisLines
  const zone = countryOfZone(all, actor.timeZone)
  const code = actor.linesCountry ?? (zone.isNowhere ? organisation.country : zone.code)
  // A zone of a country without lines may be home, if home has none either.
  const isHome = code
    ? code.slice(0, 2) === organisation.country.slice(0, 2)
    : linesOf(all, organisation.country) === null
  // At home by their zone: the organisation's region says more than the zone does.
  const place = isHome && !actor.linesCountry ? organisation.country : code
  const country = place ? linesOf(all, place) : null
  return { own, country, danger: own && isHome ? [own.emergency] : (country?.emergency ?? []) }
}

/** The lines that fit a person, in a row. */
export const linesFor = (context: LinesContext): string =>
  helpLines(context.texts, linesOfPerson(context))

/**
 * Whether lines that the organisation's people read were not looked at for too long: its own, or
 * else the built-in ones of its country.
 */
export function areLinesOld(
  { content, organisation }: Pick<LinesContext, 'content' | 'organisation'>,
  now: Date,
): boolean {
  const oldest = now.getTime() - LINES_GOOD_FOR_DAYS * DAY_MS
  const dates = organisation.crisisLines
    ? [organisation.crisisLines.savedOn]
    : (linesOf(content.helpLines, organisation.country)?.lines ?? []).map(
        ({ verifiedOn }) => verifiedOn,
      )
  return dates.some((date) => Date.parse(date) < oldest)
}
