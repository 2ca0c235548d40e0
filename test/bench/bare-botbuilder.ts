import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import {
  type Activity,
  CloudAdapter,
  ConfigurationBotFrameworkAuthentication,
  type Request,
  type Response,
} from 'botbuilder'

process.once('SIGTERM', () => process.exit())

type Given = {
  appId: string
  openIdMetadataUrl: string
  issuer: string
  token: string
  reply: Partial<Activity>
}

/**
 * A botbuilder bot that verifies a message's token and answers with a reply that it is given: the
 * floor that the SDK sets.
 */
const { appId, openIdMetadataUrl, issuer, token, reply } = JSON.parse(
  process.argv[2] ?? '{}',
) as Given
const settings = {
  MicrosoftAppId: appId,
  MicrosoftAppType: 'MultiTenant',
  ToBotFromChannelOpenIdMetadataUrl: openIdMetadataUrl,
  ToBotFromChannelTokenIssuer: issuer,
  ToChannelFromBotOAuthScope: 'https://api.botframework.com',
  ToChannelFromBotLoginUrl: 'https://login.microsoftonline.com/',
  OAuthUrl: 'https://token.botframework.com',
}
const credentials = {
  isValidAppId: async (id: string) => id === appId,
  isAuthenticationDisabled: async () => false,
  createCredentials: async () => ({
    appId,
    getToken: async () => token,
    signRequest: async (resource: { headers: { set(name: string, value: string): void } }) => {
      resource.headers.set('authorization', `Bearer ${token}`)
      return resource
    },
  }),
}
const adapter = new CloudAdapter(
  new ConfigurationBotFrameworkAuthentication(settings, credentials as never),
)
const server = createServer(async (request, response) => {
  const body = JSON.parse((await buffer(request)).toString('utf8')) as Record<string, unknown>
  const wrapped: Response = {
    socket: null,
    status: (code: number) => {
      response.statusCode = code
      return wrapped
    },
    send: (value?: unknown) => {
      response.write(value === undefined ? '' : JSON.stringify(value))
      return wrapped
    },
    header: (name: string, value: unknown) => {
      response.setHeader(name, String(value))
      return wrapped
    },
    end: () => {
      response.end()
      return wrapped
    },
  }
  const read: Request = { body, headers: request.headers, method: request.method ?? 'POST' }
  await adapter.process(read, wrapped, async (context) => {
    await context.sendActivity(reply)
  })
})
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${JSON.stringify({ port: (server.address() as AddressInfo).port })}\n`)
})
