import fs from 'node:fs'
import { describe, expect, it } from 'vitest'
import { titlesThatRun } from './titles.ts'

const rows = fs
  .readFileSync('docs/claims.md', 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| promise'))
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .map(([, promise = '', file = '', title = '']) => ({ promise, file, title }))

/** The adversaries' tests, as `folder/name`. */
const named = [
  ...fs.readFileSync('docs/threat-model.md', 'utf8').matchAll(/`([a-z]+\/[a-z-]+)`/g),
].map(([, name = '']) => name)

describe('the promises', () => {
  it('are there, and their file too', () => {
    expect(rows.length).toBeGreaterThan(20)
    expect(rows.filter(({ file }) => !fs.existsSync(file))).toEqual([])
  })
  it.each(rows)('$promise', ({ file, title }) => {
    expect(title.length).toBeGreaterThan(5)
    const titles = titlesThatRun(fs.readFileSync(file, 'utf8'))
    expect(titles.filter((one) => one.includes(title))).not.toEqual([])
  })
  it('of the threat model name tests that exist', () => {
    expect(named.length).toBeGreaterThan(10)
    expect(named.filter((name) => !fs.existsSync(`test/${name}.test.ts`))).toEqual([])
  })
})

describe('a title that a promise names', () => {
  it.each([
    "it('holds', () => {})",
    "describe('a group', () => { it.each([1])('holds', () => {}) })",
    "describe.runIf(inject('hasPostgres'))('a group', () => { test('holds', () => {}) })",
    'it(`holds`, { timeout: 10 }, () => {})',
  ])('counts in %s', (source) => {
    expect(titlesThatRun(source).some((title) => title.includes('holds'))).toBe(true)
  })

  it.each([
    "it.skip('holds', () => {})",
    "it.todo('holds')",
    "it.only('holds', () => {})",
    "it.fails('holds', () => {})",
    "it.skip.each([1])('holds', () => {})",
    "it.runIf(false)('holds', () => {})",
    "it.skipIf(true)('holds', () => {})",
    "it('holds', { skip: true }, () => {})",
    "it('holds', () => {})\nit('another', { only: true }, () => {})",
    "describe.skip('a group', () => { it('holds', () => {}) })",
    "it('holds', () => {})\nit.only('another', () => {})",
    "// it('holds', () => {})",
    "const title = 'holds'",
    "console.info('holds')",
  ])('does not count in %s (negative control)', (source) => {
    expect(titlesThatRun(source).filter((title) => title.includes('holds'))).toEqual([])
  })
})
