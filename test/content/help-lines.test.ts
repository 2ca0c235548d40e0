import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { areLinesOld, linesFor } from '../../src/commands/help-lines-for.ts'
import { type Route, readHelpLines, staleLines } from '../../src/content/help-lines.ts'
import { loadContent } from '../../src/content/load.ts'
import { linesCard } from '../../src/views/help-lines.ts'
import { tempDir } from '../temp-dir.ts'
import table from './help-lines.table.json' with { type: 'json' }

const content = loadContent()
const lines = content.helpLines
const DAY_MS = 24 * 60 * 60_000
const SPANISH = 'ES MX GT SV HN NI CR PA CU DO PR CO VE EC PE BO CL AR UY PY GQ'.split(' ')

type Person = { timeZone: string | null; linesCountry: string | null }
const said = (person: Partial<Person>, country = 'DE', language = 'en') =>
  linesFor({
    texts: content.textsFor(language),
    content,
    organisation: { country, crisisLines: null },
    actor: { timeZone: null, linesCountry: null, ...person },
  })

describe('the help lines', () => {
  it('are of at least thirty countries, of the whole Spanish-speaking world, Portugal, Brazil and India', () => {
    const withLines = Object.keys(lines).filter((code) => (lines[code]?.lines.length ?? 0) > 0)
    expect(withLines.filter((code) => code.length === 2).length).toBeGreaterThanOrEqual(30)
    for (const code of [...SPANISH, 'PT', 'BR', 'IN']) expect(lines[code]).toBeDefined()
    // Of these no source proves a line: the numbers for danger, and where to find others.
    expect(SPANISH.filter((code) => lines[code]?.lines.length === 0)).toEqual(['GT', 'NI', 'GQ'])
  })

  it('have each a source, a way in that can be dialled or opened, and hours that are told', () => {
    for (const [code, country] of Object.entries(lines))
      for (const line of country.lines) {
        const where = `${code} ${line.name.en}`
        expect(line.source, where).toMatch(/^https?:\/\//)
        for (const { to } of line.routes)
          expect(to, where).toMatch(
            /^https:/.test(to) ? /^https:\/\/\S+$/ : /^[+*#(]?\d[\d ()+*#-]*([A-Z]+)?$/,
          )
        expect(JSON.stringify(line.hours), where).not.toBe('[]')
      }
  })

  it('name the Deaf route, the language and the hours on their own card', () => {
    const card = (language: string, code: string) =>
      JSON.stringify(
        linesCard(content.textsFor(language), {
          own: null,
          country: lines[code] ?? null,
          danger: lines[code]?.emergency ?? [],
          example: 'pause',
        }),
      )
    expect(card('en', 'US')).toContain('Video, for Deaf people')
    expect(card('en', 'US')).toContain('(sign language)')
    expect(card('es', 'US')).toContain('988 en español')
    expect(card('en', 'CA')).toContain('French')
    expect(card('en', 'CR')).toContain('Monday')
    expect(card('en', 'GT')).toContain('We know of no line there')
  })
})

/**
 * A second, separate reading of each source: as the page prints it, and as it was understood.
 * `doubt`: a page that contradicts the source about the hours; then we tell none.
 */
describe('each line, held against a second reading of its source', () => {
  const all = Object.entries(lines).flatMap(([code, country]) =>
    country.lines.map((line) => ({ code, line, where: `${code} ${line.name.en}` })),
  )
  const readingOf = (code: string, name: string) =>
    table.find((row) => row.country === code && row.name === name)
  const digits = (text: string) => text.replace(/\D/g, '')
  const host = (address: string) => address.replace(/^https?:\/\/(www\.)?/, '').split('/')[0] ?? ''
  const prints = (printed: string, { to, press, word }: Route) =>
    (to.startsWith('https:') ? printed.includes(host(to)) : digits(printed).includes(digits(to))) &&
    (!press || printed.includes(press)) &&
    (!word || printed.includes(word))

  it('has one each', () => {
    expect(table.map(({ country, name }) => `${country} ${name}`).sort()).toEqual(
      all.map(({ where }) => where).sort(),
    )
  })

  it.each(all)('$where: source, numbers, ways, hours and cost', ({ code, line }) => {
    const read = readingOf(code, line.name.en)
    expect(read).toMatchObject({ source: line.source, date: line.sourceDate })
    for (const route of line.routes)
      expect(
        read?.numbers.some(({ how, printed }) => how === route.how && prints(printed, route)),
        `${route.how} ${route.to}`,
      ).toBe(true)
    expect(line.hours).toEqual(read?.doubt ? 'notKnown' : read?.open)
    if (line.isFree !== null) expect(read?.isFree).toBe(line.isFree)
  })

  it('notices a wrong digit, another way and another hour (negative control)', () => {
    const printed = '0800-999-0091'
    expect(prints(printed, { how: 'call', to: '0800 999 0091' })).toBe(true)
    expect(prints(printed, { how: 'call', to: '0800 999 0092' })).toBe(false)
    expect(prints('988, press 2', { how: 'call', to: '988', press: '3' })).toBe(false)
    expect(prints('mind.se', { how: 'chat', to: 'https://mind.no' })).toBe(false)
  })
})

describe('the lines of one person', () => {
  it('begin with the number for danger and end with where to find others', () => {
    expect(said({})).toMatch(/^In immediate danger: 112 · .* · Elsewhere: findahelpline\.com$/)
    expect(said({}, 'XX')).toMatch(/^In immediate danger: the emergency number where you are · /)
  })

  it.each([
    ['America/New_York', 'US', '988'],
    ['America/Argentina/Buenos_Aires', 'AR', '0800 999 0091'],
    ['Asia/Kolkata', 'IN', '14416'],
    ['Europe/Lisbon', 'PT', '1411'],
    ['Europe/London', 'GB', '116 123'],
  ])('are those of the country that their zone lies in: %s', (timeZone, _code, number) => {
    expect(said({ timeZone })).toContain(number)
    expect(said({ timeZone })).not.toContain('TelefonSeelsorge')
  })

  it('are never those of another country, where nobody knows theirs', () => {
    const elsewhere = said({ timeZone: 'Pacific/Fiji' })
    expect(elsewhere).not.toMatch(/112|TelefonSeelsorge/)
    expect(elsewhere).toContain('findahelpline.com')
    // UTC is no country: then it is the organisation's.
    expect(said({ timeZone: 'UTC' })).toContain('TelefonSeelsorge')
  })

  it('are those of the organisation’s region where the person is in its country', () => {
    expect(said({ timeZone: 'Europe/London' }, 'GB-NIR')).toContain('0808 808 8000')
  })

  it('are what they chose, before all else; the organisation’s own stand in front', () => {
    expect(said({ timeZone: 'Europe/Berlin', linesCountry: 'CA-QC' })).toContain('1-866-277-3553')
    const own = { emergency: '110', lines: [{ name: 'Night line', number: '0800 555 010' }] }
    const at = (timeZone: string, country: string) =>
      linesFor({
        texts: content.textsFor('en'),
        content,
        organisation: { country, crisisLines: { ...own, savedOn: '2026-11-26' } },
        actor: { timeZone, linesCountry: null },
      })
    expect(at('Europe/Berlin', 'DE')).toContain('danger: 110 · Night line')
    expect(at('Pacific/Fiji', 'DE')).toContain('danger: the emergency number where you are')
    // Neither we nor the zone know the organisation's own country: it is most likely home.
    expect(at('Pacific/Fiji', 'FJ')).toContain('danger: 110 · Night line')
    const both = linesFor({
      texts: content.textsFor('en'),
      content,
      organisation: { country: 'DE', crisisLines: { ...own, savedOn: '2026-11-26' } },
      actor: { timeZone: 'America/New_York', linesCountry: null },
    })
    // The number for danger is that of where they are: the organisation's does not work there.
    expect(both).toMatch(/danger: 911 · Night line: 0800 555 010 · 988 .* · Elsewhere/)
  })
})

describe('lines that grow old', () => {
  it('warn at run time: not within 180 days, and all of them in 2030', () => {
    const all = Object.values(lines).flatMap((country) => country.lines)
    const verified = Math.max(...all.map(({ verifiedOn }) => Date.parse(verifiedOn)))
    const organisation = { country: 'DE', crisisLines: null }
    const isOld = (at: Date) => areLinesOld({ content, organisation }, at)
    expect(isOld(new Date(verified + 180 * DAY_MS))).toBe(false)
    expect(isOld(new Date(verified + 181 * DAY_MS))).toBe(true)
    expect(isOld(new Date('2030-01-01'))).toBe(true)
    expect(staleLines(lines, new Date('2030-01-01'))).toHaveLength(all.length)
  })

  it('can be replaced by a file, without a release; one that is wrong ends the start', () => {
    const { dir, remove } = tempDir()
    const file = path.join(dir, 'help-lines.json')
    const line = { ...lines.DE?.lines[0], verifiedOn: '2029-12-01' }
    fs.writeFileSync(file, JSON.stringify({ DE: { emergency: ['112'], lines: [line] } }))
    const read = readHelpLines(file)
    expect(read.DE?.lines.map(({ verifiedOn }) => verifiedOn)).toEqual(['2029-12-01'])
    expect(read.US).toEqual(lines.US)
    fs.writeFileSync(file, JSON.stringify({ DE: { emergency: [], lines: [] } }))
    expect(() => readHelpLines(file)).toThrow(/HELP_LINES_FILE/)
    fs.writeFileSync(file, '{')
    expect(() => readHelpLines(file)).toThrow(/HELP_LINES_FILE/)
    expect(() => readHelpLines(path.join(dir, 'another.json'))).toThrow(/HELP_LINES_FILE.*ENOENT/)
    remove()
  })
})
