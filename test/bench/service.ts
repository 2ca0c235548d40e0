import { type Overrides, startApp } from '../../src/app.ts'
import type { Config } from '../../src/config.ts'

type Given = {
  config: Config
  authority: { openIdMetadataUrl: string; issuer: string; serviceUrl: string; token: string }
}

/** The service itself, as it runs with credentials, pointed at simulated platforms. */
const { config, authority } = JSON.parse(process.argv[2] ?? '{}') as Given
const { token, ...rest } = authority
const overrides: Overrides = { teamsAuthority: { ...rest, getToken: async () => token } }
const app = await startApp(config, overrides)
process.once('SIGTERM', () => void app.stop().then(() => process.exit(0)))
process.stdout.write(`${JSON.stringify({ port: app.port })}\n`)
