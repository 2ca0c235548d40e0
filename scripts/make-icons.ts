// Draws the app's icons from manifests/icon.svg: 192×192 in colour for Teams and the page, 32×32
// white on transparent for Teams' side bar, 512×512 for Slack. Use: node scripts/make-icons.ts
import fs from 'node:fs'
import type { Browser } from 'playwright-core'
import { launchChromium } from '../test/browser/launch.ts'

const MANIFESTS = new URL('../manifests/', import.meta.url)
const svg = fs.readFileSync(new URL('icon.svg', MANIFESTS), 'utf8')
/** Thicker, without its ground, and filling the square: it is drawn very small. */
const outline = svg
  .replace(/<rect[^>]*\/>/, '')
  .replace('viewBox="0 0 192 192"', 'viewBox="30 30 132 132"')
  .replace('stroke-width="10"', 'stroke-width="12"')

async function draw(browser: Browser, image: string, size: number, file: string): Promise<void> {
  const page = await browser.newPage({ viewport: { width: size, height: size } })
  await page.setContent(
    `<style>body{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>${image}`,
  )
  await page.screenshot({ path: new URL(file, MANIFESTS).pathname, omitBackground: true })
  await page.close()
}

const browser = await launchChromium()
await draw(browser, svg, 192, 'teams/color.png')
await draw(browser, outline, 32, 'teams/outline.png')
await draw(browser, svg, 512, 'slack/icon.png')
await browser.close()
