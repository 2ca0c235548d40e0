// One process of the service, as the chaos suite starts and ends it. It looks at what is due once a
// second in place of twice a minute and keeps to no platform's pace, so that a run is over in a
// minute; the rest is as in production.
import fs from 'node:fs'
import type { Config } from '../../src/config.ts'

export type Given = {
  /** The checkout whose service runs: this one, or that of another version. */
  root: string
  url: string
  keyDir: string
  secret: string
  slack: Config['slack']
  teams: Config['teams']
  authority: { openIdMetadataUrl: string; issuer: string; serviceUrl: string; token: string }
  logFile: string
  /** The host's clock is so far ahead. */
  aheadMs: number
}

const given = JSON.parse(process.argv[2] ?? '{}') as Given
if (given.aheadMs !== 0) {
  const Right = Date
  const now = () => Right.now() + given.aheadMs
  globalThis.Date = class extends Right {
    constructor(...at: [] | [number | string | Date]) {
      super(at[0] ?? now())
    }
    static override now = now
  } as DateConstructor
}
type Service = typeof import('../../src/app.ts')
type Logging = typeof import('../../src/log.ts')
const { startApp }: Service = await import(`${given.root}/src/app.ts`)
const { createLog }: Logging = await import(`${given.root}/src/log.ts`)
const { token, ...authority } = given.authority
const app = await startApp(
  {
    isProduction: false,
    http: { host: '127.0.0.1', port: 0, publicUrl: null },
    store: { url: given.url, dataDir: '' },
    ballot: { keyDir: given.keyDir, secret: given.secret },
    content: { questionSetDir: null, helpLinesFile: null },
    organisation: { name: 'Chaos', country: 'DE' },
    slack: given.slack,
    teams: given.teams,
    log: { level: 'info' },
  },
  {
    tickEveryMs: 1_000,
    isUnpaced: true,
    teamsAuthority: { ...authority, getToken: async () => token },
    log: createLog(
      'info',
      (line) => fs.appendFileSync(given.logFile, `${line}\n`),
      () => new Date(),
    ),
  },
)
process.once('SIGTERM', () => void app.stop().then(() => process.exit(0)))
process.stdout.write(`${JSON.stringify({ port: app.port })}\n`)
