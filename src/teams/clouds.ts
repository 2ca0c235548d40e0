import type { CloudName } from '../config.ts'

/**
 * The addresses of one of Microsoft's clouds, which belong together: where Teams lives (a token
 * goes to these hosts only), who signs what comes in, and who gives the bot its own token.
 */
export type Cloud = {
  hosts: readonly string[]
  /** Where the bot asks for a chat with somebody of whom it knows no address. */
  serviceUrl: string
  issuer: string
  openIdMetadataUrl: string
  login: string
  scope: string
}

const GOVERNMENT = {
  issuer: 'https://api.botframework.us',
  openIdMetadataUrl: 'https://login.botframework.azure.us/v1/.well-known/openidconfiguration',
  login: 'https://login.microsoftonline.us',
  scope: 'https://api.botframework.us',
} as const

/**
 * Microsoft's own lists (microsoft/teams.ts, cloud environments; learn.microsoft.com, proactive
 * messages: global service URLs). GCC is served by the public
 * cloud's login, at a host of its own.
 */
const PUBLIC: Cloud = {
  hosts: [
    'smba.trafficmanager.net',
    'smba.onyx.prod.teams.trafficmanager.net',
    'smba.infra.gcc.teams.microsoft.com',
  ],
  serviceUrl: 'https://smba.trafficmanager.net/teams/',
  issuer: 'https://api.botframework.com',
  openIdMetadataUrl: 'https://login.botframework.com/v1/.well-known/openidconfiguration',
  login: 'https://login.microsoftonline.com',
  scope: 'https://api.botframework.com',
}

export const CLOUDS = {
  public: PUBLIC,
  gcc: { ...PUBLIC, serviceUrl: 'https://smba.infra.gcc.teams.microsoft.com/teams/' },
  gcchigh: {
    ...GOVERNMENT,
    hosts: ['smba.infra.gov.teams.microsoft.us'],
    serviceUrl: 'https://smba.infra.gov.teams.microsoft.us/teams/',
  },
  dod: {
    ...GOVERNMENT,
    hosts: ['smba.infra.dod.teams.microsoft.us'],
    serviceUrl: 'https://smba.infra.dod.teams.microsoft.us/teams/',
  },
} as const satisfies Record<CloudName, Cloud>

/** Exact host, https, no port, no user: a lookalike must not get a token. */
export function isServiceUrl(serviceUrl: string, { hosts }: Cloud): boolean {
  const url = new URL(serviceUrl)
  return (
    url.protocol === 'https:' &&
    url.port === '' &&
    url.username === '' &&
    hosts.includes(url.hostname)
  )
}
