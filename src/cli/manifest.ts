import fs from 'node:fs'
import { parseArgs } from 'node:util'
import { strToU8, zipSync } from 'fflate'
import { z } from 'zod'
import { SetupError } from '../errors.ts'

const MANIFESTS = new URL('../../manifests/', import.meta.url)
/** The placeholder of the service's own address in the manifests. */
const PLACEHOLDER_HOST = 'groupwell.example.org'
const PLACEHOLDER_ID = '00000000-0000-0000-0000-000000000000'
const TEAMS_FILES = ['color.png', 'outline.png', 'es.json'] as const
const EXAMPLES = {
  slack: 'npx groupwell manifest slack --url https://groupwell.your.org',
  teams:
    'npx groupwell manifest teams --app-id 11111111-2222-3333-4444-555555555555 --url https://groupwell.your.org --out groupwell-teams.zip',
}

const slackManifest = z.object({
  oauth_config: z.object({ scopes: z.object({ bot: z.array(z.string()) }) }),
  settings: z.object({ event_subscriptions: z.object({ bot_events: z.array(z.string()) }) }),
})

const read = (file: string): string => fs.readFileSync(new URL(file, MANIFESTS), 'utf8')

/** The scopes and events that the Slack app asks for. */
export function readSlackManifest(): z.infer<typeof slackManifest> {
  return slackManifest.parse(JSON.parse(read('slack/manifest.json')))
}

const teamsManifest = z.object({
  bots: z.tuple([
    z.object({
      commandLists: z.array(
        z.object({
          scopes: z.array(z.string()),
          commands: z.array(z.object({ title: z.string(), description: z.string() })),
        }),
      ),
    }),
  ]),
})

/** The commands that Teams offers in a chat with the app. */
export function readTeamsCommands(): { line: string; does: string }[] {
  const { bots } = teamsManifest.parse(JSON.parse(read('teams/manifest.json')))
  const personal = bots[0].commandLists.find(({ scopes }) => scopes.includes('personal'))
  return (personal?.commands ?? []).map(({ title, description }) => ({
    line: title,
    does: description,
  }))
}

/**
 * `npx groupwell manifest`: Slack's manifest on standard output, or Teams' app package as a file,
 * for this service's address.
 */
export async function manifest(args: readonly string[]): Promise<void> {
  const { platform, url, appId, out } = readOptions(args)
  if (platform === 'slack')
    return void process.stdout.write(
      read('slack/manifest.json').replaceAll(`https://${PLACEHOLDER_HOST}`, url),
    )
  fs.writeFileSync(out, teamsPackage(appId, url))
  process.stdout.write(
    `Wrote ${out}. Upload it in Teams: Apps > Manage your apps > Upload an app.\n`,
  )
}

/**
 * Teams' app package: the manifest with the bot's id and the service's own pages, its words in
 * other languages, and its icons.
 */
export function teamsPackage(appId: string, url: string): Uint8Array {
  const text = read('teams/manifest.json')
    .replaceAll(PLACEHOLDER_ID, appId)
    .replaceAll(`https://${PLACEHOLDER_HOST}`, url)
  const files = TEAMS_FILES.map((name) => [
    name,
    new Uint8Array(fs.readFileSync(new URL(`teams/${name}`, MANIFESTS))),
  ])
  return zipSync({ 'manifest.json': strToU8(text), ...Object.fromEntries(files) })
}

type Options = {
  platform: 'slack' | 'teams'
  url: string
  appId: string
  out: string
}

/** Throws SetupError that says what was expected. */
function readOptions(args: readonly string[]): Options {
  const [platform, ...rest] = args
  if (platform !== 'slack' && platform !== 'teams')
    throw new SetupError(
      `groupwell manifest ${platform ?? ''}: expected slack or teams. Example: ${EXAMPLES.slack}`,
    )
  const { values } = parse(rest, platform)
  const url = webAddress(values.url, '--url', platform)
  if (platform === 'teams' && !z.uuid().safeParse(values['app-id']).success)
    throw new SetupError(
      `--app-id ${values['app-id'] ?? ''}: expected the bot's Microsoft app id. Example: ${EXAMPLES.teams}`,
    )
  return {
    platform,
    url,
    appId: values['app-id'] ?? '',
    out: values.out ?? 'groupwell-teams.zip',
  }
}

function parse(args: readonly string[], platform: Options['platform']) {
  try {
    const text = { type: 'string' } as const
    return parseArgs({
      args: [...args],
      options: { url: text, 'app-id': text, out: text },
    })
  } catch (error) {
    throw new SetupError(`${(error as Error).message}. Example: ${EXAMPLES[platform]}`, {
      cause: error,
    })
  }
}

/** An https address without a slash at its end: both platforms refuse plain http. */
function webAddress(
  value: string | undefined,
  name: string,
  platform: Options['platform'],
): string {
  if (value === undefined || !URL.canParse(value) || new URL(value).protocol !== 'https:')
    throw new SetupError(
      `${name} ${value ?? ''}: expected an https address. Example: ${EXAMPLES[platform]}`,
    )
  return value.replace(/\/+$/, '')
}
