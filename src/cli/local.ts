import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { type App, startApp } from '../app.ts'
import type { Clock } from '../commands/door.ts'
import type { Config } from '../config.ts'
import { createLog } from '../log.ts'
import { type SlackSimulator, startSlack } from '../simulator/slack.ts'
import { startTeams, type TeamsSimulator } from '../simulator/teams.ts'
import type { SimulatedPerson } from '../simulator/workspace.ts'

/** The people of one simulated platform, by what they do in the story. */
export type Cast = {
  admin: string
  facilitator: string
  supervisor: string
  members: readonly string[]
  people: readonly SimulatedPerson[]
}

export type Local = {
  app: App
  slack: SlackSimulator
  teams: TeamsSimulator
  casts: { slack: Cast; teams: Cast }
  clock: SettableClock
  stop(): Promise<void>
}

/** A product clock that can be moved; null follows the wall. */
export type SettableClock = Clock & { set(now: Date | null): void }

export function settableClock(): SettableClock {
  let fixed: Date | null = null
  return {
    now: () => fixed ?? new Date(),
    wall: () => new Date(),
    set: (now) => {
      fixed = now
    },
  }
}

const MEMBERS = 8
const TEAM_ID = 'T0DEMO'
const BOT_TOKEN = 'xoxb-demo-not-a-secret'
const SIGNING_SECRET = 'demo signing secret, not a secret'
const TENANT_ID = '00000000-0000-4000-8000-0000000000aa'
const APP_ID = '00000000-0000-4000-8000-0000000000bb'

export type LocalOptions = {
  host?: string
  port: number
  /** Null: everything in memory and in a directory that is removed at the end. */
  store: { dataDir: string; databaseUrl: string | null }
  keyDir: string
  secret: string
  country: string
  isClockManual: boolean
  logLevel: Config['log']['level']
  newId?: () => string
}

/** The whole thing on this machine: a simulated Slack workspace and Teams tenant, and the real service talking HTTP to both. */
export async function startLocal(clock: SettableClock, options: LocalOptions): Promise<Local> {
  const casts = { slack: slackCast(), teams: teamsCast() }
  const scopes = ['commands', 'chat:write', 'im:write', 'users:read']
  const slack = await startSlack(
    {
      teamId: TEAM_ID,
      teamName: 'Demo workspace',
      botToken: BOT_TOKEN,
      signingSecret: SIGNING_SECRET,
      scopes,
      people: casts.slack.people,
    },
    clock.now,
  )
  const teams = await startTeams({ tenantId: TENANT_ID, appId: APP_ID, people: casts.teams.people }, clock.now)
  const config: Config = {
    isProduction: false,
    http: { host: options.host ?? '127.0.0.1', port: options.port },
    store: { url: options.store.databaseUrl, dataDir: options.store.dataDir },
    ballot: { keyDir: options.keyDir, secret: options.secret },
    organisation: { name: 'Demo organisation', country: options.country },
    slack: { signingSecret: SIGNING_SECRET, botToken: BOT_TOKEN, firstAdmin: casts.slack.admin, apiUrl: slack.apiUrl },
    teams: {
      appId: APP_ID,
      appPassword: 'demo, not a secret',
      appType: 'SingleTenant',
      tenantId: TENANT_ID,
      firstAdmin: casts.teams.admin,
    },
    log: { level: options.logLevel },
  }
  const log = createLog(
    options.logLevel,
    (line) => process.stderr.write(`${line}\n`),
    () => new Date(),
  )
  const app = await startApp(config, {
    clock,
    log,
    teamsAuthority: teams.authority,
    isClockManual: options.isClockManual,
    tryNextPorts: 20,
    ...(options.newId ? { newId: options.newId } : {}),
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
    async stop() {
      await app.stop()
      await Promise.all([slack.close(), teams.close()])
    },
  }
}

function slackCast(): Cast {
  const person = (id: string, name: string): SimulatedPerson => ({
    id,
    name,
    language: 'en-GB',
    timeZone: 'Europe/Berlin',
  })
  const members = Array.from({ length: MEMBERS }, (_, index) => `UMEMBER${index + 1}`)
  const people = [
    person('UADMIN', 'Admin'),
    person('UFACILITATOR', 'Facilitator'),
    person('USUPERVISOR', 'Supervisor'),
    ...members.map((id, index) => person(id, `Member ${index + 1}`)),
    { ...person('UAPP', 'Another app'), isBot: true },
    { ...person('UCLOSED', 'Closed account'), isDeactivated: true },
  ]
  return { admin: 'UADMIN', facilitator: 'UFACILITATOR', supervisor: 'USUPERVISOR', members, people }
}

function teamsCast(): Cast {
  const id = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`
  const person = (number: number, name: string): SimulatedPerson => ({
    id: id(number),
    name,
    language: 'en-GB',
    timeZone: 'Europe/Berlin',
  })
  const members = Array.from({ length: MEMBERS }, (_, index) => id(index + 1))
  const people = [
    person(100, 'Admin'),
    person(101, 'Facilitator'),
    person(102, 'Supervisor'),
    ...members.map((_, index) => person(index + 1, `Member ${index + 1}`)),
  ]
  return { admin: id(100), facilitator: id(101), supervisor: id(102), members, people }
}

/** The secret of a local workspace, made once and kept beside the keys: the data directory and its backups never hold it. */
export function localSecret(keyDir: string): string {
  const file = path.join(keyDir, 'local.secret')
  if (!fs.existsSync(file)) {
    fs.mkdirSync(keyDir, { recursive: true, mode: 0o700 })
    fs.writeFileSync(file, `1:${randomBytes(32).toString('base64')}`, { mode: 0o600 })
  }
  return fs.readFileSync(file, 'utf8').trim()
}
