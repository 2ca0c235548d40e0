import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { keyboard, type PageHands, pointer } from './hands.ts'
import { launchChromium } from './launch.ts'
import { openPage, type PageWorld, startPageWorld } from './page-world.ts'

const CELLS = (['slack', 'teams'] as const).flatMap((platform) =>
  (['pointer', 'keyboard'] as const).map((means) => ({ platform, means })),
)
const QUESTIONS = 5

describe.each(CELLS)(
  'the main job on the page, in $platform with the $means alone',
  ({ platform, means }) => {
    let browser: Browser
    let world: PageWorld
    let page: Page
    let hands: PageHands
    let requests: string[]
    let complaints: string[]

    beforeAll(async () => {
      browser = await launchChromium()
      world = await startPageWorld()
      const opened = await openPage(browser, world)
      page = opened.page
      requests = opened.requests
      complaints = opened.complaints
      hands = means === 'pointer' ? pointer : keyboard(page)
    })
    afterAll(async () => {
      await browser.close()
      await world.end()
    })

    const main = () => page.getByRole('main')
    const dialog = () => page.getByRole('dialog')
    const messages = () => main().getByRole('article')
    const be = async (name: string) => {
      const section = page
        .locator('nav.people section')
        .filter({ hasText: platform === 'slack' ? 'Slack · Demo' : 'Microsoft Teams · Demo' })
      await hands.press(
        section
          .getByRole('button', { name, exact: false })
          .and(section.locator(`button:has-text("${name}")`))
          .first(),
      )
      await main()
        .getByRole('heading', { level: 2, name: new RegExp(`^${name}`) })
        .waitFor()
    }
    const type = async (command: string) => {
      // Slack takes no line in the app's own chat.
      if (platform === 'slack')
        await hands.press(page.getByRole('button', { name: 'Your own notes', exact: true }))
      await hands.write(
        page.getByRole('combobox', { name: 'Type a command' }),
        platform === 'slack' ? `/group ${command}` : command,
      )
      await page.keyboard.press('Enter')
    }
    /** Types a command that leads to a form; in Teams a card with a button stands in between. */
    const openForm = async (command: string) => {
      const before = await messages().count()
      await type(command)
      if (platform === 'teams') await pressNewest('Open', before + 1)
      await dialog().waitFor()
    }
    const pressNewest = async (label: string, after = 0) => {
      await expect.poll(() => messages().count()).toBeGreaterThan(after)
      await hands.press(messages().last().getByRole('button', { name: label, exact: true }))
    }
    const group = (name: string) => dialog().getByRole('group', { name })
    const submit = async (label: string) => {
      await hands.press(dialog().getByRole('button', { name: label, exact: true }))
    }
    const closeDialog = async () => {
      await page.keyboard.press('Escape')
      await dialog().waitFor({ state: 'detached' })
    }
    const goOn = async () => {
      const clock = page.getByRole('button', { name: 'Go to the next thing that happens' })
      const before = await page.locator('.clock time').first().getAttribute('datetime')
      await hands.press(clock)
      await expect
        .poll(() => page.locator('.clock time').first().getAttribute('datetime'), {
          timeout: 20_000,
        })
        .not.toBe(before)
      await expect.poll(() => clock.isEnabled(), { timeout: 20_000 }).toBe(true)
    }
    const next = () => page.locator('.clock .next span').innerText()
    const goUntil = async (what: string) => {
      for (let count = 0; count < 8 && !(await next()).startsWith(what); count += 1) await goOn()
      await goOn()
    }

    it('the admin makes two people staff', async () => {
      if (platform === 'teams')
        for (const { id } of world.casts.teams.people) await world.teams.install(id)
      await be('Admin')
      await openForm('admin staff')
      await hands.choose(group('Add to the staff').getByRole('checkbox', { name: /Facilitator$/ }))
      await hands.choose(group('Add to the staff').getByRole('checkbox', { name: /Supervisor$/ }))
      await submit('Save')
      await expect.poll(() => dialog().innerText()).toContain('2 people are staff now.')
      await closeDialog()
    })

    it('the facilitator starts a group; a name that tells too much is refused beside its field', async () => {
      await be('Facilitator')
      await openForm('new')
      await hands.pick(
        dialog().getByRole('combobox', { name: /^Contact requests/ }),
        'Seen within 24 staffed hours',
      )
      await hands.write(
        dialog().getByRole('textbox', { name: /^Name of the group/ }),
        'Depression group',
      )
      await submit('Save')
      await expect.poll(() => dialog().innerText()).toContain('can tell others about health')
      await hands.write(
        dialog().getByRole('textbox', { name: /^Name of the group/ }),
        'Tuesday group',
      )
      await submit('Save')
      await expect.poll(() => dialog().innerText()).toContain('Tuesday group is set up.')
      await closeDialog()
    })

    it('adds the people', async () => {
      await openForm('roster')
      for (const name of Array.from(
        { length: 8 },
        (_, index) => new RegExp(`Member ${index + 1}$`),
      ))
        await hands.choose(group('Members').getByRole('checkbox', { name }))
      await hands.choose(group('Supervisors').getByRole('checkbox', { name: /Supervisor$/ }))
      await submit('Save')
      await expect.poll(() => dialog().innerText()).toContain('8 people get a welcome.')
      await closeDialog()
      // An id that nobody ever used counts for nothing when a check-in opens.
      if (platform === 'slack')
        for (const id of world.casts.slack.members) await world.slack.openHome(id)
    })

    it('sets when the group meets', async () => {
      await openForm('schedule every Tuesday 17:30 for 90 minutes, 12 sessions')
      await submit('Save')
      await expect.poll(() => dialog().innerText()).toContain('… and 6 more')
      await closeDialog()
    })

    it('a member reads the welcome and agrees', async () => {
      await world.app.drain()
      await be('Member 1')
      await pressNewest('Open')
      await submit('I agree')
      await expect.poll(() => dialog().innerText()).toContain('The group agreement is accepted.')
      await closeDialog()
    })

    it('time passes: a reminder arrives, and the lock screen shows time and alias alone', async () => {
      await goOn()
      expect(await page.getByRole('region', { name: 'Lock screen' }).innerText()).toContain(
        'Tuesday group: Tuesday 3 March, 17:30 (Berlin time).',
      )
      expect(await page.getByRole('region', { name: 'Lock screen' }).innerText()).not.toMatch(
        /therapeutic|check-in/i,
      )
    })

    it('a member answers the check-in, and the database shows eight boxes that all changed', async () => {
      await goUntil('A check-in opens')
      await hands.press(page.locator('.database summary'))
      const rows = page.locator('.database tbody tr')
      await expect.poll(() => rows.count()).toBe(8)
      await pressNewest('Open the check-in')
      await dialog().waitFor()
      const questions = dialog().getByRole('radiogroup').or(dialog().getByRole('group'))
      expect(await questions.count()).toBe(QUESTIONS)
      for (let index = 0; index < QUESTIONS; index += 1)
        await hands.choose(questions.nth(index).getByRole('radio').nth(3))
      await submit('Send')
      await expect.poll(() => dialog().innerText()).toContain('Your answers are sealed.')
      await closeDialog()
      await expect
        .poll(() => page.locator('.database').innerText())
        .toContain('8 of 8 boxes changed')
      await hands.press(page.getByRole('button', { name: 'Let the other members answer' }))
      await expect
        .poll(
          () => page.getByRole('button', { name: 'Let the other members answer' }).isEnabled(),
          { timeout: 20_000 },
        )
        .toBe(true)
    })

    it('the check-in closes: ballots and key are gone, and the facilitator reads the summary', async () => {
      await goUntil('A check-in closes')
      // The ballots go with the result's transaction, the key after it.
      for (const gone of ['The ballots are deleted.', 'destroyed'])
        await expect
          .poll(() => page.locator('.database').innerText(), { timeout: 20_000 })
          .toContain(gone)
      await be('Facilitator')
      const before = await messages().count()
      await type('summary')
      if (platform === 'teams') await pressNewest('Open', before + 1)
      const shown = platform === 'slack' ? messages().last() : dialog()
      await expect.poll(() => shown.innerText()).toContain('Who answered: most of the group')
      expect(await shown.innerText()).toMatch(
        /Group climate: mostly|Group climate: in the middle|Group climate: answers/,
      )
      if (platform === 'teams') await closeDialog()
    })

    it('the supervisor gets the digest behind a neutral note', async () => {
      await goUntil('The weekly digest goes out')
      await be('Supervisor')
      expect(await messages().last().innerText()).toContain('Your weekly digest is ready.')
      await pressNewest('Open')
      await expect.poll(() => dialog().innerText()).toContain('Tuesday group')
      expect(await dialog().innerText()).toContain('Sessions: 1 held')
      await closeDialog()
    })

    it('nothing was asked of another machine, and the page complained of nothing', () => {
      expect(requests.length).toBeGreaterThan(20)
      expect(requests.filter((url) => new URL(url).origin !== world.pageUrl)).toEqual([])
      expect(complaints).toEqual([])
    })
  },
)
