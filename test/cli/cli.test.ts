import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { beforeAll, describe, expect, it } from 'vitest'
import { readOptions } from '../../src/cli/demo.ts'
import { answerIn, moodOf, seeded } from '../../src/cli/mood.ts'
import { startSlack } from '../../src/simulator/slack.ts'
import { atTheEnd, ownDir } from '../ends.ts'
import { SECRET } from '../helpers.ts'

const CLI = path.resolve('src/cli/groupwell.ts')
type Line = {
  at: string
  platform: string
  audience: string
  person: string
  kind: string
  notification: string | null
  text: string
  payload: unknown
}

async function demo(
  ...args: string[]
): Promise<{ code: number | null; lines: Line[]; raw: string; ms: number }> {
  const startedAt = performance.now()
  const child = spawn(process.execPath, [CLI, 'demo', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'close') as Promise<[number | null]>
  const raw = await text(child.stdout)
  const [code] = await ended
  const lines = args.includes('--json')
    ? raw
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Line)
    : []
  return { code, lines, raw, ms: performance.now() - startedAt }
}

describe('npm run demo', () => {
  let played: Awaited<ReturnType<typeof demo>>
  const textOf = (platform: string, kind: string) =>
    played.lines.find((line) => line.platform === platform && line.kind === kind)?.text ?? ''

  beforeAll(async () => {
    played = await demo('--answers', 'slack=4,teams=6', '--seed', '7', '--json')
  })

  it('plays a week of two groups in under a minute and ends well', () => {
    expect(played.code).toBe(0)
    expect(played.ms).toBeLessThan(60_000)
  })

  it('shows every kind of message on both platforms', () => {
    const kinds = (platform: string) => [
      ...new Set(
        played.lines.filter((line) => line.platform === platform).map((line) => line.kind),
      ),
    ]
    for (const platform of ['slack', 'teams']) {
      expect(kinds(platform)).toEqual(
        expect.arrayContaining([
          'welcome',
          'reminder',
          'check-in',
          'check-in-form',
          'thanks',
          'summary',
          'digest-notice',
          'digest',
        ]),
      )
      expect(
        played.lines.filter((line) => line.platform === platform && line.kind === 'reminder'),
      ).toHaveLength(18)
    }
    expect(
      played.lines.every((line) => ['dm', 'private', 'channel', 'form'].includes(line.audience)),
    ).toBe(true)
    expect(played.lines.map((line) => line.at)).toEqual(
      played.lines.map((line) => line.at).toSorted(),
    )
  })

  it('hides the summary where too few answered, and shows it where enough did', () => {
    expect(textOf('slack', 'summary')).toContain('Not enough answers to show results safely.')
    expect(textOf('slack', 'digest')).toContain('Result: not shown, too few answers')
    expect(textOf('teams', 'summary')).toContain('Group climate: ')
    expect(textOf('teams', 'digest')).toContain('Who answered: most of the group')
  })

  it('follows its arguments the other way round as well', async () => {
    const other = await demo('--answers', 'slack=8,teams=5', '--json')
    const summary = (platform: string) =>
      other.lines.find((line) => line.platform === platform && line.kind === 'summary')?.text
    expect(summary('slack')).toContain('Group climate: ')
    expect(summary('teams')).toContain('Not enough answers')
  })

  it('gives the payload as it left for the API, and a lock screen that says time and alias only', () => {
    for (const line of played.lines.filter(({ audience }) => audience === 'dm')) {
      const payload = line.payload as { text?: string; summary?: string }
      expect(line.notification).toBe(line.platform === 'slack' ? payload.text : payload.summary)
      expect(line.notification).not.toMatch(/therap|climate|mostly|help now/i)
    }
  })

  it('prints the same as text for people', async () => {
    const { code, raw } = await demo('--seed', '3')
    expect(code).toBe(0)
    expect(raw).toContain('lock screen: Your weekly digest is ready.')
    expect(raw).toMatch(/Group climate: (mostly|in the middle|answers)/)
  })

  it('lets the seed say how the week was', () => {
    expect([0.1, 0.3, 0.9].map(moodOf)).toEqual([1.7, 3, 4.3])
    expect([0, 0.5, 0.99].map((drawn) => answerIn(4.3, drawn))).toEqual([3, 4, 5])
    expect(
      new Set(Array.from({ length: 30 }, (_, index) => index).map((seed) => moodOf(seeded(seed)())))
        .size,
    ).toBe(3)
  })

  it('ends quietly when its reader stops reading', () => {
    const { status, stderr } = spawnSync(
      'sh',
      ['-c', `"${process.execPath}" "${CLI}" demo | head -n 3`],
      {
        encoding: 'utf8',
      },
    )
    expect([status, stderr]).toEqual([0, ''])
  })

  it.each([
    [['--answers', 'slack=9'], /--answers slack=9: expected slack=0 to slack=8/],
    [['--answers', 'zoom=1'], /--answers zoom=1: expected/],
    [['--seed', 'x'], /--seed x: expected a whole number/],
    [['--loud'], /Example: npm run demo/],
  ])('refuses %j in words', (args, expected) => {
    expect(() => readOptions(args)).toThrow(expected)
  })
})

describe('npm start with credentials', () => {
  it('is the real service: it serves its workspace, finishes what it has acknowledged, and stops when told', async () => {
    const dir = ownDir()
    const people = [{ id: 'UADMIN', name: 'Admin', language: 'en-GB', timeZone: 'UTC' }]
    const workspace = { teamId: 'T0REAL', teamName: 'Real', botToken: 'xoxb-real', people }
    const app = {
      signingSecret: 'a signing secret of some length',
      scopes: [],
      events: [],
      workspaces: [workspace],
    }
    const slack = await startSlack(app, () => new Date())
    atTheEnd(() => slack.close())
    const env = {
      PATH: process.env.PATH,
      NODE_ENV: 'production',
      DATA_DIR: path.join(dir, 'data'),
      KEY_DIR: path.join(dir, 'keys'),
      PORT: '0',
      GROUPWELL_SECRET: SECRET,
      ORGANISATION_COUNTRY: 'DE',
      SLACK_SIGNING_SECRET: app.signingSecret,
      SLACK_BOT_TOKEN: workspace.botToken,
      SLACK_FIRST_ADMIN: 'UADMIN',
      SLACK_API_URL: slack.apiUrl,
    }
    const child = spawn(process.execPath, [CLI, 'start'], {
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    // Nothing to it when it has stopped by itself, as it should.
    atTheEnd(async () => void child.kill('SIGKILL'))
    const started = Promise.withResolvers<number>()
    let log = ''
    child.stderr.on('data', (chunk: Buffer) => {
      log += chunk.toString()
      const port = /"event":"started","port":(\d+)/.exec(log)?.[1]
      if (port) started.resolve(Number(port))
    })
    slack.connectTo(`http://127.0.0.1:${await started.promise}`)
    const running = slack.type('UADMIN', 'help')
    child.kill('SIGTERM')
    // Either it was taken and answered, or it was not taken at all; never half.
    const answered = await running.then(
      ({ status }) => status,
      () => 'not taken',
    )
    expect([200, 'not taken']).toContain(answered)
    const [code, signal] = (await once(child, 'exit')) as [number | null, string | null]
    expect([code, signal, code === 0 ? '' : log]).toEqual([0, null, ''])
    expect(log).toContain('"event":"stopped"')
  })
})

describe('the other commands', () => {
  const groupwell = (args: string[], env: Record<string, string>) =>
    spawnSync(process.execPath, [CLI, ...args], {
      env: { PATH: process.env.PATH, ...env },
      encoding: 'utf8',
    })

  it('migrate the store, and say when there is nothing to do', () => {
    const dir = ownDir()
    const env = { DATA_DIR: path.join(dir, 'data'), KEY_DIR: path.join(dir, 'keys') }
    expect(groupwell(['migrate'], env).stdout).toMatch(
      /Applied \d{14}_init.* in \d+\.\d s\.\nThe embedded store is up to date\./,
    )
    expect(groupwell(['migrate'], env).stdout).toContain('nothing to do')
    // The log is chained with the secret.
    const unkeyed = groupwell(['audit', 'verify'], env)
    expect([unkeyed.status, unkeyed.stderr]).toEqual([
      2,
      expect.stringContaining('GROUPWELL_SECRET: needed'),
    ])
    const keyed = groupwell(['audit', 'verify'], { ...env, GROUPWELL_SECRET: SECRET })
    expect([keyed.status, keyed.stderr]).toEqual([0, expect.stringContaining('nothing to check')])
    expect(fs.existsSync(path.join(dir, 'data', 'pg'))).toBe(true)
  })

  it('say whose the store is, and refuse what is no organisation, workspace or word', () => {
    const dir = ownDir()
    const env = { DATA_DIR: path.join(dir, 'data'), KEY_DIR: path.join(dir, 'keys') }
    const said = (...args: string[]) => {
      const { status, stdout, stderr } = groupwell(args, env)
      return [status, stdout + stderr]
    }
    const nobody = 'Nobody has started Groupwell on this store yet'
    expect(said('organisation', '--name', 'Clinic')).toEqual([2, expect.stringContaining(nobody)])
    expect(said('keys', 'adopt')).toEqual([2, expect.stringContaining(nobody)])
    expect(said('organisation', '--country', 'xx')).toEqual([
      2,
      expect.stringContaining('two capital letters'),
    ])
    expect(said('workspace', 'add', 'zoom', 'T0')).toEqual([
      2,
      expect.stringContaining('expected add, slack or teams'),
    ])
    expect(said('keys', 'lose')).toEqual([2, expect.stringContaining('expected adopt')])
  })

  it('say in one line that a database is not there, never with its password', () => {
    const of = (url: string) => groupwell(['migrate'], { DATABASE_URL: url })
    const away = of('postgresql://root:hidden-word@127.0.0.1:1/groupwell')
    expect([away.status, away.stderr]).toEqual([
      2,
      'DATABASE_URL: no connection to 127.0.0.1:1/groupwell: connect ECONNREFUSED 127.0.0.1:1\n',
    ])
    const nowhere = of('postgresql://root:hidden-word@nowhere.invalid/groupwell')
    expect(nowhere.status).toBe(2)
    expect(nowhere.stderr.trim().split('\n')).toHaveLength(1)
    expect(nowhere.stderr).not.toContain('hidden-word')
  })

  it('can be run by their name from a fresh checkout', () => {
    expect(fs.statSync(CLI).mode & 0o111).not.toBe(0)
  })

  it('write both platforms’ manifests for an address, and refuse what is none', () => {
    const dir = ownDir()
    const made = groupwell(['manifest', 'slack', '--url', 'https://groupwell.clinic.example/'], {})
    expect(JSON.parse(made.stdout).settings.interactivity.request_url).toBe(
      'https://groupwell.clinic.example/slack/events',
    )
    const out = path.join(dir, 'app.zip')
    const args = [
      '--app-id',
      '11111111-2222-4333-8444-555555555555',
      '--url',
      'https://groupwell.clinic.example',
      '--out',
      out,
    ]
    expect(groupwell(['manifest', 'teams', ...args], {}).status).toBe(0)
    expect(fs.statSync(out).size).toBeGreaterThan(1_000)
    expect(groupwell(['manifest', 'slack', '--url', 'http://plain.example'], {}).stderr).toContain(
      'expected an https address',
    )
    expect(groupwell(['manifest', 'teams', '--url', 'https://x.example'], {}).stderr).toContain(
      'expected the bot',
    )
    expect(groupwell(['manifest', 'zoom'], {}).stderr).toContain('expected slack or teams')
  })

  it('refuse wrong settings in words, without a stack', () => {
    expect(groupwell(['start', '--loud'], {}).stderr).toContain(
      'Example: npm start -- --allow-unauthenticated-teams',
    )
    expect(
      groupwell(['start'], { DATABASE_URL: 'postgresql://x@localhost/real' }).stderr,
    ).toContain('the demo keeps to a store of its own')
    const { status, stderr } = groupwell(['start'], { SLACK_BOT_TOKEN: 'xoxb-1' })
    expect(status).toBe(2)
    expect(stderr).toContain('SLACK_SIGNING_SECRET: needed together with SLACK_BOT_TOKEN')
    expect(stderr).not.toContain('    at ')
    expect(groupwell(['dance'], {}).stderr).toContain(
      'expected one of start, demo, migrate, organisation, keys, workspace, audit, question-set',
    )
  })
})
