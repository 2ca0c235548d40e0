// Everything of botbuilder stands in this file. The SDK is at the end of its life; its successor
// stands beside it (teams-apps.ts).
import {
  type Activity,
  CloudAdapter,
  ConfigurationBotFrameworkAuthentication,
  ConfigurationServiceClientCredentialFactory,
} from 'botbuilder'
import { AuthenticationError } from 'botframework-connector'
import type { Answer, CreateSdk, TeamsSettings } from './transport.ts'

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

export const createBotbuilder: CreateSdk = (settings, cloud, local) => {
  const identity = {
    MicrosoftAppId: settings.appId,
    MicrosoftAppPassword: settings.appPassword,
    MicrosoftAppType: settings.appType,
    MicrosoftAppTenantId: settings.tenantId,
  }
  const factory = new ConfigurationServiceClientCredentialFactory(identity)
  const authority = {
    ToBotFromChannelOpenIdMetadataUrl: local?.openIdMetadataUrl ?? cloud.openIdMetadataUrl,
    ToBotFromChannelTokenIssuer: local?.issuer ?? cloud.issuer,
    ToChannelFromBotOAuthScope: cloud.scope,
    ToChannelFromBotLoginUrl: `${cloud.login}/`,
    ...(local ? { OAuthUrl: local.serviceUrl } : {}),
  }
  const adapter = new VerifyingAdapter(
    new ConfigurationBotFrameworkAuthentication({ ...identity, ...authority }, factory),
  )
  adapter.onTurnError = async (_context, error) => {
    throw error
  }
  return {
    async verify(authorization, activity, logic) {
      let hasBegun = false
      try {
        const answer = await adapter.verify(authorization, activity, async () => {
          hasBegun = true
          return await logic()
        })
        return answer ?? { status: 200 }
      } catch (error) {
        if (hasBegun) throw error
        return { status: statusOf(error) }
      }
    },
    getToken: () => mintToken(factory, settings, cloud),
  }
}

async function mintToken(
  factory: ConfigurationServiceClientCredentialFactory,
  { appId, tenantId }: TeamsSettings,
  { login, scope }: { login: string; scope: string },
): Promise<string> {
  const credentials = await factory.createCredentials(appId, scope, `${login}/${tenantId}`, true)
  if (!('getToken' in credentials) || typeof credentials.getToken !== 'function')
    throw new Error('the credentials give no token')
  return String(await credentials.getToken())
}

/**
 * A token that cannot be read is refused; only failing to fetch Microsoft's keys is a reason to
 * come again.
 */
function statusOf(error: unknown): number {
  if (error instanceof AuthenticationError) return error.statusCode >= 500 ? 503 : 401
  return error instanceof Error &&
    /ECONN|ENOTFOUND|ETIMEDOUT|fetch|openid|metadata/i.test(error.message)
    ? 503
    : 401
}
