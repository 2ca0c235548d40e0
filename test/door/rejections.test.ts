import { beforeAll, describe, expect, it } from 'vitest'
import { SetupError } from '../../src/errors.ts'
import { createLog } from '../../src/log.ts'
import { createRejections } from '../../src/rejections.ts'
import { sign } from '../../src/simulator/slack/wire.ts'
import { lastSeen } from '../../src/simulator/workspace.ts'
import { whoAmI } from '../../src/slack/calls.ts'
import { setUpGroup, startWorld, type World } from '../helpers.ts'

type Line = { event: string; level: string } & Record<string, unknown>

/** A service whose refusals are looked at from outside: its metric and its log. */
let world: World
const lines: Line[] = []
beforeAll(async () => {
  world = await startWorld({ onLogLine: (line) => lines.push(JSON.parse(line) as Line) })
  await setUpGroup(world)
})

const address = (path: string) => `http://127.0.0.1:${world.app.port}${path}`
async function counted(platform: string, reason: string): Promise<number> {
  const text = await (await fetch(address('/metrics'))).text()
  const labels = `{platform="${platform}",reason="${reason}"}`
  const line = text
    .split('\n')
    .find((one) => one.startsWith(`groupwell_requests_rejected_total${labels}`))
  return Number(line?.split(' ').at(-1) ?? 0)
}
const told = (platform: string, reason: string) =>
  lines.filter(
    (line) =>
      line.event === 'request.rejected' && line.platform === platform && line.reason === reason,
  )
const seconds = (offset = 0) => String(Math.floor(Date.now() / 1000) + offset)

const command = {
  command: '/group',
  text: 'help',
  team_id: 'T0DEMO',
  user_id: 'UNEW',
  channel_id: 'C1',
  trigger_id: 'x',
  response_url: 'http://127.0.0.1:9/',
}
const pressed = (more: object) => ({
  payload: JSON.stringify({
    type: 'block_actions',
    trigger_id: world.slack.newTrigger('UFACILITATOR'),
    user: { id: 'UFACILITATOR', team_id: 'T0DEMO' },
    team: { id: 'T0DEMO' },
    actions: [{ type: 'button', action_id: 'button:0', value: '{"verb":"help","id":null}' }],
    ...more,
  }),
})
const formOf = (view: object, more: object = {}) => ({
  payload: JSON.stringify({
    type: 'view_submission',
    user: { id: 'UFACILITATOR', team_id: 'T0DEMO' },
    team: { id: 'T0DEMO' },
    view: {
      id: `V${crypto.randomUUID()}`,
      hash: '1.a',
      callback_id: 'flag.submit',
      private_metadata: '{"id":null}',
      state: { values: {} },
      ...view,
    },
    ...more,
  }),
})
const raw = (path: string, init: RequestInit) => () => fetch(address(path), init)
const bearer = async (claims: Record<string, unknown>) =>
  await raw('/api/messages', {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await world.teams.token(claims as never)}`,
      'content-type': 'application/json',
    },
    body: '{}',
  })()
const withToken = async (activity: object) =>
  await raw('/api/messages', {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await world.teams.token()}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify(activity),
  })()

/** The ways in which a request ends without a command: platform, reason, status, how it is made. */
const WAYS: [string, string, number, string, () => Promise<{ status: number }>][] = [
  ['slack', 'method', 405, 'of another method', () => raw('/slack/events', {})()],
  [
    'slack',
    'unsigned',
    401,
    'without a signature',
    () => raw('/slack/events', { method: 'POST', body: 'x' })(),
  ],
  [
    'slack',
    'signature',
    401,
    'of another secret',
    () => world.slack.send(command, { signature: sign('other', seconds(), 'x') }),
  ],
  [
    'slack',
    'clock',
    401,
    'from another time',
    () => world.slack.send(command, { timestamp: seconds(-400) }),
  ],
  [
    'slack',
    'badShape',
    400,
    'of another shape',
    () => world.slack.send({ payload: '{"type":"shortcut"}' }),
  ],
  [
    'slack',
    'tooLarge',
    413,
    'that is too long',
    () => world.slack.send({ ...command, text: 'x'.repeat(600_000) }),
  ],
  [
    'slack',
    'foreign',
    200,
    'of a button that is not ours',
    () => world.slack.send(pressed({ actions: [{ type: 'button', action_id: 'a', value: 'x' }] })),
  ],
  [
    'slack',
    'foreign',
    200,
    'of a form that is not ours',
    () => world.slack.send(formOf({ private_metadata: 'x' })),
  ],
  [
    'slack',
    'workspace',
    200,
    'of a workspace that is not connected',
    () => world.slack.send({ ...command, team_id: 'T9OTHER', text: 'next' }),
  ],
  ['teams', 'method', 405, 'of another method', () => raw('/api/messages', {})()],
  [
    'teams',
    'unsigned',
    401,
    'without a token',
    () => raw('/api/messages', { method: 'POST', body: '{}' })(),
  ],
  ['teams', 'issuer', 401, 'of another issuer', () => bearer({ iss: 'https://example.org' })],
  ['teams', 'clock', 401, 'that ended', () => bearer({ exp: Number(seconds(-4_000)) })],
  ['teams', 'badShape', 400, 'of another shape', () => withToken({ type: 'message' })],
  [
    'teams',
    'foreign',
    400,
    'of a button that is not ours',
    () =>
      withToken(
        world.teams.activity(world.casts.teams.admin, {
          type: 'invoke',
          name: 'task/submit',
          value: { data: { some: 'thing' } },
        }),
      ),
  ],
  [
    'teams',
    'foreign',
    400,
    'of a form with an id that nobody made',
    () =>
      withToken(
        world.teams.activity(world.casts.teams.admin, {
          type: 'invoke',
          name: 'task/submit',
          value: { data: { verb: 'flag.submit', id: null, key: 'x'.repeat(65) } },
        }),
      ),
  ],
]

describe('a request that runs no command', () => {
  it.each(WAYS)('%s %s: %i, when it is one %s; counted and told once a minute', async (...way) => {
    const [platform, reason, status, , send] = way
    const [before, lined] = [await counted(platform, reason), told(platform, reason).length]
    expect((await send()).status).toBe(status)
    expect(await counted(platform, reason)).toBe(before + 1)
    expect(told(platform, reason).length).toBe(Math.max(lined, 1))
    const line = told(platform, reason).at(-1)
    expect(line?.level).toBe('warn')
    expect(Object.keys(line ?? {}).sort()).toEqual(
      ['at', 'count', 'event', 'level', 'platform', 'reason']
        .concat(reason === 'clock' ? 'clockAheadSeconds' : [])
        .sort(),
    )
  })

  it('says by how many seconds the clock of this host is off', () => {
    const [slack] = told('slack', 'clock')
    expect(slack?.clockAheadSeconds).toBeGreaterThanOrEqual(399)
    expect(slack?.clockAheadSeconds).toBeLessThanOrEqual(402)
    const [teams] = told('teams', 'clock')
    expect(teams?.clockAheadSeconds).toBeGreaterThanOrEqual(3_999)
  })

  it('is told once a minute, with how many there were', () => {
    const seen: Line[] = []
    let now = new Date('2026-03-02T09:00:00Z')
    const log = createLog(
      'warn',
      (line) => seen.push(JSON.parse(line) as Line),
      () => now,
    )
    let count = 0
    const rejected = createRejections(
      log,
      () => {
        count += 1
      },
      () => now,
    )
    const after = (ms: number) => {
      now = new Date(now.getTime() + ms)
      rejected('slack', { reason: 'unsigned' })
    }
    for (const ms of [0, 1_000, 58_000, 1_000, 0, 59_999, 1, -300_000]) after(ms)
    expect(count).toBe(8)
    expect(seen.map((line) => line.count)).toEqual([1, 3, 3, 1])
    rejected('teams', { reason: 'unsigned' })
    expect(seen.at(-1)).toMatchObject({ platform: 'teams', count: 1 })
  })
})

describe('somebody who waits for an answer in Slack', () => {
  const words = async (body: Record<string, string>) =>
    JSON.stringify((await world.slack.send(body)).body)

  it('is answered for their own workspace where an organisation installed the app', async () => {
    const button = {
      is_enterprise_install: true,
      team: null,
    }
    const before = world.slack.journal.seen.length
    expect((await world.slack.send(pressed(button))).status).toBe(200)
    expect(world.slack.journal.seen.slice(before).map(({ kind }) => kind)).toEqual(['help'])
  })

  it('is answered for the workspace of the form in a channel that two workspaces share', async () => {
    const shared = { team: { id: 'T9OTHER' }, user: { id: 'U9OTHER', team_id: 'T9OTHER' } }
    const said = await words(formOf({ app_installed_team_id: 'T0DEMO' }, shared))
    expect(said).not.toContain('not connected')
    expect(await words(formOf({}, shared))).toContain('not connected')
  })

  it('reads that a button or form cannot be read', async () => {
    expect(await words(formOf({ private_metadata: 'x' }))).toContain('This request cannot be read')
    await world.slack.send(pressed({ actions: [{ type: 'button', action_id: 'a', value: 'x' }] }))
    expect(lastSeen(world.slack.journal, 'UFACILITATOR', 'problem').text).toContain(
      'This request cannot be read',
    )
  })

  it('hears nothing after a link, which needs no answer', async () => {
    const before = await counted('slack', 'foreign')
    const url = 'https://example.org/'
    const link = pressed({ actions: [{ type: 'button', action_id: 'a', url }] })
    expect((await world.slack.send(link)).status).toBe(200)
    expect(await counted('slack', 'foreign')).toBe(before)
  })
})

it('an app that a whole organisation installed does not start: its requests name workspaces nobody connected', async () => {
  const says = (isWhole: boolean) =>
    ({ auth: { test: async () => ({ team_id: 'E1', is_enterprise_install: isWhole }) } }) as never
  await expect(whoAmI(says(true))).rejects.toThrow(SetupError)
  await expect(whoAmI(says(true))).rejects.toThrow('Install the app in one workspace of it.')
  expect(await whoAmI(says(false))).toEqual({ externalId: 'E1', name: 'E1' })
})
