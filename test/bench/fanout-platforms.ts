import { directOf } from '../../src/simulator/slack/state.ts'
import { startSlack } from '../../src/simulator/slack.ts'
import { startTeams } from '../../src/simulator/teams.ts'
import { ofPlatform } from './fanout-cast.ts'

const APP_ID = '00000000-0000-4000-8000-0000000000bb'

/** Slack and Teams for all workspaces in a process of their own, with limits or without. */
const { isLimited } = JSON.parse(process.argv[2] ?? '{}') as { isLimited: boolean }
const now = () => new Date()
const slack = await startSlack(
  {
    signingSecret: 'bench signing secret, not a secret',
    scopes: ['chat:write', 'im:write', 'users:read', 'commands'],
    events: [],
    workspaces: ofPlatform('slack').map(({ id, token, people }) => ({
      teamId: id,
      teamName: id,
      botToken: token,
      people,
    })),
  },
  now,
)
const teams = await startTeams(
  {
    appId: APP_ID,
    tenants: ofPlatform('teams').map(({ id, people }) => ({ tenantId: id, people })),
  },
  now,
)
// Everybody has been written to before: their conversations are known, as after a welcome.
for (const { people } of ofPlatform('slack'))
  for (const { id } of people) slack.state.directs.set(directOf(id), id)
for (const { people } of ofPlatform('teams'))
  for (const { id } of people) teams.state.installed.add(id)
slack.enforcePace(isLimited, { calls: 1, perMs: 1_000 })
teams.enforcePace(isLimited)
const { openIdMetadataUrl, issuer, serviceUrl, getToken } = teams.authority
const said = {
  slackUrl: slack.apiUrl,
  authority: { openIdMetadataUrl, issuer, serviceUrl, token: await getToken() },
  appId: APP_ID,
}
process.stdout.write(`${JSON.stringify(said)}\n`)
process.once('SIGTERM', () => process.exit(0))
