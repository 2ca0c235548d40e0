import { App, HTTPReceiver, LogLevel } from '@slack/bolt'

process.once('SIGTERM', () => process.exit())

/**
 * A Bolt app that acknowledges every command and does nothing else: the floor that the SDK sets.
 */
const { signingSecret } = JSON.parse(process.argv[2] ?? '{}') as { signingSecret: string }
const receiver = new HTTPReceiver({
  signingSecret,
  endpoints: '/slack/events',
  logLevel: LogLevel.ERROR,
})
const app = new App({
  receiver,
  logLevel: LogLevel.ERROR,
  tokenVerificationEnabled: false,
  authorize: async () => ({ botToken: 'xoxb-bench' }),
})
app.command('/group', async ({ ack }) => await ack())
const server = await receiver.start(0, {})
const address = server.address()
process.stdout.write(
  `${JSON.stringify({ port: typeof address === 'object' ? address?.port : 0 })}\n`,
)
