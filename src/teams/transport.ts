// Everything of botbuilder stands in this file: it verifies what comes in and mints tokens for what
// goes out. The SDK is at the end of its life; its successor replaces this file alone. Outgoing
// calls are plain fetch: the SDK would retry a POST after a 5xx (a double message) and drops the
// mark that keeps a reply private.
import {
  type Activity,
  CloudAdapter,
  ConfigurationBotFrameworkAuthentication,
  ConfigurationServiceClientCredentialFactory,
} from 'botbuilder'
import { AuthenticationError } from 'botframework-connector'
import { PlatformError } from '../platform.ts'
import { call } from './call.ts'
import { type Admitted, admitChannel } from './guard.ts'

export type TeamsSettings = {
  appId: string
  appPassword: string
  appType: 'SingleTenant'
  tenantId: string
}

/** Another authority than Microsoft's, on this machine: the demo's and the tests' own. */
export type LocalAuthority = {
  openIdMetadataUrl: string
  issuer: string
  serviceUrl: string
  getToken(): Promise<string>
}

/** Where Teams lives: a token goes to these hosts only (public, GCC, GCC High, DoD). */
const SERVICE_HOSTS = new Set([
  'smba.trafficmanager.net',
  'smba.infra.gcc.teams.microsoft.com',
  'smba.infra.gov.teams.microsoft.us',
  'smba.infra.dod.teams.microsoft.us',
])
const SCOPE = 'https://api.botframework.com'
/** Signs every token that comes from a channel. */
const CHANNEL_ISSUER = 'https://api.botframework.com'
const LOGIN = 'https://login.microsoftonline.com/'

export type Answer = { status: number; body?: unknown }
export type Transport = {
  /** Looks at a request's header before anything of it is read; null: it is refused (guard.ts). */
  admit(authorization: string | undefined): Admitted | null
  /** Verifies an activity; only then runs `logic`. A refused one is 401 or 403 and runs nothing. */
  receive(
    admitted: Admitted,
    activity: object,
    serviceUrl: string,
    logic: () => Promise<Answer>,
  ): Promise<Answer>
  /** One POST to the connector, tried once. Throws PlatformError. */
  post(serviceUrl: string, path: string, body: object): Promise<{ id?: string }>
}

class VerifyingAdapter extends CloudAdapter {
  /**
   * CloudAdapter.process without its own HTTP handling, which writes errors with their payload to
   * the console.
   */
  async verify(
    authorization: string,
    activity: object,
    logic: () => Promise<Answer>,
  ): Promise<Answer | undefined> {
    return await this.processActivity(authorization, activity as Activity, async (context) => {
      const { status, body } = await logic()
      await context.sendActivity({ type: 'invokeResponse', value: { status, body } })
    })
  }
}

/** `wall` is the clock that tokens end by; `local` stands in for Microsoft on this machine. */
export function createTransport(
  settings: TeamsSettings,
  local: LocalAuthority | null,
  wall: () => Date,
): Transport {
  const identity = {
    MicrosoftAppId: settings.appId,
    MicrosoftAppPassword: settings.appPassword,
    MicrosoftAppType: settings.appType,
    MicrosoftAppTenantId: settings.tenantId,
  }
  const factory = new ConfigurationServiceClientCredentialFactory(identity)
  const authority = local && {
    ToBotFromChannelOpenIdMetadataUrl: local.openIdMetadataUrl,
    ToBotFromChannelTokenIssuer: local.issuer,
    ToChannelFromBotOAuthScope: SCOPE,
    ToChannelFromBotLoginUrl: LOGIN,
    OAuthUrl: local.serviceUrl,
  }
  const adapter = new VerifyingAdapter(
    new ConfigurationBotFrameworkAuthentication({ ...identity, ...authority }, factory),
  )
  adapter.onTurnError = async (_context, error) => {
    throw error
  }
  const isAllowed = (serviceUrl: string) =>
    isServiceUrl(serviceUrl) ||
    (local !== null && new URL(serviceUrl).origin === new URL(local.serviceUrl).origin)
  const getToken = local ? local.getToken : () => mintToken(factory, settings)
  const channel = { issuer: local?.issuer ?? CHANNEL_ISSUER, audience: settings.appId }
  return {
    admit: (authorization) => admitChannel(authorization, channel, wall()),
    async receive({ authorization }, activity, serviceUrl, logic) {
      if (!URL.canParse(serviceUrl) || !isAllowed(serviceUrl)) return { status: 403 }
      let hasBegun = false
      try {
        const answer = await adapter.verify(authorization, activity, async () => {
          hasBegun = true
          return await logic()
        })
        return answer ?? { status: 200 }
      } catch (error) {
        if (hasBegun) throw error
        return { status: error instanceof AuthenticationError ? 401 : statusOf(error) }
      }
    },
    async post(serviceUrl, path, body) {
      if (!URL.canParse(serviceUrl) || !isAllowed(serviceUrl))
        throw new PlatformError(
          { outcome: 'gone', reason: 'unexpected' },
          { code: 'serviceUrlNotAllowed' },
        )
      const token = await getToken().catch((cause: unknown) => {
        throw new PlatformError(
          { outcome: 'noWorkspace', reason: 'tokenRefused' },
          { code: 'noToken', cause },
        )
      })
      return await call(
        new URL(path, serviceUrl.endsWith('/') ? serviceUrl : `${serviceUrl}/`),
        token,
        body,
      )
    },
  }
}

/** Exact host, https, no port, no user: a lookalike must not get a token. */
export function isServiceUrl(serviceUrl: string): boolean {
  const url = new URL(serviceUrl)
  return (
    url.protocol === 'https:' &&
    url.port === '' &&
    url.username === '' &&
    SERVICE_HOSTS.has(url.hostname)
  )
}

async function mintToken(
  factory: ConfigurationServiceClientCredentialFactory,
  { appId, tenantId }: TeamsSettings,
): Promise<string> {
  const credentials = await factory.createCredentials(appId, SCOPE, LOGIN + tenantId, true)
  if (!('getToken' in credentials) || typeof credentials.getToken !== 'function')
    throw new Error('the credentials give no token')
  return String(await credentials.getToken())
}

/**
 * A token that cannot be read is refused; only failing to fetch Microsoft's keys is a reason to
 * come again.
 */
function statusOf(error: unknown): number {
  return error instanceof Error &&
    /ECONN|ENOTFOUND|ETIMEDOUT|fetch|openid|metadata/i.test(error.message)
    ? 503
    : 401
}
