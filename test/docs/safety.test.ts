import fs from 'node:fs'
import { describe, expect, it } from 'vitest'
import { titlesThatRun } from './titles.ts'

const hazards = fs
  .readFileSync('docs/safety.md', 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| hazard'))
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .map(([, hazard = '', , , title = '']) => ({ hazard, title }))
const played = titlesThatRun(fs.readFileSync('test/safety/cases.test.ts', 'utf8')).filter(
  (title) => !title.startsWith('who waits is heard'),
)

describe('the table of hazards', () => {
  it('names each case that is played, and plays each that it names', () => {
    expect(hazards.length).toBeGreaterThanOrEqual(13)
    expect(hazards.map(({ title }) => title).sort()).toEqual([...played].sort())
  })
})
