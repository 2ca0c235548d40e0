import { randomUUID } from 'node:crypto'
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import type { Json } from './state.ts'

export const ISSUER = 'https://api.botframework.com'
const TOKEN_LIFE_MS = 10 * 60_000

/**
 * Stands in for Microsoft's: its OIDC document, its keys, the tokens on what it sends, and the
 * bot's own token.
 */
export type Authority = {
  /**
   * Paths that no other authority has: libraries keep keys by their address, and a port may serve
   * another one soon.
   */
  paths: { document: string; keys: string }
  openIdDocument(url: string): Json
  keys(): Json
  /** A token for the bot, signed by this authority, with claims changed. */
  token(serviceUrl: string, change?: JWTPayload & { exp?: number }): Promise<string>
  /** The bot's credentials when it calls. */
  connectorToken: string
}

export async function createAuthority(appId: string): Promise<Authority> {
  const { privateKey, publicKey } = await generateKeyPair('RS256')
  const jwk = {
    ...(await exportJWK(publicKey)),
    kid: 'simulated',
    use: 'sig',
    alg: 'RS256',
    endorsements: ['msteams'],
  }
  const own = `/${randomUUID()}/.well-known`
  const paths = { document: `${own}/openidconfiguration`, keys: `${own}/keys` }
  let kept: { token: string; until: number } | null = null
  const sign = async (
    serviceUrl: string,
    change: JWTPayload & { exp?: number },
  ): Promise<string> => {
    const claims: JWTPayload = { serviceurl: serviceUrl, iss: ISSUER, aud: appId, ...change }
    const jwt = new SignJWT(claims).setProtectedHeader({
      alg: 'RS256',
      kid: 'simulated',
      typ: 'JWT',
    })
    return await (change.exp === undefined ? jwt.setIssuedAt().setExpirationTime('10m') : jwt).sign(
      privateKey,
    )
  }
  return {
    paths,
    connectorToken: randomUUID(),
    openIdDocument: (url) => ({
      issuer: ISSUER,
      jwks_uri: url + paths.keys,
      id_token_signing_alg_values_supported: ['RS256'],
    }),
    keys: () => ({ keys: [jwk] }),
    // The real one reuses its tokens as well.
    async token(serviceUrl, change) {
      if (change) return await sign(serviceUrl, change)
      if (!kept || kept.until < Date.now())
        kept = { token: await sign(serviceUrl, {}), until: Date.now() + TOKEN_LIFE_MS / 2 }
      return kept.token
    },
  }
}
