import { createServer } from 'node:http'
import path from 'node:path'
import { buffer } from 'node:stream/consumers'
import { slackCast, teamsCast } from '../../src/cli/cast.ts'
import { readSlackManifest } from '../../src/cli/manifest.ts'
import { fill } from '../../src/cli/story.ts'
import { linesFor } from '../../src/commands/help-lines-for.ts'
import type { Config } from '../../src/config.ts'
import { loadContent } from '../../src/content/load.ts'
import { exampleWith } from '../../src/domain/verbs.ts'
import { sign } from '../../src/simulator/slack/wire.ts'
import { startSlack } from '../../src/simulator/slack.ts'
import { startTeams } from '../../src/simulator/teams.ts'
import type { Hands } from '../../src/simulator/workspace.ts'
import { messageOf } from '../../src/teams/reply.ts'
import { helpCard } from '../../src/views/help.ts'
import { freshDatabase } from '../postgres.ts'
import { tempDir } from '../temp-dir.ts'
import { type Child, startChild, stayOnSecondCore } from './child.ts'
import { median, type Request, type Round, sendAll } from './load.ts'
import { atLeast, atMost, type Goal, type Measured, type Row, round } from './measured.ts'

const CONNECTIONS = [1, 10, 50] as const
/** Each side in turn, so often; the middle one counts. */
const ROUNDS = 5
/** The short form sends a share of the requests. */
const SHORT = 0.3
const COUNTS = {
  help: { 1: 2_000, 10: 4_000, 50: 4_000 },
  next: { 1: 400, 10: 1_500, 50: 1_500 },
  teams: { 1: 500, 10: 1_500, 50: 1_500 },
} as const
const SIGNING_SECRET = 'bench signing secret, not a secret'
const APP_ID = '00000000-0000-4000-8000-0000000000bb'
const TENANT_ID = '00000000-0000-4000-8000-0000000000aa'

type Ported = { port: number }
type Connections = 1 | 10 | 50
type Side = (connections: Connections) => Promise<Round>
type Pair = { what: string; connections: Connections; ours: Round; bare: Round | null }

/**
 * The service beside bare SDK apps: `/group help` and a command that reads the store; a Teams
 * command's reply.
 */
export async function run({ isShort = false } = {}): Promise<Measured> {
  stayOnSecondCore()
  const { dir, remove } = tempDir()
  const database = await freshDatabase()
  const stage = await setTheStage(dir, database.url, isShort ? SHORT : 1)
  const { ours, bolt, botbuilder, slack, teams } = stage
  try {
    const pairs = [
      ...(await compare(HELP, slack(ours, 'help'), slack(bolt, 'help'))),
      ...(isShort ? [] : await compare(NEXT, slack(ours, 'next'), null)),
      ...(await compare(TEAMS, teams(ours), teams(botbuilder))),
    ]
    return {
      about:
        'Answering, beside a bare Bolt app that says nothing and a bare botbuilder bot that says the same',
      rows: pairs.map(toRow),
      goals: isShort ? [] : goalsOf(pairs),
    }
  } finally {
    await stage.end()
    await database.drop()
    remove()
  }
}

const HELP = 'Slack `/group help`'
const NEXT = 'Slack `/group next`, which reads the store'
const TEAMS = 'Teams `help`, until the reply is there'

async function compare(what: string, ours: Side, bare: Side | null): Promise<Pair[]> {
  const pairs: Pair[] = []
  for (const connections of CONNECTIONS) {
    // One round to warm up, which does not count.
    await ours(connections)
    await bare?.(connections)
    const rounds = { ours: [] as Round[], bare: [] as Round[] }
    for (let round = 0; round < ROUNDS; round += 1) {
      rounds.ours.push(await ours(connections))
      if (bare) rounds.bare.push(await bare(connections))
    }
    const own = median(rounds.ours)
    pairs.push({ what, connections, ours: own, bare: bare ? median(rounds.bare) : null })
    process.stderr.write(`${what}, ${connections}: measured\n`)
  }
  return pairs
}

async function setTheStage(dir: string, databaseUrl: string, share: number) {
  const cast = { slack: slackCast(), teams: teamsCast() }
  const manifest = readSlackManifest()
  const now = () => new Date()
  const slack = await startSlack(
    {
      signingSecret: SIGNING_SECRET,
      scopes: manifest.oauth_config.scopes.bot,
      events: [],
      workspaces: [
        { teamId: 'T0BENCH', teamName: 'Bench', botToken: 'xoxb-bench', people: cast.slack.people },
      ],
    },
    now,
  )
  const teams = await startTeams(
    { appId: APP_ID, tenants: [{ tenantId: TENANT_ID, people: cast.teams.people }] },
    now,
  )
  const token = await teams.authority.getToken()
  const { openIdMetadataUrl, issuer } = teams.authority
  // Replies go there, and the token that comes with a message names it.
  const mailbox = await openMailbox()
  const bearer = `Bearer ${await teams.token({ serviceurl: mailbox.url })}`
  const config: Config = {
    isProduction: false,
    http: { host: '127.0.0.1', port: 0, publicUrl: null },
    store: { url: databaseUrl, dataDir: path.join(dir, 'data') },
    ballot: {
      keyDir: path.join(dir, 'keys'),
      secret: `1:${Buffer.alloc(32, 7).toString('base64')}`,
    },
    content: { questionSetDir: null, helpLinesFile: null },
    organisation: { name: 'Bench', country: 'DE' },
    slack: {
      signingSecret: SIGNING_SECRET,
      botToken: 'xoxb-bench',
      firstAdmin: cast.slack.admin,
      apiUrl: slack.apiUrl,
    },
    teams: {
      appId: APP_ID,
      appPassword: 'x',
      appType: 'SingleTenant',
      tenantId: TENANT_ID,
      firstAdmin: cast.teams.admin,
      cloud: 'public',
      transport: 'botbuilder',
    },
    log: { level: 'warn' },
  }
  const authority = { openIdMetadataUrl, issuer, serviceUrl: mailbox.url, token }
  const ours = await startChild<Ported>('service.ts', { config, authority })
  const bolt = await startChild<Ported>('bare-bolt.ts', { signingSecret: SIGNING_SECRET })
  const botbuilder = await startChild<Ported>('bare-botbuilder.ts', {
    appId: APP_ID,
    openIdMetadataUrl,
    issuer,
    token,
    reply: helpInTeams(),
  })
  slack.connectTo(originOf(ours))
  await setUpGroup(slack, cast.slack)
  return {
    ours,
    bolt,
    botbuilder,
    slack:
      (child: Child<Ported>, text: 'help' | 'next'): Side =>
      (connections) =>
        sendAll(originOf(child), {
          connections,
          count: COUNTS[text][connections] * share,
          make: () => commandOf(cast.slack.facilitator, text),
        }),
    teams:
      (child: Child<Ported>): Side =>
      (connections) =>
        sendAll(originOf(child), {
          connections,
          count: COUNTS.teams[connections] * share,
          make: (index) =>
            activityOf(teams, index, {
              person: cast.teams.facilitator,
              serviceUrl: mailbox.url,
              authorization: bearer,
            }),
          done: (index) => mailbox.arrived(String(index)),
        }),
    async end() {
      await Promise.all([ours, bolt, botbuilder].map((child) => child.end()))
      await Promise.all([slack.close(), teams.close(), mailbox.close()])
    },
  }
}

/** The same answer for the bare bot: what it costs is the SDK's, not the text's. */
function helpInTeams() {
  const content = loadContent()
  const texts = content.textsFor('en')
  const organisation = { country: 'DE', crisisLines: null }
  const actor = { timeZone: 'Europe/Berlin', linesCountry: null }
  const lines = linesFor({ texts, content, organisation, actor })
  return messageOf(helpCard(texts, exampleWith(''), lines), 'en')
}

const originOf = ({ said }: Child<Ported>): string => `http://127.0.0.1:${said.port}`

async function setUpGroup(hands: Hands, cast: ReturnType<typeof slackCast>): Promise<void> {
  const { admin, facilitator, supervisor, members } = cast
  const date = new Date(Date.now() + 7 * 24 * 60 * 60_000).toISOString().slice(0, 10)
  await fill(hands, admin, 'admin staff', { staff: [facilitator, supervisor] })
  await fill(hands, facilitator, 'new', {
    contactHours: 'none',
    alias: 'Bench group',
    timeZone: 'Europe/Berlin',
  })
  await fill(hands, facilitator, 'roster', {
    members,
    facilitators: [facilitator],
    supervisors: [supervisor],
  })
  const plan = {
    firstDate: date,
    time: '17:30',
    minutes: '90',
    count: '12',
    timeZone: 'Europe/Berlin',
  }
  await fill(hands, facilitator, 'schedule', plan)
}

let sent = 0

/** A command with a signature of its own: the very same one twice is refused. */
function commandOf(person: string, text: string): Request {
  sent += 1
  const body = `token=unused&team_id=T0BENCH&team_domain=bench&channel_id=C1&channel_name=c&user_id=${person}&user_name=n&command=%2Fgroup&text=${text}&api_app_id=A1&is_enterprise_install=false&response_url=http%3A%2F%2F127.0.0.1%3A9%2F&trigger_id=${sent}`
  const timestamp = String(Math.floor(Date.now() / 1000))
  return {
    path: '/slack/events',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': sign(SIGNING_SECRET, timestamp, body),
    },
    body,
  }
}

function activityOf(
  teams: { activity(person: string, fields: Record<string, unknown>): Record<string, unknown> },
  index: number,
  {
    person,
    serviceUrl,
    authorization,
  }: { person: string; serviceUrl: string; authorization: string },
): Request {
  const activity = teams.activity(person, {
    type: 'message',
    text: 'help',
    serviceUrl,
    id: String(index),
  })
  return {
    path: '/api/messages',
    headers: { 'content-type': 'application/json', authorization },
    body: JSON.stringify(activity),
  }
}

/** Where replies arrive; each is known by the id of the activity that it answers. */
async function openMailbox() {
  const waiting = new Map<string, () => void>()
  const server = createServer(async (request, response) => {
    const reply = JSON.parse((await buffer(request)).toString('utf8')) as { replyToId?: string }
    response.writeHead(201, { 'content-type': 'application/json' }).end('{"id":"1"}')
    waiting.get(reply.replyToId ?? '')?.()
  })
  server.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`,
    arrived: (id: string) => new Promise<void>((resolve) => waiting.set(id, resolve)),
    close: async () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

const ratioOf = ({ ours, bare }: Pair): number | null =>
  bare && round(ours.requestsPerSecond / bare.requestsPerSecond, 2)

function toRow(pair: Pair): Row {
  const { what, connections, ours, bare } = pair
  const ms = (us = 0) => round(us / 1000, 1)
  return {
    run: `${what}, ${connections} at a time`,
    'a second': ours.requestsPerSecond,
    'p50 ms': ms(ours.p50Us),
    'p99 ms': ms(ours.p99Us),
    'bare, a second': bare?.requestsPerSecond ?? null,
    'bare, p99 ms': bare && ms(bare.p99Us),
    ratio: ratioOf(pair),
  }
}

function goalsOf(pairs: readonly Pair[]): Goal[] {
  const of = (what: string) => pairs.filter((pair) => pair.what === what)
  const ratios = (what: string, least: number) =>
    of(what).map((pair) =>
      atLeast(`${what}, ${pair.connections} at a time, ratio`, least, ratioOf(pair) ?? 0),
    )
  const next = of(NEXT).find(({ connections }) => connections === 10)?.ours
  return [
    ...ratios(HELP, 0.8),
    ...ratios(TEAMS, 0.9),
    atLeast(`${NEXT}, 10 at a time, a second`, 1_500, next?.requestsPerSecond ?? 0),
    atMost(`${NEXT}, 10 at a time, p99 ms`, 15, round((next?.p99Us ?? 0) / 1000, 1)),
  ]
}
