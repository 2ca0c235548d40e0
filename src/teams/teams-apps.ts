// Everything of @microsoft/teams.apps stands in this file: botbuilder's successor. Its validator is
// not among what the package exports, and takes tokens of any Entra tenant besides the channel's;
// guard.ts has refused every issuer but the channel's before it is asked.
import { InboundActivityTokenValidator } from '@microsoft/teams.apps/dist/middleware/index.js'
import { TokenManager } from '@microsoft/teams.apps/dist/token-manager.js'
import { createKeys } from './keys.ts'
import type { CreateSdk } from './transport.ts'

/** It would write tokens' errors to the console. */
const SILENT = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  trace() {},
  log() {},
  child: () => SILENT,
}

export const createTeamsApps: CreateSdk = (settings, cloud, local) => {
  const openIdMetadataUrl = local?.openIdMetadataUrl ?? cloud.openIdMetadataUrl
  const environment = {
    loginEndpoint: cloud.login,
    loginTenant: settings.tenantId,
    botScope: `${cloud.scope}/.default`,
    openIdMetadataUrl,
    tokenIssuer: local?.issuer ?? cloud.issuer,
    // Of these nothing is asked here.
    tokenServiceUrl: '',
    graphScope: '',
    agenticIdentityBotScope: '',
  }
  const { appId: clientId, appPassword: clientSecret, tenantId } = settings
  const validator = new InboundActivityTokenValidator(
    clientId,
    tenantId,
    undefined,
    SILENT,
    environment,
  )
  const tokens = new TokenManager({ clientId, clientSecret, tenantId, cloud: environment }, SILENT)
  const keys = createKeys(openIdMetadataUrl)
  return {
    async verify(authorization, activity, logic) {
      // The validator does not look at what a key is for, and calls a key that it could not fetch a
      // bad token.
      const key = await keys.look(authorization)
      if (key === 'unknown') return { status: 503 }
      if (key === 'refused') return { status: 401 }
      try {
        await validator.check(authorization, activity)
      } catch {
        return { status: 401 }
      }
      return await logic()
    },
    async getToken() {
      const token = await tokens.getBotToken()
      if (!token) throw new Error('the credentials give no token')
      return token.toString()
    },
  }
}
