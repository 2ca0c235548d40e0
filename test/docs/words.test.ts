import fs from 'node:fs'
import path from 'node:path'
import { instance } from '@viz-js/viz'
import { describe, expect, it } from 'vitest'
import { readSources } from '../architecture.ts'

const read = (file: string): string => fs.readFileSync(file, 'utf8')
const sources = readSources('src')
const code = sources.map(({ text }) => text).join('\n')

/** The rows of a file's tables, cell by cell. */
const rowsOf = (text: string): string[][] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('| ') && !/^\|[-| ]+\|$/.test(line))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
const quoted = (cell: string): string[] =>
  [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name)
const isInCode = (name: string): boolean => new RegExp(`\\b${name}\\b`).test(code)

describe('the glossary', () => {
  const rows = rowsOf(read('docs/glossary.md')).filter(([word]) => word !== 'word')
  it('names only what is in the code', () => {
    const names = rows.flatMap(([, , cell = '']) => quoted(cell))
    expect(names.length).toBeGreaterThan(60)
    expect(names.filter((name) => !isInCode(name))).toEqual([])
  })
  it('gives one meaning a word', () => {
    const words = rows.map(([word = '']) => word)
    expect(words).toEqual([...new Set(words)])
  })
  it('would notice a word that went (control)', () => {
    expect(['vault', 'acquaintances', 'uselessness'].filter(isInCode)).toEqual([])
  })
})

describe('the table of log events', () => {
  it('has each event that the code writes, with its level, and no other', () => {
    const written = [...code.matchAll(/\b(?:log|Log)\.(info|warn|error)\(\s*'([\w.]+)'/g)]
    const expected = [
      ...new Set(written.map(([, level = '', event = '']) => `${event} ${level}`)),
    ].sort()
    const table = read('docs/operate.md').split('## What the log says')[1] ?? ''
    const told = rowsOf(table.split('\n## ')[0] ?? '')
      .filter(([event = '']) => event.startsWith('`'))
      .map(([event = '', level = '']) => `${quoted(event)[0]} ${level}`)
    expect(expected.length).toBeGreaterThan(15)
    expect(told.sort()).toEqual(expected)
  })
})

describe('the first page', () => {
  const readme = read('README.md')
  it('has twelve hundred words at most, and no line over 120 columns', () => {
    expect(readme.split(/\s+/).filter((word) => word !== '').length).toBeLessThanOrEqual(1_200)
    expect(readme.split('\n').filter((line) => line.length > 120)).toEqual([])
  })
  it('shows the picture that its source gives, with folders that are there', async () => {
    const source = read('docs/architecture.dot')
    const viz = await instance()
    expect(viz.renderString(source, { format: 'svg' })).toBe(read('docs/architecture.svg'))
    const nodes = [...source.matchAll(/^ {4}(\w+)$/gm)].map(([, name = '']) => name)
    expect(nodes.length).toBeGreaterThan(6)
    expect(nodes.filter((name) => !fs.existsSync(`src/${name}`))).toEqual([])
  })
})

describe('every page', () => {
  const root = fs.readdirSync('.').filter((file) => file.endsWith('.md'))
  const docs = fs.readdirSync('docs', { recursive: true, encoding: 'utf8' })
  const pages = [
    ...root,
    ...docs.filter((file) => file.endsWith('.md')).map((file) => path.join('docs', file)),
  ]

  it.each(pages)('%s leads only to files that are there', (page) => {
    const prose = read(page).replace(/```[\s\S]*?```|`[^`\n]*`/g, '')
    const links = [...prose.matchAll(/\]\(([^)#\s]+)/g)].map(([, target = '']) => target)
    const missing = links.filter(
      (link) =>
        !/^[a-z]+:/.test(link) && !fs.existsSync(path.join(path.dirname(page), decodeURI(link))),
    )
    expect(missing).toEqual([])
  })

  it.each(pages)('%s keeps its prose to 120 columns', (page) => {
    const prose = read(page).replace(/```[\s\S]*?```/g, '')
    const wide = prose.split('\n').filter((line) => line.length > 120 && !/^(\||!\[|<)/.test(line))
    expect(wide).toEqual([])
  })
})

describe('the decisions', () => {
  it('have a date and a status each', () => {
    const files = fs.readdirSync('docs/decisions')
    const without = files.filter(
      (file) =>
        !/^Status: (accepted|superseded by \d+), \d{4}-\d\d-\d\d$/m.test(
          read(`docs/decisions/${file}`),
        ),
    )
    expect(files.length).toBeGreaterThan(26)
    expect(without).toEqual([])
  })
})
