import fs from 'node:fs'
import path from 'node:path'
import { z } from 'zod'
import { SetupError } from './errors.ts'
import type { LogLevel } from './log.ts'

/** How Slack is reached, or null when it is not set up. `firstAdmin` is a user id. */
type SlackConfig = {
  signingSecret: string
  botToken: string
  firstAdmin: string
  apiUrl: string
}
/** How Teams is reached, or null. `firstAdmin` is an Entra object id. */
/** Microsoft's clouds that Teams is served in (teams/clouds.ts). */
const CLOUD_NAMES = ['public', 'gcc', 'gcchigh', 'dod'] as const
export type CloudName = (typeof CLOUD_NAMES)[number]

type TeamsConfig = {
  appId: string
  appPassword: string
  appType: 'SingleTenant'
  tenantId: string
  firstAdmin: string
  cloud: CloudName
  /** The library that verifies what comes in. */
  transport: 'botbuilder' | 'teams-apps'
}

export type Config = Readonly<{
  isProduction: boolean
  http: Readonly<{ host: string; port: number; publicUrl: string | null }>
  /** Null `url`: the embedded store in `dataDir`. `migratesApart`: a start changes no schema. */
  store: Readonly<{ url: string | null; dataDir: string; migratesApart?: boolean }>
  /** Null `secret`: none was given. */
  ballot: Readonly<{ keyDir: string; secret: string | null }>
  /** Where a site's own question sets and help lines are; null: none. */
  content: Readonly<{ questionSetDir: string | null; helpLinesFile: string | null }>
  /** Null `country`: none was given (the demo's own is used). */
  organisation: Readonly<{ name: string; country: string | null }>
  slack: Readonly<SlackConfig> | null
  teams: Readonly<TeamsConfig> | null
  log: Readonly<{ level: LogLevel }>
}>

const SLACK = ['SLACK_SIGNING_SECRET', 'SLACK_BOT_TOKEN', 'SLACK_FIRST_ADMIN'] as const
const TEAMS = [
  'MICROSOFT_APP_ID',
  'MICROSOFT_APP_PASSWORD',
  'MICROSOFT_APP_TENANT_ID',
  'TEAMS_FIRST_ADMIN',
] as const

/** The expected form of each setting, for the message that refuses another. */
const EXAMPLES: Record<string, string> = {
  PORT: '3000',
  PUBLIC_URL: 'https://groupwell.your.org',
  DATABASE_URL: 'postgresql://groupwell@localhost:5432/groupwell',
  SLACK_SIGNING_SECRET: 'the 32 hexadecimal digits under “Basic Information”',
  SLACK_BOT_TOKEN: 'xoxb-…',
  SLACK_FIRST_ADMIN: 'U012AB3CD',
  MICROSOFT_APP_ID: '11111111-2222-3333-4444-555555555555',
  MICROSOFT_APP_PASSWORD: 'the client secret’s value',
  MICROSOFT_APP_TENANT_ID: '11111111-2222-3333-4444-555555555555',
  MICROSOFT_APP_TYPE: 'SingleTenant',
  TEAMS_FIRST_ADMIN: '11111111-2222-3333-4444-555555555555',
  TEAMS_CLOUD: 'public',
  TEAMS_TRANSPORT: 'botbuilder',
  GROUPWELL_SECRET: '1:… (see .env.example)',
  ORGANISATION_COUNTRY: 'DE',
  LOG_LEVEL: 'info',
  MIGRATIONS: 'at-start',
}

const schema = z.object({
  NODE_ENV: z.string().default('development'),
  HOST: z.string().min(1).default('127.0.0.1'),
  PUBLIC_URL: z.url({ protocol: /^https$/, error: 'an https:// address' }).optional(),
  PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'a postgresql:// address')
    .optional(),
  DATA_DIR: z.string().min(1).default('.groupwell/data'),
  MIGRATIONS: z.enum(['at-start', 'apart']).default('at-start'),
  KEY_DIR: z.string().min(1).default('.groupwell/keys'),
  QUESTION_SET_DIR: z.string().min(1).default('.groupwell/question-sets'),
  HELP_LINES_FILE: z.string().min(1).optional(),
  GROUPWELL_SECRET: z.string().min(1).optional(),
  ORGANISATION_NAME: z.string().min(1).default('My organisation'),
  ORGANISATION_COUNTRY: z
    .string()
    .regex(/^[A-Z]{2}(-[A-Z0-9]{1,3})?$/, 'two capital letters, or a region such as GB-NIR')
    .optional(),
  SLACK_SIGNING_SECRET: z.string().min(16, 'at least 16 characters').optional(),
  SLACK_BOT_TOKEN: z
    .string()
    .regex(/^xox[be]-\S+$/, 'a bot token')
    .optional(),
  SLACK_FIRST_ADMIN: z
    .string()
    .regex(/^[UW][A-Z0-9]+$/, 'a Slack user id')
    .optional(),
  SLACK_API_URL: z.url().default('https://slack.com/api/'),
  MICROSOFT_APP_ID: z.uuid().optional(),
  MICROSOFT_APP_PASSWORD: z.string().min(1, 'not empty').optional(),
  MICROSOFT_APP_TENANT_ID: z.uuid().optional(),
  MICROSOFT_APP_TYPE: z.literal('SingleTenant').default('SingleTenant'),
  TEAMS_CLOUD: z
    .enum(CLOUD_NAMES, {
      error:
        'public, gcc, gcchigh or dod; Teams of 21Vianet (China) was never tried, and is not served',
    })
    .default('public'),
  TEAMS_TRANSPORT: z.enum(['botbuilder', 'teams-apps']).default('botbuilder'),
  TEAMS_FIRST_ADMIN: z.uuid().optional(),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
})

/**
 * Reads the environment. Throws SetupError that names every wrong setting, what was expected, and
 * an example. An empty value is wrong, never "not set": an empty Microsoft app id would turn the
 * SDK's authentication off.
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const parsed = schema.safeParse(environment)
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) =>
      complaint(String(issue.path[0]), issue.message),
    )
    throw new SetupError(lines.join('\n'))
  }
  const env = parsed.data
  const isProduction = env.NODE_ENV === 'production'
  const hasSlack = isWhole(env, SLACK)
  const hasTeams = isWhole(env, TEAMS)
  const hasPlatform = hasSlack || hasTeams
  if (isProduction && !hasPlatform) {
    throw new SetupError(
      `In production at least one platform is needed: ${SLACK.join(', ')} or ${TEAMS.join(', ')}. See .env.example.`,
    )
  }
  if (hasPlatform && !env.GROUPWELL_SECRET)
    throw new SetupError(complaint('GROUPWELL_SECRET', 'needed with credentials'))
  if (hasPlatform && !env.ORGANISATION_COUNTRY) {
    throw new SetupError(
      complaint('ORGANISATION_COUNTRY', 'needed with credentials: whose help lines members see'),
    )
  }
  refuseNesting(env.DATA_DIR, env.KEY_DIR)
  return deepFreeze({
    isProduction,
    http: { host: env.HOST, port: env.PORT, publicUrl: env.PUBLIC_URL?.replace(/\/$/, '') ?? null },
    store: {
      url: env.DATABASE_URL ?? null,
      dataDir: env.DATA_DIR,
      migratesApart: env.MIGRATIONS === 'apart',
    },
    ballot: { keyDir: env.KEY_DIR, secret: env.GROUPWELL_SECRET ?? null },
    content: { questionSetDir: env.QUESTION_SET_DIR, helpLinesFile: env.HELP_LINES_FILE ?? null },
    organisation: { name: env.ORGANISATION_NAME, country: env.ORGANISATION_COUNTRY ?? null },
    slack: hasSlack
      ? {
          signingSecret: env.SLACK_SIGNING_SECRET ?? '',
          botToken: env.SLACK_BOT_TOKEN ?? '',
          firstAdmin: env.SLACK_FIRST_ADMIN ?? '',
          apiUrl: env.SLACK_API_URL,
        }
      : null,
    teams: hasTeams
      ? {
          appId: env.MICROSOFT_APP_ID ?? '',
          appPassword: env.MICROSOFT_APP_PASSWORD ?? '',
          appType: env.MICROSOFT_APP_TYPE,
          tenantId: env.MICROSOFT_APP_TENANT_ID ?? '',
          firstAdmin: env.TEAMS_FIRST_ADMIN ?? '',
          cloud: env.TEAMS_CLOUD,
          transport: env.TEAMS_TRANSPORT,
        }
      : null,
    log: { level: env.LOG_LEVEL },
  })
}

/**
 * The settings of commands that only touch the store: platforms' credentials are neither needed nor
 * looked at.
 */
export function readStoreConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const { DATABASE_URL, DATA_DIR, KEY_DIR, QUESTION_SET_DIR, GROUPWELL_SECRET, MIGRATIONS } =
    environment
  const store = { DATABASE_URL, DATA_DIR, MIGRATIONS }
  return readConfig({ ...store, KEY_DIR, QUESTION_SET_DIR, GROUPWELL_SECRET })
}

/** All of a platform's settings, or none. Throws SetupError for some. */
function isWhole(env: Record<string, unknown>, names: readonly string[]): boolean {
  const missing = names.filter((name) => env[name] === undefined)
  if (missing.length === names.length) return false
  if (missing.length === 0) return true
  throw new SetupError(
    missing
      .map((name) =>
        complaint(name, `needed together with ${names.find((other) => env[other] !== undefined)}`),
      )
      .join('\n'),
  )
}

function complaint(name: string, expected: string): string {
  return `${name}: ${expected}. Example: ${EXAMPLES[name] ?? 'see .env.example'}`
}

/**
 * A backup of one directory must never hold the other's keys. Links are followed, so that no link
 * hides the nesting.
 */
function refuseNesting(dataDir: string, keyDir: string): void {
  const data = realPath(dataDir)
  const keys = realPath(keyDir)
  if (data === keys || isInside(data, keys) || isInside(keys, data)) {
    throw new SetupError(
      `KEY_DIR (${keyDir}) and DATA_DIR (${dataDir}): expected two directories side by side, because a backup of the data must not hold the keys. Example: DATA_DIR=.groupwell/data KEY_DIR=.groupwell/keys`,
    )
  }
}

const isInside = (inner: string, outer: string): boolean => inner.startsWith(outer + path.sep)

function realPath(directory: string): string {
  const whole = path.resolve(directory)
  if (fs.existsSync(whole)) return fs.realpathSync(whole)
  return path.join(realPath(path.dirname(whole)), path.basename(whole))
}

function deepFreeze<T extends object>(value: T): T {
  for (const part of Object.values(value))
    if (typeof part === 'object' && part !== null) deepFreeze(part)
  return Object.freeze(value)
}

/** Where rows live: a server, or a directory of this machine. */
export function storeSettings({ url, dataDir, migratesApart = false }: Config['store']) {
  const mayMigrate = !migratesApart
  return url
    ? ({ kind: 'postgres', url, mayMigrate } as const)
    : ({ kind: 'embedded', directory: path.resolve(dataDir), mayMigrate } as const)
}
