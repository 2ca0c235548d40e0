import path from 'node:path'
import type { Config } from '../config.ts'
import { SetupError } from '../errors.ts'
import { stopOnSignal } from '../main.ts'
import { type Local, localSecret, settableClock, startLocal } from './local.ts'
import { printSeen, together } from './print.ts'
import { allSeen, askForSummary, nameOf, type Plot, playWeek } from './story.ts'

const DAY_MS = 24 * 60 * 60_000

/** The local workspace with one group's week already lived; then it keeps serving. */
export async function serveLocal(config: Config): Promise<void> {
  if (config.store.url) {
    throw new SetupError(
      'DATABASE_URL is set, but no Slack or Microsoft credentials are: the demo keeps to a store of its own. Set the credentials (see .env.example), or leave DATABASE_URL out.',
    )
  }
  const clock = settableClock()
  // Directories of its own: the demo never touches the keys or the rows of a real store.
  const keyDir = path.resolve(`${config.ballot.keyDir}-demo`)
  const dataDir = path.resolve(`${config.store.dataDir}-demo`)
  const local = await startLocal(clock, {
    host: config.http.host,
    port: config.http.port,
    store: { dataDir, databaseUrl: null },
    keyDir,
    secret: config.ballot.secret ?? localSecret(keyDir),
    country: config.organisation.country ?? 'DE',
    isClockManual: false,
    logLevel: config.log.level === 'info' ? 'warn' : config.log.level,
  })
  say('Groupwell: no Slack or Teams credentials, so this is the local demo workspace. Everybody in it is fictional.\n')
  const isFirst = (await local.app.door.database.db.group.count()) === 0
  if (isFirst) await liveAWeek(local)
  else {
    await local.app.settle()
    say('The group is still there from last time. Its facilitator asks how it is doing:\n')
    await askForSummary(local, { platform: 'slack' })
  }
  for (const seen of together(allSeen(local))) {
    const first = seen[0]
    if (first)
      say(
        printSeen(
          first,
          seen.map((one) => nameOf(local.casts, one.platform, one.person)),
        ),
      )
  }
  say(
    `Ready: http://127.0.0.1:${local.app.port}/healthz  ·  the data is in ${path.relative('.', dataDir)}  ·  stop with Ctrl+C`,
  )
  await stopOnSignal(() => local.stop())
}

const say = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

/** A week that ends now: the group met five days ago, and the check-in has closed. */
async function liveAWeek(local: Local): Promise<void> {
  const now = new Date()
  const sessionDay = new Date(now.getTime() - 5 * DAY_MS)
  const firstDate = sessionDay.toISOString().slice(0, 10)
  const plot: Plot = {
    platform: 'slack',
    alias: 'Evening group',
    firstDate,
    time: '17:30',
    timeZone: 'Europe/Berlin',
    answers: 7,
    summaryAt: new Date(now.getTime() - DAY_MS),
  }
  await playWeek(local, [plot], new Date(now.getTime() - 8 * DAY_MS), now, 7)
  local.clock.set(null)
}
