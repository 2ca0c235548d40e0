import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { loadContent } from '../../src/content/load.ts'
import { type Band, disclose, discloseOutside, LEAST_ANSWERS } from '../../src/domain/disclosure.ts'
import type { UnitResult } from '../../src/domain/unit.ts'
import { renderMessage } from '../../src/slack/render.ts'
import { renderDialogCard } from '../../src/teams/render.ts'
import { reportFhir } from '../../src/views/fhir.ts'
import { pictureOf } from '../../src/views/picture.ts'
import { reportCsv, reportHtml } from '../../src/views/report.ts'
import { trendCard } from '../../src/views/trend.ts'

/**
 * Two worlds beside each other: their results differ in every sum, and the gate shows the same of
 * both. Then everything that is drawn, written out or read aloud has to be the same to the byte:
 * pixels, labels, the words for who does not see them.
 */
const content = loadContent()
const set = content.questionSet('ons4', 1)
const START = Date.UTC(2026, 2, 3, 17)
const DAY_MS = 86_400_000
const texts = content.textsFor('en-GB')

/** Means that lie in a band, away from its edges and from the rounding steps' edges of `MEANS`. */
const MEANS = {
  low: [0.21, 0.22],
  middle: [0.49, 0.51],
  high: [0.79, 0.81],
  apart: [0.49, 0.51],
} as const satisfies Partial<Record<Band, readonly [number, number]>>
type Told = keyof typeof MEANS

type Drawn = { answers: number; bands: readonly Told[] }
const results = (least: number, most: number) =>
  fc.array(
    fc.record({
      answers: fc.integer({ min: least, max: most }),
      bands: fc.array(fc.constantFrom<Told>('low', 'middle', 'high', 'apart'), {
        minLength: 4,
        maxLength: 4,
      }),
    }),
    { minLength: 2, maxLength: 8 },
  )

/**
 * A unit whose scales lie in the bands that were drawn: at one end of what rounds alike, or at the
 * other.
 */
function unitOf({ answers, bands }: Drawn, world: 0 | 1): UnitResult {
  const tallies = set.scales.map(({ id }, index) => {
    const band = bands[index] ?? 'middle'
    const mean = MEANS[band][world]
    return {
      subject: `scale:${id}`,
      answers,
      totalMilli: Math.round(mean * answers * 1000),
      low: band === 'apart' ? 3 + world : world,
      high: 5,
    }
  })
  return {
    state: 'released',
    k: 6,
    rosterChanges: 0,
    isSteady: true,
    release: { invited: 12, answered: answers, tallies },
  }
}
const dates = (index: number) => new Date(START + index * 7 * DAY_MS)

function trendOf(drawn: readonly Drawn[], world: 0 | 1) {
  const shown = drawn.map((one, index) => ({
    at: dates(index),
    set,
    disclosed: disclose(set, unitOf(one, world), []),
  }))
  const card = trendCard(texts, {
    groupId: 'g',
    alias: 'Tuesday group',
    timeZone: 'UTC',
    period: 'all',
    sets: [{ title: set.title, results: shown }],
    now: dates(10),
  })
  const charts = card.blocks.filter((block) => block.type === 'chart')
  return {
    slack: JSON.stringify(renderMessage(card, 'charts')),
    teams: JSON.stringify(renderDialogCard(card)),
    pictures: charts.map(pictureOf),
  }
}

function reportOf(drawn: readonly Drawn[], world: 0 | 1) {
  const report = {
    texts,
    alias: 'Tuesday group',
    timeZone: 'UTC',
    madeAt: dates(10),
    areMissing: false,
    results: drawn.map((one, index) => ({
      at: dates(index),
      set,
      disclosed: discloseOutside(set, disclose(set, unitOf(one, world), [])),
    })),
  }
  return {
    csv: reportCsv(report),
    html: reportHtml(report, pictureOf),
    fhir: JSON.stringify(reportFhir(report)),
  }
}

describe('what is drawn of a result', () => {
  it('is the same to the byte where the gate shows the same, whatever the sums are', () => {
    fc.assert(
      fc.property(results(6, 10), (drawn) => {
        const [one, other] = [trendOf(drawn, 0), trendOf(drawn, 1)]
        expect(one.pictures).toHaveLength(1)
        expect(other).toEqual(one)
      }),
      { numRuns: 60 },
    )
  })

  it('is the same in a report, too', () => {
    fc.assert(
      fc.property(results(11, 12), (drawn) => {
        const [one, other] = [reportOf(drawn, 0), reportOf(drawn, 1)]
        expect(one.html).toContain('<svg')
        expect(other).toEqual(one)
      }),
      { numRuns: 60 },
    )
  })

  it('would differ if one band did (negative control)', () => {
    const drawn: Drawn[] = [
      { answers: 11, bands: ['low', 'low', 'low', 'low'] },
      { answers: 11, bands: ['low', 'low', 'low', 'low'] },
    ]
    const other: Drawn[] = [
      ...drawn.slice(0, 1),
      { answers: 11, bands: ['low', 'low', 'low', 'middle'] },
    ]
    expect(trendOf(other, 0).pictures).not.toEqual(trendOf(drawn, 0).pictures)
    const [one, two] = [reportOf(drawn, 0), reportOf(other, 0)]
    expect([one.csv === two.csv, one.html === two.html, one.fhir === two.fhir]).toEqual([
      false,
      false,
      false,
    ])
  })

  it('says the same as a result with other answers of the same rounding, and never how many answered', () => {
    fc.assert(
      fc.property(results(11, 12), (drawn) => {
        const others = drawn.map(({ bands, answers }) => ({
          bands,
          answers: answers === 11 ? 12 : 11,
        }))
        expect(reportOf(others, 0)).toEqual(reportOf(drawn, 0))
      }),
      { numRuns: 60 },
    )
  })

  it('has bars of three heights, none where answers lie far apart, and no figure among its labels', () => {
    const bands = ['low', 'middle', 'high', 'apart'] as const
    const svg =
      trendOf(
        bands.map((band) => ({ answers: 11, bands: [band, band, band, band] })),
        0,
      ).pictures[0] ?? ''
    const labels = [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, label = '']) => label)
    expect(labels).toEqual(
      expect.arrayContaining([
        'mostly low',
        'in the middle',
        'mostly high',
        'No bar: far apart',
        '3 Mar',
      ]),
    )
    const others = labels.filter(
      (label) => !/^\d{1,2} Mar$/.test(label) && label !== texts.pick(set.title),
    )
    expect(others.join(' ')).not.toMatch(/\d/)
    const bars = svg.matchAll(
      /<path d="M[\d.]+ [\d.]+l[\d.]+ 0l0 -([\d.]+)[^>]*ecmeta_ssr_type="chart"/g,
    )
    const heights = [...bars].map(([, height]) => Number(height))
    expect(heights).toHaveLength(12)
    const [least = 0] = heights.toSorted((a, b) => a - b)
    expect(new Set(heights)).toEqual(new Set([least, 2 * least, 3 * least]))
  })

  it('leaves out who is too few, and does not draw one result alone', () => {
    const few = { answers: LEAST_ANSWERS.outside - 1, bands: ['low', 'low', 'low', 'low'] as const }
    const enough = {
      answers: LEAST_ANSWERS.outside,
      bands: ['high', 'high', 'high', 'high'] as const,
    }
    expect(reportOf([enough, few, enough], 0).html).toContain(
      '3 Mar mostly high, 17 Mar mostly high',
    )
    expect(reportOf([enough, few, enough], 0).html).not.toContain('10 Mar mostly')
    expect(reportOf([enough, few], 0).html).not.toContain('<svg')
  })

  it('shows what somebody typed as text, in the picture as well', () => {
    const chart = {
      type: 'chart',
      title: '<script>alert(1)</script>',
      hidden: null,
      categories: ['<b>', '&'],
      series: [{ name: '"><x', bands: ['low', 'high'] }],
      levels: ['a<', 'b', 'c'],
      apart: 'd',
    } as const
    const svg = pictureOf(chart, 0)
    expect(svg).not.toMatch(/<script|<b>|<x/)
    expect(svg).toContain('&lt;script&gt;alert(1)')
  })
})
