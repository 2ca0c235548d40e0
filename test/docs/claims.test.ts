import fs from 'node:fs'
import { describe, expect, it } from 'vitest'

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
    expect(fs.readFileSync(file, 'utf8')).toContain(title)
  })
  it('of the threat model name tests that exist', () => {
    expect(named.length).toBeGreaterThan(10)
    expect(named.filter((name) => !fs.existsSync(`test/${name}.test.ts`))).toEqual([])
  })
})
