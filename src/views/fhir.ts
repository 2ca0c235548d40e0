import type { Scale } from '../content/question-set.ts'
import { meanOnRange, shownRange } from '../domain/score.ts'
import { plain } from '../domain/text.ts'
import { localOf } from '../domain/time.ts'
import type { Report } from './report.ts'

/**
 * A figure that is not shown has a reason, in FHIR's own words: kept back, rather than unknown or
 * zero.
 */
const MASKED = {
  url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason',
  valueCode: 'masked',
} as const
/** The level of a scale, one of `BANDS`, as everywhere here. */
const LEVEL_URL = 'urn:groupwell:level'

type Json = Record<string, unknown>

/**
 * A report as FHIR R4 (hl7.org/fhir/R4/measurereport.html): a Bundle with one MeasureReport a
 * result, of the whole group (`type: summary`), its scales as the report's groups. It holds no
 * population: how many people there were is not told.
 */
export function reportFhir(report: Report): Json {
  const entry = report.results.map(({ at, set, disclosed }) => {
    const day = localOf(at, report.timeZone).toPlainDate().toString()
    const resource = {
      resourceType: 'MeasureReport',
      status: 'complete',
      type: 'summary',
      measure: `urn:groupwell:question-set:${set.id}|${set.version}`,
      date: report.madeAt.toISOString(),
      period: { start: day, end: day },
      reporter: { display: plain(report.alias) },
      group: disclosed.scales.flatMap(({ scaleId, shown }) => {
        const scale = set.scales.find(({ id }) => id === scaleId)
        return scale ? [groupOf(report, set, scale, shown)] : []
      }),
    }
    return { resource }
  })
  // An array without anything in it is no FHIR.
  return { resourceType: 'Bundle', type: 'collection', ...(entry.length > 0 ? { entry } : {}) }
}

type Result = Report['results'][number]
type Shown = Result['disclosed']['scales'][number]['shown']

function groupOf({ texts }: Report, set: Result['set'], scale: Scale, shown: Shown): Json {
  const coding = scale.loinc ? { coding: [{ system: 'http://loinc.org', code: scale.loinc }] } : {}
  const { from, to } = shownRange(set, scale)
  return {
    id: scale.id,
    ...(shown ? { extension: [{ url: LEVEL_URL, valueCode: shown.band }] } : {}),
    code: { ...coding, text: texts.pick(scale.title) },
    measureScore:
      shown && shown.mean !== null
        ? { value: meanOnRange(set, scale, shown.mean), unit: texts.t('report.unit', { from, to }) }
        : { extension: [MASKED] },
  }
}
