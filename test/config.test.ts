import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { readConfig } from '../src/config.ts'
import { createLog } from '../src/log.ts'
import { ownDir } from './ends.ts'
import { SECRET } from './helpers.ts'

const ID = '11111111-2222-4333-8444-555555555555'
const SLACK = {
  SLACK_SIGNING_SECRET: 'x'.repeat(32),
  SLACK_BOT_TOKEN: 'xoxb-1',
  SLACK_FIRST_ADMIN: 'U012AB3CD',
  GROUPWELL_SECRET: SECRET,
  ORGANISATION_COUNTRY: 'DE',
}
const TEAMS = {
  MICROSOFT_APP_ID: ID,
  MICROSOFT_APP_PASSWORD: 'secret',
  MICROSOFT_APP_TENANT_ID: ID,
  TEAMS_FIRST_ADMIN: ID,
  GROUPWELL_SECRET: SECRET,
  ORGANISATION_COUNTRY: 'DE',
}

describe('the settings', () => {
  it('are not needed for the demo', () => {
    const config = readConfig({})
    expect([config.slack, config.teams, config.store.url]).toEqual([null, null, null])
  })
  it('take one platform alone, or both', () => {
    expect(readConfig(SLACK).slack?.firstAdmin).toBe('U012AB3CD')
    expect(readConfig(TEAMS).teams?.tenantId).toBe(ID)
    expect(readConfig({ ...SLACK, ...TEAMS }).slack).not.toBeNull()
  })
  it('cannot be changed afterwards', () => {
    const config = readConfig({})
    expect(Object.isFrozen(config) && Object.isFrozen(config.http)).toBe(true)
  })
  it.each([
    [
      'half a Slack',
      { SLACK_BOT_TOKEN: 'xoxb-1' },
      /SLACK_SIGNING_SECRET: needed together with SLACK_BOT_TOKEN\. Example:/,
    ],
    [
      'half a Teams',
      { ...TEAMS, MICROSOFT_APP_PASSWORD: undefined },
      /MICROSOFT_APP_PASSWORD: needed together with MICROSOFT_APP_ID/,
    ],
    [
      'an empty Microsoft app id',
      { ...TEAMS, MICROSOFT_APP_ID: '' },
      /MICROSOFT_APP_ID: .*Example: 1111/,
    ],
    [
      'an empty Microsoft password',
      { ...TEAMS, MICROSOFT_APP_PASSWORD: '' },
      /MICROSOFT_APP_PASSWORD/,
    ],
    [
      'an unknown app type',
      { ...TEAMS, MICROSOFT_APP_TYPE: 'MultiTenant' },
      /MICROSOFT_APP_TYPE: .*Example: SingleTenant/,
    ],
    [
      'an empty signing secret',
      { ...SLACK, SLACK_SIGNING_SECRET: '' },
      /SLACK_SIGNING_SECRET: at least 16 characters/,
    ],
    [
      'a token that is none',
      { ...SLACK, SLACK_BOT_TOKEN: 'abc' },
      /SLACK_BOT_TOKEN: a bot token\. Example: xoxb/,
    ],
    [
      'credentials without a secret',
      { ...SLACK, GROUPWELL_SECRET: undefined },
      /GROUPWELL_SECRET: needed with credentials/,
    ],
    [
      'credentials without a country',
      { ...SLACK, ORGANISATION_COUNTRY: undefined },
      /ORGANISATION_COUNTRY: needed with credentials/,
    ],
    [
      'production without credentials',
      { NODE_ENV: 'production' },
      /at least one platform is needed/,
    ],
    ['a port that is none', { PORT: 'abc' }, /PORT: .*Example: 3000/],
    [
      'a database that is not Postgres',
      { DATABASE_URL: 'mysql://x' },
      /DATABASE_URL: a postgresql:\/\/ address\. Example: postgresql/,
    ],
    ['an unknown log level', { LOG_LEVEL: 'loud' }, /LOG_LEVEL/],
  ])('refuse %s, naming what was expected and an example', (_name, environment, expected) => {
    expect(() => readConfig(environment)).toThrow(expected)
  })
  it.each([
    ['the same', 'a', 'a'],
    ['keys inside the data', 'a', 'a/keys'],
    ['data inside the keys', 'a/b/data', 'a/b'],
    ['a link that hides it', 'a', 'link/keys'],
  ])('refuse KEY_DIR and DATA_DIR that are %s', (_name, data, keys) => {
    const dir = ownDir()
    fs.mkdirSync(path.join(dir, 'a'))
    fs.symlinkSync(path.join(dir, 'a'), path.join(dir, 'link'))
    expect(() =>
      readConfig({ DATA_DIR: path.join(dir, data), KEY_DIR: path.join(dir, keys) }),
    ).toThrow(/KEY_DIR .* and DATA_DIR/)
    expect(() =>
      readConfig({ DATA_DIR: path.join(dir, 'a'), KEY_DIR: path.join(dir, 'ab') }),
    ).not.toThrow()
  })
})

describe('the log', () => {
  it('redacts secrets and forbidden keys, and keeps only the last line of an error', () => {
    const lines: string[] = []
    const log = createLog(
      'debug',
      (line) => lines.push(line),
      () => new Date(0),
    )
    const error = new Error(
      'Invalid invocation:\nvalues: Anna\nrejected xoxb-12345-abc by postgresql://u:p@h/db',
      {
        cause: new Error(`Bearer abc.def ${'A'.repeat(60)}`),
      },
    )
    log.error('failed', error, { alias: 'Tuesday group', token: 'x', verb: 'new' })
    log.debug('x', { answers: 3 })
    const text = lines.join('\n')
    expect(text).not.toMatch(/Anna|xoxb-1|u:p@h|abc\.def|AAAA|Tuesday/)
    expect(text).toContain('"verb":"new"')
    expect(text).toContain('"answers":"[redacted]"')
  })
  it('says the same trouble twenty times a minute, and then how often it did not', () => {
    const lines: string[] = []
    let now = 0
    const log = createLog(
      'debug',
      (line) => lines.push(line),
      () => new Date(now),
    )
    const away = () => log.error('tick.failed', new Error('the store is away'))
    for (let times = 0; times < 1_000; times += 1) away()
    // Another trouble is told meanwhile, and what is none is never held back.
    log.error('tick.failed', new Error('something else'))
    for (let times = 0; times < 30; times += 1) log.info('delivery', {})
    expect(lines.filter((line) => line.includes('the store is away'))).toHaveLength(20)
    expect(lines.filter((line) => line.includes('something else'))).toHaveLength(1)
    expect(lines.filter((line) => line.includes('delivery'))).toHaveLength(30)
    now = 60_000
    away()
    away()
    expect(lines.slice(-2).map((line) => JSON.parse(line).unsaid)).toEqual([980, undefined])
    // A clock that was set back silences nothing.
    now = -60_000
    log.warn('slow', { reason: 'x' })
    away()
    expect(JSON.parse(lines.at(-1) ?? '{}')).toMatchObject({ event: 'tick.failed' })
  })

  it('tells the message of a plain object that a library throws', () => {
    const lines: string[] = []
    createLog(
      'debug',
      (line) => lines.push(line),
      () => new Date(0),
    ).error('queue', { message: 'no connection with xoxb-12345-abc' })
    expect(JSON.parse(lines[0] ?? '{}')).toMatchObject({
      error: 'object',
      message: 'no connection with [redacted]',
    })
  })

  it('keeps quiet below its level', () => {
    const lines: string[] = []
    createLog(
      'warn',
      (line) => lines.push(line),
      () => new Date(0),
    ).info('x')
    expect(lines).toEqual([])
  })
})
