import { stringify } from 'csv-stringify/sync'
import type { QuestionSet, Texts } from '../content/load.ts'
import { type DisclosedOutside, LEAST_ANSWERS } from '../domain/disclosure.ts'
import { meanOnRange, shownRange } from '../domain/score.ts'
import { escapeHtml, plain } from '../domain/text.ts'
import { formatDate, localOf } from '../domain/time.ts'
import { buttons, type Card, type Chart, card, LEVEL, link, note, text } from './card.ts'
import { chartOf } from './chart.ts'

/** A group's results as they may leave the team, oldest first. */
export type Report = {
  texts: Texts
  alias: string
  timeZone: string
  madeAt: Date
  /** Whether results are left out because their questions are no longer here. */
  areMissing: boolean
  results: readonly { at: Date; set: QuestionSet; disclosed: DisclosedOutside }[]
}

/** Where the report is fetched; `url` is null when the service has no address from outside. */
export function reportCard(
  { t }: Texts,
  facts: { alias: string; url: string | null; minutes: number; isEmpty: boolean },
): Card {
  return {
    ...card('report', t('report.title', { alias: facts.alias }), [
      text(t('report.intro', { k: LEAST_ANSWERS.outside })),
      facts.isEmpty && text(t('report.none', { k: LEAST_ANSWERS.outside })),
      facts.url !== null &&
        buttons(
          link(t('report.table'), `${facts.url}&as=csv`),
          link(t('report.page'), `${facts.url}&as=html`),
          link(t('report.fhir'), `${facts.url}&as=fhir`),
        ),
      facts.url === null && text(t('report.noAddress')),
      note(t('report.note', { minutes: facts.minutes })),
    ]),
    notification: t('leadOn.content'),
  }
}

/** Of no result: dates are written with their year beside it. */
const NO_YEAR_LIKE_IT = new Date(0)

const COLUMNS = ['date', 'set', 'scale', 'level', 'mean', 'range'] as const

/** One row for each scale of each result. */
function rowsOf({ texts, results }: Report, dateOf: (at: Date) => string): string[][] {
  const { t, pick } = texts
  return results.flatMap(({ at, set, disclosed }) =>
    disclosed.scales.map(({ scaleId, shown }) => {
      const scale = set.scales.find(({ id }) => id === scaleId)
      const { from, to } = scale ? shownRange(set, scale) : { from: 0, to: 1 }
      return [
        dateOf(at),
        pick(set.title),
        scale ? pick(scale.title) : scaleId,
        shown
          ? t(`summary.band.${shown.band}`)
          : t('report.notShown', { k: LEAST_ANSWERS.outside }),
        scale && shown && shown.mean !== null ? meanOnRange(set, scale, shown.mean).toFixed(1) : '',
        `${from} – ${to}`,
      ]
    }),
  )
}

/**
 * As a table for a spreadsheet. A cell that begins like a formula is not one; the byte order mark
 * says that it is UTF-8.
 */
export function reportCsv(report: Report): string {
  const { t } = report.texts
  const head = COLUMNS.map((column) => t(`report.column.${column}`))
  const isoDate = (at: Date) => localOf(at, report.timeZone).toPlainDate().toString()
  const notes = methodOf(report).map((line) => [line])
  return stringify([[plain(report.alias)], head, ...rowsOf(report, isoDate), [], ...notes], {
    bom: true,
    escape_formulas: true,
  })
}

/** Each set's results as a chart, where there are enough that may leave the team. */
function chartsOf({ texts, timeZone, results }: Report): Chart[] {
  const bySet = Map.groupBy(results, ({ set }) => `${set.id} ${set.version}`)
  return [...bySet.values()].flatMap((own) => {
    const set = own[0]?.set
    if (!set) return []
    const points = own.map(({ at, disclosed }) => ({
      at,
      bands: disclosed.scales.map(({ shown }) => shown?.band ?? null),
    }))
    return chartOf(texts, { title: set.title, set, timeZone, points }) ?? []
  })
}

/** As a page to print. `draw` makes a chart's picture; what it shows stands in the table. */
export function reportHtml(report: Report, draw: (chart: Chart, place: number) => string): string {
  const { t, language } = report.texts
  const title = escapeHtml(t('report.title', { alias: report.alias }))
  const head = COLUMNS.map(
    (column) => `<th scope="col">${escapeHtml(t(`report.column.${column}`))}</th>`,
  ).join('')
  // A year on every date: a report is read later, and elsewhere.
  const dateOf = (at: Date) => formatDate(at, report.timeZone, language, NO_YEAR_LIKE_IT)
  const body = rowsOf(report, dateOf)
    .map((row) => `<tr>${row.map((cell) => `<td>${escapeHtml(cell)}</td>`).join('')}</tr>`)
    .join('\n')
  const figures = chartsOf(report)
    .map(
      (chart, place) =>
        `<figure role="img" aria-label="${escapeHtml(altOf(report.texts, chart))}">${draw(chart, place)}</figure>`,
    )
    .join('\n')
  const notes = methodOf(report)
    .map((line) => `<li>${escapeHtml(line)}</li>`)
    .join('\n')
  return `<!doctype html>
<html lang="${escapeHtml(language)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${title}</h1>
${figures}
<table>
<thead><tr>${head}</tr></thead>
<tbody>
${body}
</tbody>
</table>
<h2>${escapeHtml(t('report.method'))}</h2>
<ul>
${notes}
</ul>
</body>
</html>
`
}

const STYLE = `
body{font:12pt/1.5 sans-serif;max-width:48rem;margin:2rem auto;padding:0 1rem;color:#111}
table{border-collapse:collapse;width:100%}
th,td{text-align:start;padding:.3rem .6rem;border-bottom:1px solid #767676}
tr,figure{break-inside:avoid}figure{margin:1rem 0}svg{max-width:100%;height:auto}`

/** A chart in words. */
function altOf({ t }: Texts, chart: Chart): string {
  const { title, hidden, categories, series, levels, apart } = chart
  const lines = series.map(({ name, bands }) => {
    const bars = bands.map(
      (band, index) => `${categories[index]} ${levels[LEVEL[band] - 1] ?? apart}`,
    )
    return t('report.chartLine', { name, bars: bars.join(', ') })
  })
  return t('report.chart', { title, lines: [...lines, hidden ?? ''].join(' ').trim() })
}

/** How the figures came about and what they cannot carry. */
function methodOf({ texts, timeZone, madeAt, results, areMissing }: Report): string[] {
  const { t, pick } = texts
  const sets = [...new Map(results.map(({ set }) => [`${set.id} ${set.version}`, set])).values()]
  return [
    t('report.made', { date: formatDate(madeAt, timeZone, texts.language, NO_YEAR_LIKE_IT) }),
    t('report.rule', { k: LEAST_ANSWERS.outside }),
    t('report.bands'),
    ...(areMissing ? [t('summary.missing')] : []),
    ...sets.map((set) => t('report.source', { set: pick(set.title), source: set.source })),
    t('summary.cannotTell'),
  ]
}
