// Makes the pictures that the README shows, from the demo itself: node scripts/screenshots.ts
// [folder]
import fs from 'node:fs'
import path from 'node:path'
import type { Browser, Locator, Page } from 'playwright-core'
import { startPassing } from '../src/cli/local.ts'
import { createStage } from '../src/cli/stage.ts'
import { type Plot, tell } from '../src/cli/story.ts'
import { loadContent } from '../src/content/load.ts'
import { disclose, discloseOutside } from '../src/domain/disclosure.ts'
import { startPage } from '../src/simulator/page/server.ts'
import { pictureOf } from '../src/views/picture.ts'
import { reportHtml } from '../src/views/report.ts'
import { launchChromium } from '../test/browser/launch.ts'

const folder = path.resolve(process.argv[2] ?? 'docs/screenshots')
const FROM = new Date('2026-03-02T09:00:00Z')
/** The digest has come, and the second check-in is open. */
const UNTIL = new Date('2026-03-11T18:30:00Z')
const FIVE_WEEKS_ON = new Date('2026-04-03T18:30:00Z')
const PEOPLE = {
  slack: { member: 'UMEMBER1', facilitator: 'UFACILITATOR', supervisor: 'USUPERVISOR' },
  teams: {
    member: '00000000-0000-4000-8000-000000000001',
    facilitator: '00000000-0000-4000-8000-000000000101',
    supervisor: '00000000-0000-4000-8000-000000000102',
  },
}

const plot = (
  platform: Plot['platform'],
  alias: string,
  firstDate: string,
  time: string,
): Plot => ({
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

/** Slack takes no line in the app's own chat. */
async function toNotes(page: Page): Promise<void> {
  const notes = page.getByRole('button', { name: 'Your own notes', exact: true })
  if ((await notes.count()) > 0) await notes.click()
}

async function type(page: Page, line: string, answer: string): Promise<void> {
  await toNotes(page)
  await page.getByRole('combobox', { name: 'Type a command' }).fill(line)
  await page.keyboard.press('Enter')
  await page.getByRole('article').filter({ hasText: answer }).last().waitFor()
}

/** Opens what the newest button leads to, takes its picture, and closes it. */
async function open(
  page: Page,
  label: string,
  name: string,
  within = page.getByRole('main'),
): Promise<void> {
  await within.getByRole('button', { name: label, exact: true }).last().click()
  const dialog = page.getByRole('dialog')
  await dialog.waitFor()
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur())
  await dialog.screenshot({ path: file(name) })
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
}

/** Several results of a group, drawn. */
async function shootTrends(browser: Browser, url: string): Promise<void> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 860 } })
  for (const platform of ['slack', 'teams'] as const) {
    await page.goto(`${url}/?person=${PEOPLE[platform].facilitator}`)
    await page.getByRole('main').getByRole('heading', { level: 2 }).waitFor()
    const main = page.getByRole('main')
    if (platform === 'slack') {
      await shootSlackTrend(page, main)
      continue
    }
    await main.getByRole('button', { name: 'Open', exact: true }).last().click()
    await page.getByRole('dialog').waitFor()
    await open(page, 'The last four', `${platform}-trend`, page.getByRole('dialog'))
  }
  await page.close()
}

/** Slack draws beside the private answer to the command, and in no modal. */
async function shootSlackTrend(page: Page, main: Locator): Promise<void> {
  await toNotes(page)
  await page.getByRole('combobox', { name: 'Type a command' }).fill('/group summary')
  await page.keyboard.press('Enter')
  await main.getByRole('button', { name: 'The last four', exact: true }).last().click()
  await main.getByRole('img').last().waitFor()
  await main
    .locator('article')
    .last()
    .screenshot({ path: file('slack-trend') })
}

/** A report as its page is printed, of results made up for the picture. */
async function shootReport(browser: Browser): Promise<void> {
  const content = loadContent()
  const set = content.questionSet('pulse', 2)
  const resultOf = (mean: number, answered: number) => ({
    state: 'released' as const,
    k: 6,
    rosterChanges: 0,
    isSteady: true,
    release: {
      invited: 12,
      answered,
      tallies: [
        {
          subject: 'scale:climate',
          answers: answered,
          totalMilli: mean * answered * 1000,
          low: 0,
          high: 0,
        },
      ],
    },
  })
  const results = [
    [0.3, 12],
    [0.5, 11],
    [0.6, 9],
    [0.7, 12],
    [0.75, 11],
  ] as const
  const html = reportHtml(
    {
      texts: content.textsFor('en-GB'),
      alias: 'Tuesday group',
      timeZone: 'Europe/Berlin',
      madeAt: FIVE_WEEKS_ON,
      areMissing: false,
      results: results.map(([mean, answered], week) => ({
        at: new Date(FROM.getTime() + (1 + 7 * week) * 86_400_000),
        set,
        disclosed: discloseOutside(set, disclose(set, resultOf(mean, answered), [])),
      })),
    },
    pictureOf,
  )
  const page = await browser.newPage({ viewport: { width: 820, height: 860 } })
  await page.setContent(html)
  await page.screenshot({ path: file('report'), fullPage: true })
  await page.close()
}

/** The demo's two groups up to a moment, in a page. */
async function withStory(
  browser: Browser,
  until: Date,
  work: (browser: Browser, url: string) => Promise<void>,
) {
  const local = await startPassing()
  const plots = [
    plot('slack', 'Tuesday group', '2026-03-03', '17:30'),
    plot('teams', 'Wednesday group', '2026-03-04', '17:30'),
  ]
  await tell(local, plots, { from: FROM, until, seed: 7 })
  const page = await startPage(createStage(local, { progress: null, trouble: null }), 0)
  await work(browser, page.url)
  await page.close()
  await local.stop()
}

fs.mkdirSync(folder, { recursive: true })
const browser = await launchChromium()
await withStory(browser, UNTIL, shoot)
await withStory(browser, FIVE_WEEKS_ON, shootTrends)
await shootReport(browser)
await browser.close()
process.exit(0)
