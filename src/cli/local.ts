import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { type App, startApp } from '../app.ts'
import type { Clock } from '../commands/services.ts'
import type { Config } from '../config.ts'
import { createLog, type Log } from '../log.ts'
import { type SlackSimulator, startSlack } from '../simulator/slack.ts'
import { startTeams, type TeamsSimulator } from '../simulator/teams.ts'
import type { Database } from '../store/engine/database.ts'
import { type Cast, slackCast, teamsCast } from './cast.ts'
import { readSlackManifest } from './manifest.ts'

export type Local = {
  app: App
  slack: SlackSimulator
  teams: TeamsSimulator
  casts: { slack: Cast; teams: Cast }
  clock: SettableClock
  /** The workspace and the tenant that the service is connected to. */
  workspaces: { slack: string; teams: string }
  /** The service's own settings, for another process beside it. */
  config: Config
  stop(): Promise<void>
}

/**
 * A product clock that can be moved. `set` makes it stand still there, or (null) follow the wall;
 * `runFrom` lets it go on.
 */
export type SettableClock = Clock & {
  set(now: Date | null): void
  runFrom(now: Date): void
  /** How far the product clock is ahead of the wall. */
  aheadMs(): number
}

export function settableClock(): SettableClock {
  let now = () => new Date()
  return {
    now: () => now(),
    wall: () => new Date(),
    aheadMs: () => now().getTime() - Date.now(),
    set: (fixed) => {
      now = fixed ? () => fixed : () => new Date()
    },
    runFrom: (start) => {
      const aheadMs = start.getTime() - Date.now()
      now = () => new Date(Date.now() + aheadMs)
    },
  }
}

const TEAM_ID = 'T0DEMO'
const BOT_TOKEN = 'xoxb-demo-not-a-secret'
const SIGNING_SECRET = 'demo signing secret, not a secret'
const TENANT_ID = '00000000-0000-4000-8000-0000000000aa'
const APP_ID = '00000000-0000-4000-8000-0000000000bb'

export type LocalOptions = {
  host?: string
  publicUrl?: string
  port: number
  /** Null: everything in memory and in a directory that is removed at the end. */
  store: { dataDir: string; databaseUrl: string | null }
  keyDir: string
  secret: string
  country: string
  isClockManual: boolean
  logLevel: Config['log']['level']
  /** In place of lines of that level on the error stream. */
  log?: Log
  newId?: () => string
  /** Scopes that the installed app has; the manifest's unless a test takes one away. */
  scopes?: readonly string[]
  /** Lets clients without tokens in at /api/playground. */
  isPlaygroundOpen?: boolean
  teamsTransport?: 'botbuilder' | 'teams-apps'
  /** Keeps to the platforms' pace, as in production. */
  isPaced?: boolean
  /** In place of the one that `store` names. */
  database?: Database
}

/**
 * The whole thing on this machine: a simulated Slack and Teams, and the real service talking HTTP
 * to both.
 */
export async function startLocal(clock: SettableClock, options: LocalOptions): Promise<Local> {
  const casts = { slack: slackCast(), teams: teamsCast() }
  const slack = await startSlackOf(casts.slack, clock, options.scopes)
  const teams = await startTeams(
    {
      appId: APP_ID,
      tenants: [
        { tenantId: TENANT_ID, people: casts.teams.people },
        { tenantId: TENANT_ID.replace('aa', 'ee'), people: casts.teams.strangers },
      ],
    },
    clock.now,
  )
  const config: Config = {
    isProduction: false,
    http: {
      host: options.host ?? '127.0.0.1',
      port: options.port,
      publicUrl: options.publicUrl ?? null,
    },
    store: { url: options.store.databaseUrl, dataDir: options.store.dataDir },
    ballot: { keyDir: options.keyDir, secret: options.secret },
    content: { questionSetDir: null, helpLinesFile: null },
    organisation: { name: 'Demo organisation', country: options.country },
    slack: {
      signingSecret: SIGNING_SECRET,
      botToken: BOT_TOKEN,
      firstAdmin: casts.slack.admin,
      apiUrl: slack.apiUrl,
    },
    teams: {
      appId: APP_ID,
      appPassword: 'demo, not a secret',
      appType: 'SingleTenant',
      tenantId: TENANT_ID,
      firstAdmin: casts.teams.admin,
      cloud: 'public',
      transport: options.teamsTransport ?? 'botbuilder',
    },
    log: { level: options.logLevel },
  }
  const log =
    options.log ??
    createLog(
      options.logLevel,
      (line) => process.stderr.write(`${line}\n`),
      () => new Date(),
    )
  const app = await startApp(config, {
    clock,
    log,
    teamsAuthority: teams.authority,
    isClockManual: options.isClockManual,
    isUnpaced: !(options.isPaced ?? false),
    tryNextPorts: 20,
    isOwnStore: true,
    ...(options.database ? { database: options.database } : {}),
    ...(options.newId ? { newId: options.newId } : {}),
    ...(options.isPlaygroundOpen ? { isPlaygroundOpen: true } : {}),
  })
  const url = `http://127.0.0.1:${app.port}`
  slack.connectTo(url)
  teams.connectTo(url)
  return {
    app,
    slack,
    teams,
    casts,
    clock,
    workspaces: { slack: TEAM_ID, teams: TENANT_ID },
    config,
    async stop() {
      await app.stop()
      await Promise.all([slack.close(), teams.close()])
    },
  }
}

/**
 * A local workspace that leaves nothing behind, on a clock that its caller moves; its directory
 * goes when the process ends.
 */
export async function startPassing(publicUrl?: string): Promise<Local> {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'groupwell-demo-'))
  const keyDir = path.join(home, 'keys')
  // Also when the reader of our output went away.
  process.once('exit', () => fs.rmSync(home, { recursive: true, force: true }))
  return await startLocal(settableClock(), {
    port: 0,
    store: { dataDir: path.join(home, 'data'), databaseUrl: null },
    keyDir,
    secret: localSecret(keyDir),
    country: 'DE',
    isClockManual: true,
    logLevel: 'error',
    ...(publicUrl ? { publicUrl } : {}),
  })
}

/** The app is installed from its own manifest: what that does not ask for is refused. */
async function startSlackOf(
  cast: Cast,
  clock: Clock,
  scopes?: readonly string[],
): Promise<SlackSimulator> {
  const manifest = readSlackManifest()
  const members = [
    ...cast.people
      .filter(({ isBot, isDeactivated }) => !isBot && !isDeactivated)
      .map(({ id }) => id),
  ]
  return await startSlack(
    {
      signingSecret: SIGNING_SECRET,
      scopes: scopes ?? manifest.oauth_config.scopes.bot,
      events: manifest.settings.event_subscriptions.bot_events,
      workspaces: [
        {
          teamId: TEAM_ID,
          teamName: 'Demo workspace',
          botToken: BOT_TOKEN,
          people: cast.people,
          channels: [
            { id: 'C0GENERAL', name: 'general', isPrivate: false, members, hasApp: false },
            { id: 'C0TUESDAY', name: 'tuesday', isPrivate: true, members, hasApp: true },
            {
              id: 'C0PARTNER',
              name: 'with-partner',
              isPrivate: true,
              members,
              hasApp: true,
              isShared: true,
            },
            { id: 'C0WITHOUT', name: 'without-app', isPrivate: true, members, hasApp: false },
          ],
        },
        {
          teamId: 'T0SECOND',
          teamName: 'Second workspace',
          botToken: `${BOT_TOKEN}-second`,
          people: cast.strangers,
        },
      ],
    },
    clock.now,
  )
}

/**
 * The secret of a local workspace, made once and kept beside the keys: the data directory and its
 * backups never hold it.
 */
export function localSecret(keyDir: string): string {
  const file = path.join(keyDir, 'local.secret')
  if (!fs.existsSync(file)) {
    fs.mkdirSync(keyDir, { recursive: true, mode: 0o700 })
    fs.writeFileSync(file, `1:${randomBytes(32).toString('base64')}`, { mode: 0o600 })
  }
  return fs.readFileSync(file, 'utf8').trim()
}
