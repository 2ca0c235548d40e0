import fs from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const CANDIDATES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
/** Nothing but the page that is asked for is loaded. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/**
 * The Chromium of this machine: CHROMIUM_PATH, or where Debian and others put it. Throws with how
 * to get it.
 */
export async function launchChromium(): Promise<Browser> {
  const executablePath = process.env.CHROMIUM_PATH ?? CANDIDATES.find((path) => fs.existsSync(path))
  if (!executablePath)
    throw new Error('no Chromium found: apt-get install chromium, or set CHROMIUM_PATH')
  return await chromium.launch({ executablePath, args: FLAGS })
}
