import type { CloudName } from '../config.ts'
import { PlatformError } from '../platform.ts'
import type { Rejection } from '../rejections.ts'
import { call, type Said } from './call.ts'
import { CLOUDS, type Cloud, isServiceUrl } from './clouds.ts'
import { type Admitted, admitChannel } from './guard.ts'

export type TeamsSettings = {
  appId: string
  appPassword: string
  appType: 'SingleTenant'
  tenantId: string
  cloud: CloudName
}

/** Another authority than Microsoft's, on this machine: the demo's and the tests' own. */
export type LocalAuthority = {
  openIdMetadataUrl: string
  issuer: string
  serviceUrl: string
  getToken(): Promise<string>
}

export type Answer = { status: number; body?: unknown }
export type Transport = {
  /** Where to ask for a chat with somebody whose address is not known; null: nowhere. */
  home: { serviceUrl: string; botId: string } | null
  /** Looks at a request's header before anything of it is read (guard.ts). */
  admit(authorization: string | undefined): Admitted | Rejection
  /** Verifies an activity; only then runs `logic`. A refused one is 401 or 403 and runs nothing. */
  receive(
    admitted: Admitted,
    activity: object,
    serviceUrl: string,
    logic: () => Promise<Answer>,
  ): Promise<Answer>
  /** One POST to the connector, or a GET where `body` is null, tried once. Throws PlatformError. */
  post(serviceUrl: string, path: string, body: object | null): Promise<Said>
}

/**
 * The work of a library of Microsoft's: it says whether a token is the channel's, and gets the bot
 * one of its own. One file each holds it; nothing else here knows which.
 */
type Sdk = {
  /**
   * Runs `logic` when the token is the channel's for this activity; answers 401 or 503 otherwise.
   */
  verify(authorization: string, activity: object, logic: () => Promise<Answer>): Promise<Answer>
  getToken(): Promise<string>
}
/** A library, set up for a bot. `local` stands in for Microsoft on this machine. */
export type CreateSdk = (settings: TeamsSettings, cloud: Cloud, local: LocalAuthority | null) => Sdk

/**
 * Teams' wire: what comes in is verified by a library, what goes out is plain fetch, since the
 * libraries would retry a POST after a 5xx (a double message) and drop the mark that keeps a reply
 * private. `wall` is the clock that tokens end by.
 */
export function createTransport(
  settings: TeamsSettings,
  createSdk: CreateSdk,
  local: LocalAuthority | null,
  wall: () => Date,
): Transport {
  const cloud = CLOUDS[settings.cloud]
  const sdk = createSdk(settings, cloud, local)
  const isAllowed = (serviceUrl: string) =>
    isServiceUrl(serviceUrl, cloud) ||
    (local !== null && new URL(serviceUrl).origin === new URL(local.serviceUrl).origin)
  const getToken = local ? local.getToken : sdk.getToken
  const channel = { issuer: local?.issuer ?? cloud.issuer, audience: settings.appId }
  return {
    home: {
      serviceUrl: local?.serviceUrl ?? cloud.serviceUrl,
      botId: `28:${settings.appId}`,
    },
    admit: (authorization) => admitChannel(authorization, channel, wall()),
    async receive({ authorization }, activity, serviceUrl, logic) {
      if (!URL.canParse(serviceUrl) || !isAllowed(serviceUrl)) return { status: 403 }
      return await sdk.verify(authorization, activity, logic)
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
