import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type pg from 'pg'
import type { Config } from '../../src/config.ts'
import { directOf } from '../../src/simulator/slack/state.ts'
import { startSlack } from '../../src/simulator/slack.ts'
import { startTeams } from '../../src/simulator/teams.ts'
import { type Database, openDatabase } from '../../src/store/engine/database.ts'
import { atTheEnd } from '../ends.ts'
import { SECRET } from '../helpers.ts'
import { type Balancer, startBalancer } from './balancer.ts'
import { castOf, seed, type Times } from './cast.ts'
import { arrive, type Platforms } from './people.ts'
import type { Given } from './process.ts'
import { endProcess, type Running, startProcess } from './running.ts'
import type { Server } from './server.ts'

const TEAM_ID = 'T0CHAOS'
const TENANT_ID = '00000000-0000-4000-8000-0000000000cc'
const APP_ID = '00000000-0000-4000-8000-0000000000dd'
/** From the first opening of a check-in to the close of all. */
const OPEN_MS = 32_000

/** The part of a process's settings that a run may change. */
type Change = Partial<Pick<Given, 'root' | 'keyDir' | 'slack' | 'teams' | 'aheadMs'>>

export type Stage = Times & {
  platforms: Platforms
  balancer: Balancer
  server: Server
  keyDir: string
  logFile: string
  running: Running[]
  /** For the test's own looks at the store. */
  database: Database
  admin: pg.Client
  /** Starts one more process; null when it refuses to start. */
  add(change?: Change): Promise<Running | null>
  /** Ends one of them and starts another in its place, like it but for `change`. */
  replace(running: Running, signal: 'SIGKILL' | 'SIGTERM', change?: Change): Promise<void>
  given(change?: Change): Given
  /** Ends what the run started. */
  end(): Promise<void>
}

/** The difference from three processes alike, each serving both platforms. */
export type Plan = {
  /** The settings of each process. */
  processes: readonly Change[]
  keyDir?: string
  /** One runs before them, and ends: by it the store knows both workspaces. */
  hasPredecessor?: true
  /** The first two start at once, each with keys of its own: one of them has to give way. */
  hasRivals?: true
}

/**
 * A store, both platforms and a load balancer, with so many processes behind it; everybody has come
 * by, and their check-ins are about to open.
 */
export async function setStage(server: Server, dir: string, plan: Plan): Promise<Stage> {
  const name = `chaos_${randomBytes(6).toString('hex')}`
  const admin = await server.connect()
  await admin.query(`create database ${name}`)
  const url = server.urlOf(name)
  const slackCast = castOf('slack')
  const teamsCast = castOf('teams')
  const signingSecret = randomBytes(16).toString('hex')
  const platforms: Platforms = {
    slack: await startSlack(
      {
        signingSecret,
        scopes: ['chat:write', 'im:write', 'commands', 'users:read'],
        events: ['app_home_opened'],
        workspaces: [
          { teamId: TEAM_ID, teamName: 'Chaos', botToken: 'xoxb-chaos', people: slackCast.people },
        ],
      },
      () => new Date(),
    ),
    teams: await startTeams(
      { appId: APP_ID, tenants: [{ tenantId: TENANT_ID, people: teamsCast.people }] },
      () => new Date(),
    ),
  }
  for (const id of slackCast.everybody) platforms.slack.state.directs.set(directOf(id), id)
  const { getToken, ...authority } = platforms.teams.authority
  let keyDir = plan.keyDir ?? path.join(dir, `${name}-keys`)
  fs.mkdirSync(keyDir, { recursive: true })
  const logFile = path.join(dir, `${name}.log`)
  const slack: Config['slack'] = {
    signingSecret,
    botToken: 'xoxb-chaos',
    firstAdmin: slackCast.admin,
    apiUrl: platforms.slack.apiUrl,
  }
  const teams: Config['teams'] = {
    appId: APP_ID,
    appPassword: 'chaos, not a secret',
    appType: 'SingleTenant',
    tenantId: TENANT_ID,
    firstAdmin: teamsCast.admin,
    cloud: 'public',
    transport: 'botbuilder',
  }
  const token = await getToken()
  const given = (change: Change = {}): Given => ({
    root: path.join(import.meta.dirname, '../..'),
    url,
    keyDir,
    secret: SECRET,
    slack,
    teams,
    authority: { ...authority, token },
    logFile,
    aheadMs: 0,
    ...change,
  })
  const running: Running[] = []
  const add = async (change: Change = {}) => {
    const started = await startProcess(given(change))
    if (started) running.push(started)
    return started
  }
  const balancer = await startBalancer(() => running)
  platforms.slack.connectTo(balancer.url)
  platforms.teams.connectTo(balancer.url)
  let database: Database | null = null
  const end = async () => {
    for (const one of running.splice(0)) await endProcess(one, 'SIGKILL')
    await balancer.close()
    await platforms.slack.close()
    await platforms.teams.close()
    await database?.close()
    await admin.end()
    // The run's own may have been thrown out with the others.
    const last = await server.connect()
    await last.query(`drop database ${name} with (force)`)
    await last.end()
  }
  let isEnded = false
  atTheEnd(async () => {
    if (!isEnded) await end()
  })
  if (plan.hasPredecessor) {
    const first = await add()
    if (!first) throw new Error('the first process did not start')
    running.splice(0)
    await endProcess(first, 'SIGTERM')
  }
  if (plan.hasRivals) {
    const rivals = await Promise.all(
      [`${keyDir}-1`, `${keyDir}-2`].map((own) => add({ keyDir: own })),
    )
    const [winner, ...others] = rivals.filter((one) => one !== null)
    if (!winner || others.length > 0)
      throw new Error(`${rivals.filter((one) => one !== null).length} of two rivals were let in`)
    keyDir = winner.given.keyDir
  }
  for (const change of plan.processes) {
    const started = await add(change)
    if (!started) throw new Error(`a process did not start: ${fs.readFileSync(logFile, 'utf8')}`)
  }
  database = await openDatabase({ kind: 'postgres', url })
  // Everybody is ready when the balancer has seen so.
  await wait(1_000)
  await arrive(platforms)
  const start = new Date(Date.now() + 500)
  const closes = new Date(start.getTime() + OPEN_MS)
  await seed(database.db.prisma, { start, closes })
  return {
    platforms,
    balancer,
    server,
    keyDir,
    logFile,
    running,
    database,
    admin,
    start,
    closes,
    add,
    given,
    async replace(one, signal, change = {}) {
      await endProcess(one, signal)
      running.splice(running.indexOf(one), 1)
      if (!(await add({ ...one.given, ...change })))
        throw new Error('the process did not start again')
    },
    async end() {
      isEnded = true
      await end()
    },
  }
}
