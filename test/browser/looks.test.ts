import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { answer, CLOSES, moveTo, SESSION, setUpGroup } from '../helpers.ts'
import { launchChromium } from './launch.ts'
import { openPage, type PageWorld, startPageWorld } from './page-world.ts'

const SIZES = { wide: { width: 1280, height: 860 }, narrow: { width: 390, height: 844 } }
const CELLS = (['light', 'dark'] as const).flatMap((colorScheme) =>
  (['wide', 'narrow'] as const).map((size) => ({ colorScheme, size })),
)
const TEAMS = {
  facilitator: '00000000-0000-4000-8000-000000000101',
  member: '00000000-0000-4000-8000-000000000001',
}

const PLATFORM_NAMES = { slack: 'Slack', teams: 'Microsoft Teams' } as const

const WEEK_MS = 7 * 24 * 3_600_000

let browser: Browser
let world: PageWorld

/** A group on each platform with two results, and a check-in that is open now. */
beforeAll(async () => {
  browser = await launchChromium()
  world = await startPageWorld()
  for (const platform of ['slack', 'teams'] as const) await setUpGroup(world, platform)
  for (const weeks of [0, 1]) {
    await moveTo(world, new Date(SESSION.endsAt.getTime() + weeks * WEEK_MS))
    for (const platform of ['slack', 'teams'] as const)
      for (const member of world.casts[platform].members) await answer(world, platform, member, '4')
    await moveTo(world, new Date(CLOSES.getTime() + weeks * WEEK_MS))
  }
  await moveTo(world, new Date('2026-03-17T18:00:00Z'))
})
afterAll(async () => {
  await browser.close()
  await world.end()
})

/** Each view of the page, and how to get there from a person's chat. */
const VIEWS: readonly [string, string, (page: Page) => Promise<void>][] = [
  ['a chat in Slack', 'UMEMBER1', async () => {}],
  ['a chat in Teams', TEAMS.member, async () => {}],
  [
    'the home tab',
    'UFACILITATOR',
    async (page) => {
      await page.getByRole('button', { name: 'Home' }).click()
      await page.getByRole('region', { name: 'Home tab' }).waitFor()
    },
  ],
  [
    'a channel',
    'UFACILITATOR',
    async (page) => page.getByRole('button', { name: '#general' }).click(),
  ],
  [
    'completion',
    'UFACILITATOR',
    async (page) => {
      await toNotes(page)
      await page.getByRole('combobox', { name: 'Type a command' }).fill('/group')
      await page.keyboard.press('ArrowDown')
      await page.getByRole('listbox').getByRole('option').first().waitFor()
    },
  ],
  [
    'a private answer',
    'UFACILITATOR',
    async (page) => typed(page, '/group help', 'What Groupwell does'),
  ],
  [
    'a refusal',
    'UFACILITATOR',
    async (page) => typed(page, '/group dance', 'Nobody reads what is typed here'),
  ],
  [
    'a line that reaches nobody',
    'UFACILITATOR',
    async (page) => typed(page, 'hello', 'Only commands reach'),
  ],
  [
    'a workspace that is not connected',
    'USTRANGER',
    async (page) => typed(page, '/group', 'not connected'),
  ],
  [
    'a form in Slack',
    'UFACILITATOR',
    async (page) => typed(page, '/group roster', 'People in the group', 'dialog'),
  ],
  ['a check-in in Slack', 'UMEMBER1', async (page) => pressed(page, 'Open the check-in')],
  ['a check-in in Teams', TEAMS.member, async (page) => pressed(page, 'Open the check-in')],
  [
    'a form in Teams',
    TEAMS.facilitator,
    async (page) => {
      await typed(page, 'roster', 'Your form is ready.')
      await pressed(page, 'Open')
    },
  ],
  [
    'a chart in Slack',
    'UFACILITATOR',
    async (page) => {
      await typed(page, '/group summary', 'Summary: ')
      await charted(page, 'main')
    },
  ],
  [
    'a chart in Teams',
    TEAMS.facilitator,
    async (page) => {
      // The same line stands there from the views before.
      const openers = page
        .locator('main article')
        .filter({ hasText: 'What you asked for is ready.' })
      const before = await openers.count()
      await typed(page, 'summary', 'What you asked for is ready.')
      await openers.nth(before).waitFor()
      await pressed(page, 'Open')
      await charted(page, 'dialog')
    },
  ],
  [
    'what the database sees',
    'UMEMBER1',
    async (page) => {
      await page.locator('.database summary').click()
      await page.getByText('Ballot, 8 rows').waitFor()
    },
  ],
]

/** Slack takes no line in the app's own chat; in Teams that is where people type. */
async function toNotes(page: Page): Promise<void> {
  const notes = page.getByRole('button', { name: 'Your own notes', exact: true })
  if ((await notes.count()) > 0) await notes.click()
}

async function typed(
  page: Page,
  line: string,
  expected: string,
  where: 'main' | 'dialog' = 'main',
): Promise<void> {
  await toNotes(page)
  await page.getByRole('combobox', { name: 'Type a command' }).fill(line)
  await page.keyboard.press('Enter')
  const place =
    where === 'dialog' ? page.getByRole('dialog') : page.locator('main :is(article, .problem)')
  await place.getByText(expected).last().waitFor()
}

/** From a summary to its last four results. */
async function charted(page: Page, where: 'main' | 'dialog'): Promise<void> {
  await page
    .getByRole(where)
    .getByRole('button', { name: 'The last four', exact: true })
    .last()
    .click()
  // In Slack each stands beside the message from then on.
  await page.getByRole('img', { name: 'Group climate: 3 Mar' }).last().waitFor()
}

async function pressed(page: Page, label: string): Promise<void> {
  await page.getByRole('main').getByRole('button', { name: label, exact: true }).last().click()
  await page.getByRole('dialog').waitFor()
}

describe.each(CELLS)('the page, $size and $colorScheme', ({ colorScheme, size }) => {
  let opened: Awaited<ReturnType<typeof openPage>>
  beforeAll(async () => {
    opened = await openPage(browser, world, { colorScheme, viewport: SIZES[size] })
  })
  afterAll(() => opened.page.context().close())

  it.each(VIEWS)(
    'axe finds nothing in %s, and nothing is wider than the screen',
    async (_name, person, go) => {
      const { page } = opened
      await choose(page, size, person)
      await go(page)
      const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze()
      expect(
        violations.flatMap(({ id, nodes }) =>
          nodes.map(({ target, failureSummary }) => ({ id, target, failureSummary })),
        ),
      ).toEqual([])
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(
        SIZES[size].width,
      )
      if (!(await page.getByRole('dialog').isVisible())) return
      await page.keyboard.press('Escape')
      await page.getByRole('dialog').waitFor({ state: 'detached' })
    },
  )

  it('asked for nothing elsewhere, and complained of nothing', () => {
    expect(opened.complaints).toEqual([])
    expect(opened.requests.filter((url) => new URL(url).origin !== world.pageUrl)).toEqual([])
  })
})

/** Picks who is played: from the list, or on a narrow screen from the select. */
async function choose(page: Page, size: 'wide' | 'narrow', id: string): Promise<void> {
  const platform = id.startsWith('U') ? 'slack' : 'teams'
  const { people, strangers } = world.casts[platform]
  const name = [...people, ...strangers].find((person) => person.id === id)?.name ?? ''
  if (size === 'narrow') await page.getByRole('combobox', { name: 'You are' }).selectOption(id)
  else {
    const section = page
      .locator('nav.people section')
      .filter({ hasText: `${PLATFORM_NAMES[platform]} ·` })
    await section
      .getByRole('button', { name: new RegExp(`${name}( |\\d|$)`) })
      .first()
      .click()
  }
  await page
    .getByRole('main')
    // People of the two platforms bear the same names.
    .getByRole('heading', { level: 2, name: `${name} in ${PLATFORM_NAMES[platform]}`, exact: true })
    .waitFor()
}

describe('axe itself (negative control)', () => {
  it('finds a control without a name, and text that is too pale', async () => {
    const { page } = await openPage(browser, world)
    await page.evaluate(() => {
      document
        .querySelector('main')
        ?.insertAdjacentHTML('beforeend', '<button></button><p style="color:#ccc">pale</p>')
    })
    const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze()
    expect(violations.map(({ id }) => id).sort()).toEqual(['button-name', 'color-contrast'])
    await page.context().close()
  })
})

describe('the page’s own door', () => {
  const ask = (headers: Record<string, string>, method = 'GET') =>
    new Promise<number>((resolve, reject) => {
      const url = new URL(world.pageUrl)
      import('node:http').then(({ request }) => {
        const sent = request(
          {
            host: url.hostname,
            port: url.port,
            path: method === 'GET' ? '/' : '/act',
            method,
            headers,
          },
          (response) => resolve(response.resume().statusCode ?? 0),
        )
        sent.once('error', reject)
        sent.end(method === 'GET' ? undefined : '{"do":"home","person":"UADMIN"}')
      }, reject)
    })

  it('opens for this machine’s own names alone, and to no other site’s script', async () => {
    const host = new URL(world.pageUrl).host
    expect(await ask({ host })).toBe(200)
    expect(await ask({ host: 'evil.invalid' })).toBe(403)
    expect(await ask({ host, origin: world.pageUrl }, 'POST')).toBe(200)
    expect(await ask({ host, origin: 'http://evil.invalid' }, 'POST')).toBe(403)
    expect(await ask({ host }, 'POST')).toBe(403)
  })

  it('lets the browser load nothing from elsewhere', async () => {
    const response = await fetch(world.pageUrl)
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
    const { page, complaints } = await openPage(browser, world)
    const isBlocked = await page.evaluate(() =>
      fetch('http://127.0.0.1:9/').then(
        () => false,
        () => true,
      ),
    )
    expect(isBlocked).toBe(true)
    expect(complaints.join(' ')).toContain('Content Security Policy')
    await page.context().close()
  })
})
