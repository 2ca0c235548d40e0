// Makes a picture of every form and every message on both platforms, drawn from what the service
// sent, and the page that shows them: node scripts/pictures.ts [folder]
import fs from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { rolldown } from 'rolldown'
import { type Local, startPassing } from '../src/cli/local.ts'
import { run } from '../src/door/run.ts'
import { bundlePage } from '../src/simulator/page/bundle.ts'
import type { Seen } from '../src/simulator/workspace.ts'
import { renderCardView } from '../src/slack/render.ts'
import { renderDialogCard } from '../src/teams/render.ts'
import { launchChromium } from '../test/browser/launch.ts'
import { inWeek, writeGroup } from '../test/golden/groups.ts'
import { tour } from '../test/tour.ts'

const folder = path.resolve(process.argv[2] ?? 'docs/pictures')
const START = new Date('2026-03-02T09:00:00Z')

/**
 * The first part of a payload that is a card or has blocks, however deep the request or answer
 * carries it.
 */
function shownIn(node: unknown): Record<string, unknown> | null {
  if (typeof node !== 'object' || node === null) return null
  const own = node as Record<string, unknown>
  if (own.type === 'AdaptiveCard' || Array.isArray(own.blocks)) return own
  for (const part of Object.values(own)) {
    const found = shownIn(part)
    if (found) return found
  }
  return null
}

/** The pieces that the gallery draws. */
function screenOf({ platform, kind, payload, surface, audience }: Seen) {
  const shown = shownIn(payload)
  if (!shown) throw new Error(`${kind} on ${platform} has nothing to draw`)
  return {
    name: kind,
    platform,
    title: audience === 'form' ? surface.title : null,
    payload: shown,
    submit: surface.submitLabel,
  }
}

/**
 * The summary of a programme that is over, as both platforms show it: it takes twelve weeks, which
 * the tour does not.
 */
async function closingScreens({ app, clock }: Local) {
  const id = await writeGroup(
    { app, db: app.services.database.db.prisma },
    {
      alias: 'Thursday group',
      members: 12,
      cancelled: [4],
      results: [
        { week: 0, mean: 0.4, high: 4 },
        { week: 11, mean: 0.75, high: 8 },
      ],
    },
  )
  clock.set(inWeek(13, 0))
  const reply = await run(app.services, {
    requestId: 'closing',
    platform: 'slack',
    workspaceId: 'T0DEMO',
    sender: { externalId: 'UFACILITATOR' },
    verb: 'summary',
    input: { id },
    via: 'button',
    canOpen: true,
  })
  if (reply?.type !== 'content') throw new Error('no closing summary')
  const { title, card } = renderDialogCard(reply.card)
  const own = { name: 'summary-closing', title, submit: null }
  return [
    { ...own, platform: 'slack' as const, payload: renderCardView(reply.card, 'Close') },
    { ...own, platform: 'teams' as const, payload: card },
  ]
}

const local = await startPassing('https://groupwell.example.org')
local.clock.set(START)
const world = { ...local, db: local.app.services.database.db.prisma }
const seen = [...(await tour(world, 'slack'))]
const closing = await closingScreens(local)
await local.stop()
const second = await startPassing('https://groupwell.example.org')
second.clock.set(START)
seen.push(...(await tour({ ...second, db: second.app.services.database.db.prisma }, 'teams')))
await second.stop()
const screens = [...seen.map(screenOf), ...closing]

const bundler = await rolldown({
  input: new URL('./pictures/gallery.tsx', import.meta.url).pathname,
  platform: 'browser',
  transform: {
    define: { 'process.env.NODE_ENV': '"production"', SCREENS: JSON.stringify(screens) },
    jsx: 'react-jsx',
  },
  onLog: () => {},
})
const { output } = await bundler.generate({ format: 'esm', codeSplitting: false })
await bundler.close()
const { style } = await bundlePage()
const html = `<!doctype html><meta charset="utf-8"><title>Pictures</title><style>${style}</style><div id="page"></div><script type="module">${output[0].code.replaceAll('</script', '<\\/script')}</script>`
const server = createServer(
  (_, response) => void response.setHeader('content-type', 'text/html').end(html),
).listen(0, '127.0.0.1')
await new Promise((resolve) => server.once('listening', resolve))
const browser = await launchChromium()
const page = await browser.newPage({ viewport: { width: 640, height: 900 } })
page.on('pageerror', (error) => process.stderr.write(`${error.message}\n`))
await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
await page.locator('article').first().waitFor()
fs.rmSync(folder, { recursive: true, force: true })
fs.mkdirSync(folder, { recursive: true })
for (const { platform, name } of screens)
  await page
    .locator(`[id="${platform}-${name}"]`)
    .screenshot({ path: path.join(folder, `${platform}-${name}.png`) })
await browser.close()
server.close()

const names = [...new Set(screens.map(({ name }) => name))]
const cell = (platform: string, name: string) =>
  screens.some((screen) => screen.platform === platform && screen.name === name)
    ? `![${name} in ${platform}](${platform}-${name}.png)`
    : '–'
const rows = names.map((name) => `| ${name} | ${cell('slack', name)} | ${cell('teams', name)} |`)
const lines = [
  '# Every form and every message',
  '',
  'Drawn from what the service sends, by `node scripts/pictures.ts`. Everybody in it is fictional.',
  '',
  '| | Slack | Microsoft Teams |',
  '|---|---|---|',
  ...rows,
]
fs.writeFileSync(path.join(folder, 'README.md'), `${lines.join('\n')}\n`)
process.exit(0)
