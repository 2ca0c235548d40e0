import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { createStage } from '../../src/cli/stage.ts'
import { startPage } from '../../src/simulator/page/server.ts'
import { startWorld, type World } from '../helpers.ts'

export type PageWorld = World & { pageUrl: string; end(): Promise<void> }

/**
 * The service, both simulated platforms and the page, on a clock that stands still until somebody
 * moves it.
 */
export async function startPageWorld(): Promise<PageWorld> {
  const world = await startWorld()
  const page = await startPage(createStage(world, { progress: null, trouble: null }), 0)
  return {
    ...world,
    pageUrl: page.url,
    async end() {
      await page.close()
      await world.end()
    },
  }
}

/** A tab on the page that writes down everything it asks for and every complaint. */
export async function openPage(
  browser: Browser,
  world: PageWorld,
  options: BrowserContextOptions = {},
): Promise<{ page: Page; requests: string[]; complaints: string[] }> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, ...options })
  const page = await context.newPage()
  page.setDefaultTimeout(40_000)
  const requests: string[] = []
  const complaints: string[] = []
  page.on('request', (request) => requests.push(request.url()))
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  await page.goto(world.pageUrl)
  await page.getByRole('main').waitFor()
  return { page, requests, complaints }
}
