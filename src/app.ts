import { randomUUID } from 'node:crypto'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { roomIn } from './ballot/key-directory.ts'
import { directoryKeyStore, type KeyStore } from './ballot/key-store.ts'
import { parseKeyring } from './ballot/keyring.ts'
import { CALENDAR_PATH } from './commands/calendar.ts'
import { createIdentityCache } from './commands/identity-cache.ts'
import { MYDATA_PATH } from './commands/mydata.ts'
import { createRecentAnswers } from './commands/recent-answers.ts'
import { REPORT_PATH } from './commands/report.ts'
import type { Clock, Services } from './commands/services.ts'
import { type Config, storeSettings } from './config.ts'
import { connect, createPlatforms } from './connect.ts'
import { linesOf } from './content/help-lines.ts'
import { loadContent } from './content/load.ts'
import { SetupError } from './errors.ts'
import { createHttpServer } from './http.ts'
import { createBeside } from './jobs/beside.ts'
import { drain, runBeside, startClock, tick } from './jobs/clock.ts'
import { createLanes } from './jobs/lanes.ts'
import { createRateLimiter } from './jobs/rate-limit.ts'
import { createReadiness } from './jobs/readiness.ts'
import { createRetention } from './jobs/retention.ts'
import { createStoreClock } from './jobs/store-clock.ts'
import { startWorkers } from './jobs/worker.ts'
import { createZoneData, ZONE_DATA_HERE } from './jobs/zone-data.ts'
import { createLog, type Log } from './log.ts'
import type { HttpHandler, Platform, PlatformName, Traits } from './platform.ts'
import { createRejections } from './rejections.ts'
import { type Database, openDatabase } from './store/engine/database.ts'
import { createQueue } from './store/engine/queue.ts'
import { checkInstallation } from './store/installation.ts'
import { removeThrowaway } from './store/organisation.ts'
import { changeOwner } from './store/owner.ts'
import { readSignals } from './store/signals.ts'
import type { LocalAuthority } from './teams/transport.ts'
import { calendarFile } from './web/calendar.ts'
import { healthz, readyz } from './web/health.ts'
import { createMetrics } from './web/metrics.ts'
import { mydataFile } from './web/mydata.ts'
import { pageFiles } from './web/pages.ts'
import { reportFile } from './web/report.ts'

/** Stand-ins of tests and of the demo. */
export type Overrides = {
  clock?: Clock
  /** The host's clock, in ms since 1970. */
  wallMs?: () => number
  keyStore?: KeyStore
  newId?: () => string
  log?: Log
  database?: Database
  /** Stands in for Microsoft's authority, on this machine only. */
  teamsAuthority?: LocalAuthority
  /** The clock does not tick by itself: the caller moves it. */
  isClockManual?: boolean
  tickEveryMs?: number
  tryNextPorts?: number
  /** This process's name on the lanes that it sends over; made up when it is not said. */
  laneOwner?: string
  /** Sends as fast as it can: for platforms that keep no limits, such as the demo's. */
  isUnpaced?: boolean
  /** In place of those that the settings name. */
  platforms?: (services: Services) => Promise<Platform[]>
  /**
   * Lets Teams clients without a token in at /api/playground, from this machine, in an organisation
   * of its own.
   */
  isPlaygroundOpen?: boolean
  /** The store is the demo's own: its organisation is called what the settings say. */
  isOwnStore?: boolean
  /** Zone data that the runtime is said to have. */
  zoneData?: string
}

export type App = {
  port: number
  services: Services
  platforms: readonly Platform[]
  /** Looks once for what is due. */
  tick(): Promise<void>
  /** Ticks until nothing is due or half done. */
  drain(): Promise<void>
  stop(): Promise<void>
}

/** Probes come every second or two. */
const STOPPING_SEEN_MS = 2_000
/** Running jobs get so long to finish; the whole stop stays under twenty seconds. */
const JOB_GRACE_MS = 4_000
/** Requests get so long to finish before their connections are cut. */
const REQUEST_GRACE_MS = 2_500
/**
 * Answers that go out after their request get so long; a platform that hangs does not hold the
 * stop.
 */
const PLATFORM_GRACE_MS = 2_000

/**
 * Builds the service by hand and starts it: store, queue, platforms, workers, clock, then the door
 * to the world.
 */
export async function startApp(config: Config, overrides: Overrides = {}): Promise<App> {
  const { secret, keyDir } = config.ballot
  if (!secret) throw new SetupError('GROUPWELL_SECRET: needed to seal ballots. See .env.example')
  const log =
    overrides.log ??
    createLog(
      config.log.level,
      (line) => process.stderr.write(`${line}\n`),
      () => new Date(),
    )
  const storeClock = createStoreClock(overrides.wallMs ?? Date.now)
  const clock = overrides.clock ?? storeClock
  const content = loadContent(config.content.questionSetDir, config.content.helpLinesFile)
  const keyDirectory = path.resolve(keyDir)
  const ballotKeys = {
    keyring: parseKeyring(secret),
    secret,
    keyStore: overrides.keyStore ?? directoryKeyStore(keyDirectory),
    keyDirectory,
  }
  const database = overrides.database ?? (await openDatabase(storeSettings(config.store)))
  for (const { names, ms } of database.applied)
    log.info('migrated', { migration: names.at(-1), count: names.length, ms })
  const fingerprints = [...ballotKeys.keyring.keys].map(
    ([id, { fingerprint }]): [number, string] => [id, fingerprint],
  )
  await checkInstallation(database.db, keyDirectory, new Map(fingerprints))
  const queue = createQueue(database, (error) => log.error('queue', error))
  await queue.start()
  const metrics = createMetrics({
    signals: () => readSignals(database.db, clock.now(), clock.wall()),
    keyRoom: () => roomIn(keyDirectory),
    wallMs: () => clock.wall().getTime(),
  })
  const traits = new Map<PlatformName, Traits>()
  const services: Services = {
    database,
    queue,
    clock,
    content,
    ballotKeys,
    identityCache: createIdentityCache(clock.wall),
    recentAnswers: createRecentAnswers(clock.wall),
    platforms: traits,
    log,
    publicUrl: config.http.publicUrl,
    onRejected: createRejections(log, metrics.requestRejected, clock.wall),
    onDone: metrics.commandDone,
    onSign: metrics,
    ...(overrides.newId ? { newId: overrides.newId } : {}),
  }
  await storeClock.compare(services)
  await removeThrowaway(database.db)
  const rateLimiter = overrides.isUnpaced ? null : createRateLimiter(() => clock.wall().getTime())
  const platforms = await (overrides.platforms?.(services) ??
    createPlatforms(config, services, {
      authority: overrides.teamsAuthority ?? null,
      count: rateLimiter,
    }))
  for (const platform of platforms) traits.set(platform.name, platform)
  if (overrides.isOwnStore)
    await changeOwner(database.db, {
      name: config.organisation.name,
      ...(config.organisation.country ? { country: config.organisation.country } : {}),
    })
  const lateStarts = await connect(config, services, platforms)
  if (overrides.isPlaygroundOpen) {
    const { openPlayground } = await import('./playground.ts')
    const playground = await openPlayground(services, config.organisation.country ?? '')
    if (!traits.has(playground.name)) traits.set(playground.name, playground)
    platforms.push(playground)
  }
  let isStopping = false
  const clockState = () => ({
    aheadMs: storeClock.aheadMs(),
    tickAgeMs: overrides.isClockManual ? 0 : metrics.tickAgeMs(),
  })
  const look = createReadiness(services, clockState, () => roomIn(keyDirectory))
  const routes = new Map<string, HttpHandler>([
    ['/healthz', healthz],
    ['/readyz', readyz(look, () => isStopping)],
    ['/metrics', metrics.handle],
    [CALENDAR_PATH, calendarFile(services)],
    [REPORT_PATH, reportFile(services)],
    [MYDATA_PATH, mydataFile(services)],
    ...pageFiles(services),
    ...platforms.map(({ path, handle }): [string, HttpHandler] => [path, handle]),
  ])
  const http = createHttpServer(routes, log)
  const port = await http.listen(config.http.host, config.http.port, {
    tryNextPorts: overrides.tryNextPorts ?? 0,
  })
  const lanes = createLanes(services, platforms, {
    rateLimiter,
    owner: overrides.laneOwner ?? (overrides.newId ?? randomUUID)(),
  })
  const zoneData = createZoneData(services, overrides.zoneData ?? ZONE_DATA_HERE)
  await startWorkers(services, { zoneData })
  await lanes.listen()
  const regular = {
    lanes,
    zoneData,
    storeClock: overrides.clock ? { ...storeClock, isTrusted: () => true } : storeClock,
  }
  const beside = createBeside(services, platforms, lateStarts)
  const retention = createRetention(services)
  const ticking = overrides.isClockManual
    ? null
    : startClock(services, regular, [...beside, retention], overrides.tickEveryMs)
  const country = config.organisation.country ?? ''
  if (!linesOf(content.helpLines, country))
    log.warn('country.noHelpLines', { country: config.organisation.country })
  log.info('started', {
    port,
    store: database.kind,
    platforms: platforms.map(({ name }) => name).join(','),
  })
  return {
    port,
    services,
    platforms,
    tick: async () => {
      await tick(services, regular)
      await runBeside(regular, [...beside, retention])
    },
    drain: async () => {
      await drain(services, regular, beside)
      await retention.run()
    },
    async stop() {
      isStopping = true
      // A load balancer has to see it before the port closes.
      await wait(config.isProduction ? STOPPING_SEEN_MS : 0)
      await http.close(REQUEST_GRACE_MS)
      await Promise.race([
        Promise.all(platforms.map((platform) => platform.stop())),
        wait(PLATFORM_GRACE_MS),
      ])
      await Promise.race([ticking?.stop(), wait(JOB_GRACE_MS)])
      await Promise.race([lanes.stop(), wait(JOB_GRACE_MS)])
      await queue.stop(JOB_GRACE_MS)
      await database.close()
      log.info('stopped')
    },
  }
}
