import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createBotbuilder } from '../../src/teams/botbuilder.ts'
import { CLOUDS } from '../../src/teams/clouds.ts'
import { isAdmitted } from '../../src/teams/guard.ts'
import { createTeamsApps } from '../../src/teams/teams-apps.ts'
import { createTransport } from '../../src/teams/transport.ts'
import { listenOn } from '../helpers.ts'
import { transport } from './transport-of.ts'

const APP = '00000000-0000-4000-8000-0000000000a1'
const TENANT = '00000000-0000-4000-8000-0000000000aa'
const ISSUER = 'https://api.botframework.com'

describe(`the keys of the channel, as ${transport()} takes them`, () => {
  let endorsements: string[] | undefined = ['msteams']
  let isDown = false
  let url = ''
  let close: () => void
  let sign: (claims: Record<string, unknown>) => Promise<string>
  const set = () =>
    createTransport(
      { appId: APP, appPassword: 'x', appType: 'SingleTenant', tenantId: TENANT, cloud: 'public' },
      transport() === 'botbuilder' ? createBotbuilder : createTeamsApps,
      {
        // botbuilder keeps the keys of an address for the whole process.
        openIdMetadataUrl: `${url}/${randomUUID()}/.well-known/openidconfiguration`,
        issuer: ISSUER,
        serviceUrl: url,
        getToken: async () => 'x',
      },
      () => new Date(),
    )
  beforeAll(async () => {
    const { privateKey, publicKey } = await generateKeyPair('RS256')
    const jwk = { ...(await exportJWK(publicKey)), kid: 'k', use: 'sig', alg: 'RS256' }
    const server = createServer((request, response) => {
      if (isDown) return void response.writeHead(500).end()
      response.setHeader('content-type', 'application/json')
      const keys = { keys: [{ ...jwk, ...(endorsements ? { endorsements } : {}) }] }
      response.end(
        JSON.stringify(
          request.url?.endsWith('openidconfiguration')
            ? {
                issuer: ISSUER,
                jwks_uri: `${url}/v1/.well-known/keys`,
                id_token_signing_alg_values_supported: ['RS256'],
              }
            : keys,
        ),
      )
    })
    url = await listenOn(server)
    close = () => server.close()
    sign = async (claims) =>
      await new SignJWT({ serviceurl: url, iss: ISSUER, aud: APP, ...claims })
        .setProtectedHeader({ alg: 'RS256', kid: 'k', typ: 'JWT' })
        .setIssuedAt()
        .setExpirationTime('10m')
        .sign(privateKey)
  })
  afterAll(() => close())

  const receive = async (claims: Record<string, unknown> = {}) => {
    const transport = set()
    const admitted = transport.admit(`Bearer ${await sign(claims)}`)
    if (!isAdmitted(admitted)) return 'not admitted'
    const activity = { type: 'message', channelId: 'msteams', serviceUrl: url, id: '1' }
    const { status } = await transport.receive(admitted, activity, url, async () => ({
      status: 200,
    }))
    return status
  }

  it('take a token of a key that is endorsed for Teams', async () => {
    endorsements = ['msteams', 'skype']
    expect(await receive()).toBe(200)
  })

  it('refuse one of a key that is endorsed for another channel, or for none', async () => {
    endorsements = ['directline']
    expect(await receive()).toBe(401)
  })

  it('ask to come again where they cannot be fetched', async () => {
    endorsements = ['msteams']
    isDown = true
    expect(await receive()).toBe(503)
    isDown = false
  })

  it('are asked for no issuer but the channel’s: not for a token that Entra gives to any app', async () => {
    for (const iss of [
      `https://sts.windows.net/${TENANT}/`,
      `https://login.microsoftonline.com/${TENANT}/v2.0`,
    ])
      expect(await receive({ iss, tid: TENANT })).toBe('not admitted')
  })
})

describe('the clouds', () => {
  it.each(Object.entries(CLOUDS))('have their addresses together: %s', (_, cloud) => {
    const isGovernment = cloud.issuer.endsWith('.us')
    for (const address of [cloud.login, cloud.openIdMetadataUrl, cloud.scope])
      expect(new URL(address).hostname.endsWith('.us')).toBe(isGovernment)
    for (const host of cloud.hosts) expect(host.endsWith('.us')).toBe(isGovernment)
  })
})
