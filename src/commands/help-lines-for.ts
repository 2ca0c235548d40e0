import {
  type CountryLines,
  countryOfZone,
  LINES_GOOD_FOR_DAYS,
  linesOf,
  type OwnLines,
} from '../content/help-lines.ts'
import type { Content, Texts } from '../content/load.ts'
import { DAY_MS } from '../domain/time.ts'
import type { Actor } from '../store/access.ts'
import type { OrganisationRow } from '../store/organisation.ts'
import { helpLines } from '../views/help-lines.ts'

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
 */
export function linesOfPerson({ content, organisation, actor }: LinesContext): {
  own: OwnLines | null
  country: CountryLines | null
} {
  const { helpLines: all } = content
  const own = organisation.crisisLines
  if (actor.linesCountry) return { own, country: linesOf(all, actor.linesCountry) }
  const zone = countryOfZone(all, actor.timeZone)
  const isHome = zone.isNowhere || zone.code === organisation.country.slice(0, 2)
  return {
    own,
    country: isHome
      ? linesOf(all, organisation.country)
      : zone.code
        ? linesOf(all, zone.code)
        : null,
  }
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
