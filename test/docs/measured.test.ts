import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { BENCHES } from '../bench/benches.ts'
import { recordedRatios } from '../bench/record.ts'

const DOCUMENT = fs.readFileSync(path.resolve('docs/measured.md'), 'utf8')
describe('docs/measured.md', () => {
  it('holds every bench, and the machine, versions and date that it was measured with', () => {
    for (const name of Object.keys(BENCHES))
      expect(DOCUMENT).toContain(`\`npm run bench -- ${name}\`; `)
    expect(DOCUMENT).toMatch(/\d cores .*Node \d+\..*Postgres \d+.*\d{4}-\d\d-\d\d/)
  })

  it('holds the ratios that CI compares with', () => {
    const ratios = recordedRatios()
    expect(ratios.size).toBeGreaterThan(6)
    for (const [run, ratio] of ratios) {
      const row = DOCUMENT.split('\n').find((line) => line.startsWith(`| ${run} |`))
      expect(row?.endsWith(`| ${ratio} |`), run).toBe(true)
    }
  })
})
