// Makes the pictures that the README shows, from the demo itself: node scripts/screenshots.ts [folder]
import fs from 'node:fs'
import path from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { startPassing } from '../src/cli/local.ts'
import { createStage } from '../src/cli/stage.ts'
import { type Plot, tell } from '../src/cli/story.ts'
import { startPage } from '../src/simulator/page/server.ts'
import { launchChromium } from '../test/browser/launch.ts'

const folder = path.resolve(process.argv[2] ?? 'docs/screenshots')
const FROM = new Date('2026-03-02T09:00:00Z')
/** The digest has come, and the second check-in is open. */
const UNTIL = new Date('2026-03-11T18:30:00Z')
const PEOPLE = {
  slack: { member: 'UMEMBER1', facilitator: 'UFACILITATOR', supervisor: 'USUPERVISOR' },
  teams: {
    member: '00000000-0000-4000-8000-000000000001',
    facilitator: '00000000-0000-4000-8000-000000000101',
    supervisor: '00000000-0000-4000-8000-000000000102',
  },
}

const plot = (platform: Plot['platform'], alias: string, firstDate: string, time: string): Plot => ({
  platform,
  alias,
  firstDate,
  time,
  timeZone: 'Europe/Berlin',
  answers: 7,
  summariesAt: [],
})

async function shoot(browser: Browser, url: string): Promise<void> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 860 } })
  const be = async (person: string) => {
    await page.goto(`${url}/?person=${person}`)
    await page.getByRole('main').getByRole('heading', { level: 2 }).waitFor()
  }
  for (const platform of ['slack', 'teams'] as const) {
    const { member, facilitator, supervisor } = PEOPLE[platform]
    await be(member)
    await page
      .getByRole('article')
      .filter({ hasText: '17:30 (Berlin time).' })
      .first()
      .screenshot({ path: file(`${platform}-reminder`) })
    await open(page, 'Open the check-in', `${platform}-check-in`)
    await be(facilitator)
    await type(
      page,
      platform === 'slack' ? '/group summary' : 'summary',
      platform === 'slack' ? 'Summary: ' : 'What you asked for is ready.',
    )
    if (platform === 'slack')
      await page
        .getByRole('article')
        .last()
        .screenshot({ path: file('slack-summary') })
    else await open(page, 'Open', 'teams-summary')
    await be(supervisor)
    await open(page, 'Open', `${platform}-digest`)
  }
  await be(PEOPLE.slack.member)
  await page.locator('.database summary').click()
  await page.getByText('Ballot, 8 rows').waitFor()
  await page.screenshot({ path: file('page') })
  await page.emulateMedia({ colorScheme: 'dark' })
  await be(PEOPLE.teams.member)
  await page.screenshot({ path: file('page-dark') })
  await page.close()
}

const file = (name: string) => path.join(folder, `${name}.png`)

async function type(page: Page, line: string, answer: string): Promise<void> {
  await page.getByRole('combobox', { name: 'Type a command' }).fill(line)
  await page.keyboard.press('Enter')
  await page.getByRole('article').filter({ hasText: answer }).last().waitFor()
}

/** Opens what the newest button leads to, takes its picture, and closes it. */
async function open(page: Page, label: string, name: string): Promise<void> {
  await page.getByRole('main').getByRole('button', { name: label, exact: true }).last().click()
  const dialog = page.getByRole('dialog')
  await dialog.waitFor()
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur())
  await dialog.screenshot({ path: file(name) })
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
}

fs.mkdirSync(folder, { recursive: true })
const local = await startPassing()
const plots = [
  plot('slack', 'Tuesday group', '2026-03-03', '17:30'),
  plot('teams', 'Wednesday group', '2026-03-04', '17:30'),
]
await tell(local, plots, { from: FROM, until: UNTIL, seed: 7 })
const page = await startPage(createStage(local, { progress: null, trouble: null }), 0)
const browser = await launchChromium()
await shoot(browser, page.url)
await browser.close()
await page.close()
await local.stop()
process.exit(0)
