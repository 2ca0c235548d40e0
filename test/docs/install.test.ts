import fs from 'node:fs'
import { describe, expect, it } from 'vitest'
import { CALENDAR_PATH } from '../../src/commands/calendar.ts'
import { MYDATA_PATH } from '../../src/commands/mydata.ts'
import { REPORT_PATH } from '../../src/commands/report.ts'
import { readHelpLines } from '../../src/content/help-lines.ts'

describe('the installation', () => {
  it('names each path that people outside reach', () => {
    const text = fs.readFileSync('docs/install.md', 'utf8')
    for (const route of [CALENDAR_PATH, REPORT_PATH, MYDATA_PATH])
      expect(text).toContain(`\`${route}\``)
  })
})

describe('the figures about help lines', () => {
  it('are those of the data', () => {
    const countries = Object.values(readHelpLines(null))
    const withLines = countries.filter(({ lines }) => lines.length > 0).length
    expect(fs.readFileSync('docs/safety.md', 'utf8')).toContain(
      `${countries.length} countries and regions; ${withLines} of them have lines`,
    )
    expect(fs.readFileSync('README.md', 'utf8')).toContain(
      `help lines of ${withLines} countries and regions`,
    )
    for (const page of ['docs/operate.md', 'CHANGELOG.md'])
      expect(fs.readFileSync(page, 'utf8')).toContain(
        `of ${countries.length} countries and regions`,
      )
  })
})
