import type { CountryLines, Hours, OwnLines, Route } from '../content/help-lines.ts'
import type { Texts } from '../content/load.ts'
import { MAX_HELP_LINES, MAX_LINE_CHARS } from '../domain/limits.ts'
import { weekdayName } from '../domain/time.ts'
import { type Card, card, compact, type Form, heading, list, note, text } from './card.ts'

/** `now` is the line as people see it; empty fields bring the built-in lines back. */
export function helpLinesForm(
  { t }: Texts,
  facts: { now: string; emergency: string; lines: string; days: number },
): Form {
  return {
    kind: 'help-lines-form',
    verb: 'admin.lines.submit',
    id: null,
    title: t('lines.title'),
    submitLabel: t('button.save'),
    closeLabel: t('button.cancel'),
    merges: {},
    intro: [
      text(t('lines.intro')),
      text(t('lines.now', { lines: facts.now })),
      note(t('lines.check', { days: facts.days })),
    ],
    fields: [
      {
        type: 'text',
        name: 'emergency',
        label: t('lines.emergency'),
        hint: t('lines.emergencyHint'),
        value: facts.emergency,
        maxLength: 26,
        isOptional: true,
      },
      {
        type: 'text',
        name: 'lines',
        label: t('lines.lines'),
        hint: t('lines.linesHint'),
        value: facts.lines,
        maxLength: MAX_HELP_LINES * (MAX_LINE_CHARS + 1),
        isLong: true,
        isOptional: true,
      },
    ],
  }
}

export function helpLinesDone({ t }: Texts, facts: { lines: string; days: number }): Card {
  return card('help-lines-done', t('lines.title'), [
    text(t('lines.done')),
    text(facts.lines),
    note(t('lines.check', { days: facts.days })),
  ])
}

/** Where there is a line for every country, also for those that we know none of. */
const ELSEWHERE = 'findahelpline.com'
/** Lines that stand in one row, beside the number for danger and the way to others. */
const LINES_IN_ROW = 2

/**
 * The lines of one person. `danger`: the numbers for immediate danger where they are; empty: not
 * known. Null `own`: the organisation has none of its own; null `country`: one that we do not know.
 */
export type PersonsLines = {
  own: OwnLines | null
  country: CountryLines | null
  danger: readonly string[]
}

/**
 * Everything that one person needs, in a row: the number for immediate danger before all, the
 * organisation's own lines, then the best of their country, and where to find others.
 */
export function helpLines(texts: Texts, { own, country, danger: numbers }: PersonsLines): string {
  const { t, pick } = texts
  const [danger] = numbers
  const builtIn = (country?.lines ?? [])
    .slice(0, LINES_IN_ROW)
    .map(({ name, routes }) => lineOf(texts, pick(name), waysIn(texts, routes)))
  return [
    danger ? t('crisis.danger', { number: danger }) : t('crisis.dangerAnywhere'),
    ...(own?.lines ?? []).map(({ name, number }) => t('crisis.line', { name, number })),
    ...builtIn.slice(0, own ? 1 : LINES_IN_ROW),
    t('crisis.elsewhere', { place: ELSEWHERE }),
  ].join(' · ')
}

/** A line whose number is its name is said once. */
const lineOf = ({ t }: Texts, name: string, number: string): string =>
  number.startsWith(name) ? number : t('crisis.line', { name, number })

/** The first way to call and the first to write; a line that has neither stands by its address. */
function waysIn(texts: Texts, routes: readonly Route[]): string {
  const { t } = texts
  const call = routes.find(({ how }) => how === 'call')
  const text = routes.find(({ how }) => how === 'text')
  const ways = [
    call && numberOf(texts, call),
    text && (text.to !== call?.to || text.word)
      ? t('crisis.text', { number: numberOf(texts, text) })
      : null,
  ]
  return ways.filter((way) => way != null).join(', ') || (routes[0]?.to ?? '')
}

/** A number with what has to be pressed or sent there. */
function numberOf({ t }: Texts, { to, press, word }: Route): string {
  if (press) return t('lines.press', { to, key: press })
  return word ? t('lines.word', { to, word }) : to
}

/** All lines of a country with every way in, when they answer, and in which languages. */
export function linesCard(texts: Texts, facts: PersonsLines & { example: string }): Card {
  const { t, pick } = texts
  const { own, country, danger } = facts
  return card(
    'lines',
    t('lines.title'),
    compact([
      text(
        danger.length > 0
          ? t('crisis.danger', { number: danger.join(', ') })
          : t('crisis.dangerAnywhere'),
      ),
      own !== null && list(own.lines.map(({ name, number }) => t('crisis.line', { name, number }))),
      ...(country?.lines ?? []).flatMap((line) => [
        heading(pick(line.name)),
        list([
          ...line.routes.map((route) => routeLine(texts, route)),
          hoursLine(texts, line.hours),
          ...(line.isFree === true ? [t('lines.free')] : []),
        ]),
      ]),
      country !== null && country.lines.length === 0 && text(t('lines.noneKnown')),
      text(t('crisis.elsewhere', { place: ELSEWHERE })),
      note(t('lines.choose', { example: facts.example })),
    ]),
  )
}

function routeLine(texts: Texts, route: Route): string {
  const { t, language } = texts
  const { how, languages, hours } = route
  const names = new Intl.DisplayNames([language], { type: 'language', fallback: 'code' })
  const spoken = (languages ?? []).map((code) =>
    SIGNED.has(code) ? t('lines.signed') : (names.of(code) ?? code),
  )
  const way = t(`lines.route.${how}`, { to: numberOf(texts, route) })
  const said = spoken.length > 0 ? `${way} (${[...new Set(spoken)].join(', ')})` : way
  return hours === undefined ? said : `${said}. ${hoursLine(texts, hours)}`
}

/** Sign languages, which have no name of their own in every language. */
const SIGNED = new Set(['ase', 'bfi', 'fsl', 'ssp', 'csg', 'fcs', 'tsm'])

function hoursLine({ t, language }: Texts, hours: Hours): string {
  if (hours === 'always') return t('lines.always')
  if (hours === 'notKnown') return t('lines.hoursNotKnown')
  const list = new Intl.ListFormat(language)
  return hours
    .map(({ days, from, until }) =>
      t('lines.hours', {
        days:
          days.length === 7
            ? t('lines.everyDay')
            : list.format(days.map((day) => weekdayName(day, language))),
        from,
        until,
      }),
    )
    .join('; ')
}
