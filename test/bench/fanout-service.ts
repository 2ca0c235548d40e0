import { randomBytes } from 'node:crypto'
import path from 'node:path'
import type { Config } from '../../src/config.ts'
import { createLog } from '../../src/log.ts'
import type { Outgoing, Platform } from '../../src/platform.ts'
import { PlatformError } from '../../src/platform.ts'
import { createSlack } from '../../src/slack/platform.ts'
import { createBotbuilder } from '../../src/teams/botbuilder.ts'
import { createTeams } from '../../src/teams/platform.ts'
import { createTransport } from '../../src/teams/transport.ts'
import type { Child } from './child.ts'
import { ofPlatform } from './fanout-cast.ts'

/** The word of fanout-platforms.ts when it stands. */
export type Said = {
  slackUrl: string
  authority: { openIdMetadataUrl: string; issuer: string; serviceUrl: string; token: string }
  appId: string
}
export type Send = {
  platform: 'slack' | 'teams'
  workspaceId: string
  endedMs: number
  isLimited429: boolean
}

/** A service on a store, with nothing from the environment. */
export function configOf(dir: string, url: string): Config {
  return {
    isProduction: false,
    http: { host: '127.0.0.1', port: 0, publicUrl: null },
    store: { url, dataDir: path.join(dir, 'data') },
    ballot: { keyDir: path.join(dir, 'keys'), secret: `1:${randomBytes(32).toString('base64')}` },
    content: { questionSetDir: null, helpLinesFile: null },
    organisation: { name: 'Bench', country: 'DE' },
    slack: null,
    teams: null,
    log: { level: 'error' },
  }
}

/** The real platforms, serving every workspace of the bench; each send is written down. */
export function platformsOf(
  child: Child<Said>,
  sends: Send[],
  started: { ms: number },
): Platform[] {
  const { slackUrl, authority, appId } = child.said
  const { token, ...rest } = authority
  const log = createLog(
    'error',
    () => {},
    () => new Date(),
  )
  const deps = {
    onIncoming: async () => null,
    onAdded: async () => {},
    onRemoved: async () => {},
    log,
    say: (key: string) => key,
    onRejected() {},
    count: null,
    wall: () => new Date(),
  }
  const tokens = new Map(ofPlatform('slack').map(({ id, token: own }) => [id, own]))
  const slack = createSlack(
    {
      signingSecret: 'bench signing secret, not a secret',
      botToken: 'xoxb-bench',
      apiUrl: slackUrl,
      tokenFor: (id) => tokens.get(id) ?? null,
    },
    deps,
  )
  const settings = {
    appId,
    appPassword: 'bench, not a secret',
    appType: 'SingleTenant',
    tenantId: 'bench',
    cloud: 'public',
  } as const
  const teams = createTeams(
    'bench',
    createTransport(
      settings,
      createBotbuilder,
      { ...rest, getToken: async () => token },
      () => new Date(),
    ),
    deps,
  )
  const ownOf = ({ name }: Platform) => `${name}-own`
  const watched = (platform: Platform): Platform => ({
    ...platform,
    start: async () => ({ externalId: ownOf(platform), name: 'Bench' }),
    serves: (id) =>
      id === ownOf(platform) || ofPlatform(platform.name).some((workspace) => workspace.id === id),
    async send(outgoing: Outgoing) {
      const note = (isLimited429: boolean) =>
        sends.push({
          platform: platform.name,
          workspaceId: outgoing.workspaceId,
          endedMs: performance.now() - started.ms,
          isLimited429,
        })
      try {
        const sent = await platform.send(outgoing)
        note(false)
        return sent
      } catch (error) {
        if (error instanceof PlatformError && error.attempt.outcome === 'paced') note(true)
        throw error
      }
    },
  })
  return [watched(slack), watched(teams)]
}
