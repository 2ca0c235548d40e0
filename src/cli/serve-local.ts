import fs from 'node:fs'
import path from 'node:path'
import type { Config } from '../config.ts'
import { DAY_MS, plus } from '../domain/time.ts'
import { messageOf, SetupError } from '../errors.ts'
import { listenForStop } from '../main.ts'
import { keepMemory, readStory } from '../simulator/memory.ts'
import { startPage } from '../simulator/page/server.ts'
import { type Local, localSecret, settableClock, startLocal } from './local.ts'
import { createStage } from './stage.ts'
import { type Plot, type Progress, tell } from './story.ts'

/** Weeks that have already been when somebody opens the demo: enough for results to be compared. */
const HISTORY_WEEKS = 6
const ZONE = 'Europe/Berlin'
const SECOND_MS = 1_000

type Telling = { progress: Progress | null; trouble: string | null; isTold: boolean }

/**
 * The local workspace and its page. It serves at once; on the first start the past weeks are told
 * meanwhile.
 */
export async function serveLocal(
  config: Config,
  { isPlaygroundOpen }: { isPlaygroundOpen: boolean },
): Promise<void> {
  if (config.store.url) {
    throw new SetupError(
      'DATABASE_URL is set, but no Slack or Microsoft credentials are: the demo keeps to a store of its own. Set the credentials (see .env.example), or leave DATABASE_URL out.',
    )
  }
  const stopped = listenForStop()
  const clock = settableClock()
  // Directories of its own: the demo never touches the keys or the rows of a real store.
  const keyDir = path.resolve(`${config.ballot.keyDir}-demo`)
  const dataDir = path.resolve(`${config.store.dataDir}-demo`)
  const memoryFile = `${dataDir}.platforms.json`
  const known = readStory(memoryFile)
  // A story that broke off cannot be told on: what was due meanwhile would all come at once. The
  // demo begins anew.
  if (known && !known.isTold)
    for (const left of [dataDir, keyDir, memoryFile])
      fs.rmSync(left, { recursive: true, force: true })
  if (known?.isTold && known.aheadMs > SECOND_MS)
    clock.runFrom(new Date(Date.now() + known.aheadMs))
  const local = await startLocal(clock, {
    host: config.http.host,
    port: config.http.port === 0 ? 0 : config.http.port + 1,
    ...(config.http.port === 0
      ? {}
      : { publicUrl: `http://${config.http.host}:${config.http.port + 1}` }),
    store: { dataDir, databaseUrl: null },
    keyDir,
    secret: config.ballot.secret ?? localSecret(keyDir),
    country: config.organisation.country ?? 'DE',
    isClockManual: false,
    logLevel: config.log.level === 'info' ? 'warn' : config.log.level,
    isPlaygroundOpen,
  })
  const isFirst = (await local.app.services.database.db.prisma.group.count()) === 0
  const telling: Telling = {
    progress: isFirst ? { done: 0, total: HISTORY_WEEKS } : null,
    trouble: null,
    isTold: !isFirst,
  }
  const story = () => ({ isTold: telling.isTold, aheadMs: clock.aheadMs() })
  const memory = keepMemory(memoryFile, local.slack, local.teams, story)
  memory.save()
  const page = await startPage(createStage(local, telling), config.http.port, memory.save)
  const isStopping = { yes: false }
  say(
    'Groupwell: no Slack or Teams credentials, so this is the local demo workspace. Everybody in it is fictional.',
  )
  say(`Ready: ${page.url}  ·  stop with Ctrl+C`)
  say(
    `The service itself: http://127.0.0.1:${local.app.port}/healthz  ·  its data: ${path.relative('.', dataDir)}`,
  )
  if (isPlaygroundOpen)
    say(`Teams clients without a token: http://127.0.0.1:${local.app.port}/api/playground`)
  const told = isFirst ? tellHistory(local, telling, isStopping) : Promise.resolve()
  await stopped(async () => {
    isStopping.yes = true
    await page.close()
    memory.close()
    await local.stop()
    await told
  })
}

const say = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

/**
 * Weeks that end now, one group on each platform, through the real code; the page shows them come
 * in.
 */
async function tellHistory(
  local: Local,
  telling: Telling,
  isStopping: { yes: boolean },
): Promise<void> {
  const startedAt = Date.now()
  const changed = () => local.slack.journal.onChange()
  try {
    const now = new Date()
    const from = plus(now, -HISTORY_WEEKS * 7 * DAY_MS)
    const plots = [
      plot({ platform: 'slack', alias: 'Evening group', answers: 7 }, plus(from, DAY_MS)),
      plot({ platform: 'teams', alias: 'Morning group', answers: 6 }, plus(from, 2 * DAY_MS)),
    ]
    await tell(local, plots, { from, until: now, seed: 7 }, (progress) => {
      telling.progress = progress
      changed()
    })
    telling.isTold = true
    say(
      `The last ${HISTORY_WEEKS} weeks of two groups are told (${Math.round((Date.now() - startedAt) / 1000)} s).`,
    )
  } catch (error) {
    if (isStopping.yes) return
    telling.trouble = `The story of the last weeks broke off: ${messageOf(error)}`
    say(telling.trouble)
  }
  local.clock.set(null)
  telling.progress = null
  changed()
}

/** A group that met every week from a day on; a summary after every check-in. */
function plot(
  { platform, alias, answers }: Pick<Plot, 'platform' | 'alias' | 'answers'>,
  first: Date,
): Plot {
  const summariesAt = Array.from(
    { length: HISTORY_WEEKS },
    (_, week) => new Date(first.getTime() + (week * 7 + 3) * DAY_MS),
  )
  const time = platform === 'slack' ? '17:30' : '10:00'
  return {
    platform,
    alias,
    firstDate: first.toISOString().slice(0, 10),
    time,
    timeZone: ZONE,
    answers,
    summariesAt,
  }
}
