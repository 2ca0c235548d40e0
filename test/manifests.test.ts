import fs from 'node:fs'
import { Ajv } from 'ajv'
import AjvDraft04 from 'ajv-draft-04'
import { unzipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { teamsPackage } from '../src/cli/manifest.ts'
import { LANGUAGES } from '../src/content/load.ts'
import { parseTyped } from '../src/door/registry.ts'
import { METHODS } from '../src/simulator/slack/methods.ts'
import { lastSeen } from '../src/simulator/workspace.ts'
import { readSources } from './architecture.ts'
import { answer, CLOSES, moveTo, press, SESSION, setUpGroup, startWorld } from './helpers.ts'

type Json = Record<string, unknown>
const readJson = (file: string | URL): Json => JSON.parse(fs.readFileSync(file, 'utf8')) as Json

const slack = readJson('manifests/slack/manifest.json') as {
  display_information: { name: string; description: string; long_description: string }
  features: {
    bot_user: { display_name: string }
    slash_commands: { command: string; url: string }[]
  }
  oauth_config: { scopes: { bot: string[] } }
  settings: {
    event_subscriptions: { request_url: string; bot_events: string[] }
    interactivity: { request_url: string }
  }
}
const teams = readJson('manifests/teams/manifest.json') as {
  manifestVersion: string
  icons: { color: string; outline: string }
  developer: { websiteUrl: string; privacyUrl: string; termsOfUseUrl: string }
  localizationInfo: {
    defaultLanguageTag: string
    additionalLanguages: { languageTag: string; file: string }[]
  }
  bots: [
    {
      supportsTargetedMessages: boolean
      commandLists: {
        scopes: string[]
        triggers?: string[]
        commands: { title: string; description: string }[]
      }[]
    },
  ]
}
const granted = slack.oauth_config.scopes.bot

describe('the Slack manifest', () => {
  const SCHEMA = '../shared/data/slack-manifest.schema.2.0.0.json'

  it.skipIf(!fs.existsSync(SCHEMA))(
    'is valid against Slack’s own schema, which refuses a word too many (control)',
    () => {
      const validate = new Ajv({ strict: false, validateFormats: false }).compile(readJson(SCHEMA))
      expect([validate(slack), validate.errors]).toEqual([true, null])
      expect(validate({ ...slack, extra: 1 })).toBe(false)
    },
  )

  it('keeps to the lengths and letters that the schema does not check', () => {
    expect(slack.features.bot_user.display_name).toMatch(/^[a-z0-9-_.]{1,80}$/)
    expect(slack.display_information.name.length).toBeLessThanOrEqual(35)
    expect(slack.display_information.description.length).toBeLessThanOrEqual(140)
    expect(slack.display_information.long_description.length).toBeLessThanOrEqual(4_000)
    expect(slack.features.slash_commands.map(({ command }) => command)).toEqual(['/group'])
  })

  it('sends everything to the one address that serves Slack', () => {
    const urls = [
      slack.features.slash_commands[0]?.url,
      slack.settings.event_subscriptions.request_url,
      slack.settings.interactivity.request_url,
    ]
    expect(new Set(urls)).toEqual(new Set(['https://groupwell.example.org/slack/events']))
  })

  it('asks for the scopes and events that the code uses: none missing, none too many', () => {
    const code = readSources('src/slack')
      .map(({ text }) => text)
      .join('\n')
    const { scopes, events } = derive(code)
    expect(scopes).toEqual([...granted].sort())
    expect(events).toEqual(slack.settings.event_subscriptions.bot_events)
  })

  it('would be found to ask for too little by one call more (control)', () => {
    const { scopes, events } = derive(
      "client.users.list({})\napp.event('app_uninstalled', f)\napp.command(/x/, f)",
    )
    expect(scopes).toEqual(['commands', 'users:read'])
    expect(events).toEqual(['app_uninstalled'])
  })

  it.each(['chat:write', 'im:write', 'users:read'])(
    'needs %s: without it the main job is refused',
    async (scope) => {
      const world = await startWorld({ scopes: granted.filter((known) => known !== scope) })
      await setUpGroup(world).catch(() => undefined)
      const refused = world.slack.journal.requests.filter(({ error }) => error === 'missing_scope')
      expect(refused.length).toBeGreaterThan(0)
    },
  )

  it('needs commands: without it nobody can type', async () => {
    const world = await startWorld({ scopes: granted.filter((known) => known !== 'commands') })
    await expect(world.slack.type('UADMIN', 'help')).rejects.toThrow('no slash command')
  })

  it('is enough: with it the week is refused nothing', async () => {
    const world = await startWorld()
    await setUpGroup(world)
    await moveTo(world, SESSION.endsAt)
    for (const member of world.casts.slack.members) await answer(world, 'slack', member, '4')
    await moveTo(world, CLOSES)
    await world.slack.type('UFACILITATOR', 'summary')
    await world.slack.openHome('UFACILITATOR')
    await moveTo(world, new Date('2026-03-09T07:00:00Z'))
    await press(
      world.slack,
      lastSeen(world.slack.journal, 'USUPERVISOR', 'digest-notice'),
      'digest',
    )
    const called = new Set(world.slack.journal.requests.map(({ method }) => method))
    expect([...called].sort()).toEqual([
      'auth.test',
      'chat.postMessage',
      'conversations.open',
      'users.info',
      'views.open',
      'views.publish',
    ])
    expect(world.slack.journal.requests.filter(({ error }) => error !== null)).toEqual([])
  })

  it('has a reason written down for each scope and event', () => {
    const guide = fs.readFileSync('docs/install.md', 'utf8')
    for (const name of [...granted, ...slack.settings.event_subscriptions.bot_events])
      expect(guide).toMatch(new RegExp(`\\| \`${name}\` \\| .{20,}`))
  })
})

/** Only private channels are looked at. */
const BY_ARGUMENT: Readonly<Record<string, string>> = { 'conversations.info': 'groups:read' }

/** The scopes and events that a piece of Slack code asks for, read from what it calls. */
function derive(code: string): { scopes: string[]; events: string[] } {
  const calls = [...code.matchAll(/\bclient\.(\w+\.\w+)\(/g)].map(([, name = '']) => name)
  const scopes = calls.flatMap((name) => {
    const scope = METHODS[name]?.scope
    if (scope === undefined) throw new Error(`the simulator does not know ${name}`)
    const known = BY_ARGUMENT[name]
    if (typeof scope === 'function' && known) return [known]
    if (typeof scope === 'function')
      throw new Error(`${name} asks for a scope by its arguments: say which`)
    return scope === null ? [] : [scope]
  })
  const events = [...code.matchAll(/\bapp\.event\('(\w+)'/g)].map(([, name = '']) => name)
  const typed = /\bapp\.command\(/.test(code) ? ['commands'] : []
  return { scopes: [...new Set([...scopes, ...typed])].sort(), events }
}

describe('the Teams manifest', () => {
  const schemaOf = (version: string) =>
    readJson(
      `node_modules/@microsoft/app-manifest/build/json-schemas/teams/v${version}/MicrosoftTeams.schema.json`,
    )
  const validatorOf = (version: string) =>
    new AjvDraft04.default({ strict: false, validateFormats: false }).compile(schemaOf(version))

  it('is valid against Microsoft’s own schema, and needs one that knows targeted messages (control)', () => {
    const validate = validatorOf(teams.manifestVersion)
    expect([validate(teams), validate.errors]).toEqual([true, null])
    expect(validatorOf('1.30')({ ...teams, manifestVersion: '1.30' })).toBe(true)
    expect(validatorOf('1.28')({ ...teams, manifestVersion: '1.28' })).toBe(false)
  })

  it('offers private slash commands and mentions in teams, and the plain words in its own chat', () => {
    const [bot] = teams.bots
    expect(bot.supportsTargetedMessages).toBe(true)
    expect(bot.commandLists.map(({ scopes, triggers }) => [scopes, triggers])).toEqual([
      [['personal'], undefined],
      [
        ['team', 'groupChat'],
        ['slash', 'mention'],
      ],
    ])
  })

  it('names twelve commands a scope at most, each of which the service understands', () => {
    for (const { commands } of teams.bots[0].commandLists) {
      expect(commands.length).toBeLessThanOrEqual(12)
      for (const { title, description } of commands) {
        const typed = parseTyped(title.replace(/^group /, ''))
        expect([title, typed?.rest]).toEqual([title, ''])
        expect(description.length).toBeGreaterThan(5)
      }
    }
  })

  it('has its words in every language that the service speaks, by the same schema', () => {
    const file = `node_modules/@microsoft/app-manifest/build/json-schemas/teams/v${teams.manifestVersion}/MicrosoftTeams.Localization.schema.json`
    // Its patterns leave a bracket bare, which expressions with Unicode do not take.
    const schema = fs.readFileSync(file, 'utf8').replaceAll('\\\\b]', '\\\\b\\\\]')
    const validate = new AjvDraft04.default({ strict: false, validateFormats: false }).compile(
      JSON.parse(schema) as Json,
    )
    const { defaultLanguageTag, additionalLanguages } = teams.localizationInfo
    expect([
      defaultLanguageTag,
      ...additionalLanguages.map(({ languageTag }) => languageTag),
    ]).toEqual(LANGUAGES.map(({ id }) => id))
    for (const { file } of additionalLanguages) {
      const words = readJson(`manifests/teams/${file}`)
      expect([validate(words), validate.errors]).toEqual([true, null])
      for (const [list, { commands }] of teams.bots[0].commandLists.entries())
        for (const [index, { title, description }] of commands.entries()) {
          const at = `bots[0].commandLists[${list}].commands[${index}]`
          // The words to type are the same everywhere.
          expect(words[`${at}.title`]).toBe(title)
          expect(words[`${at}.description`]).not.toBe(description)
          expect(String(words[`${at}.description`]).length).toBeLessThanOrEqual(128)
        }
    }
  })

  it('leads to three pages of the service, each another one, in the reader’s language', async () => {
    const world = await startWorld()
    const { websiteUrl, privacyUrl, termsOfUseUrl } = teams.developer
    const paths = [websiteUrl, privacyUrl, termsOfUseUrl].map((url) => new URL(url).pathname)
    expect(new Set(paths).size).toBe(3)
    for (const language of ['en', 'es-MX,es;q=0.9', 'xx'])
      for (const at of paths) {
        const url = `http://127.0.0.1:${world.app.port}${at}`
        const response = await fetch(url, { headers: { 'accept-language': language } })
        const page = await response.text()
        expect(response.status).toBe(200)
        expect(page).toContain(`<html lang="${language.startsWith('es') ? 'es' : 'en'}`)
        expect(page).not.toContain('<script')
        expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
        if (at !== '/about') expect(page).toContain('Demo organisation')
      }
    expect(
      (await fetch(`http://127.0.0.1:${world.app.port}/about`, { method: 'POST' })).status,
    ).toBe(405)
    await world.end()
  })

  it.each([
    ['color', 192],
    ['outline', 32],
  ] as const)('has its %s icon of %d pixels', (kind, size) => {
    const png = fs.readFileSync(`manifests/teams/${teams.icons[kind]}`)
    expect(png.subarray(1, 4).toString()).toBe('PNG')
    // IHDR: width, height, depth, colour type (6 has transparency, 2 has none).
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([size, size])
    if (kind === 'outline') expect(png[25]).toBe(6)
  })

  it('is packed with the bot’s id and its icons', () => {
    const id = '11111111-2222-4333-8444-555555555555'
    const files = unzipSync(teamsPackage(id, 'https://clinic.example'))
    expect(Object.keys(files).sort()).toEqual([
      'color.png',
      'es.json',
      'manifest.json',
      'outline.png',
    ])
    const packed = JSON.parse(Buffer.from(files['manifest.json'] ?? []).toString()) as {
      id: string
      bots: { botId: string }[]
    }
    expect([packed.id, packed.bots[0]?.botId]).toEqual([id, id])
    expect(JSON.stringify(packed)).not.toContain('example.org')
    expect(validatorOf(teams.manifestVersion)(packed)).toBe(true)
  })
})
