import { randomBytes } from 'node:crypto'
import path from 'node:path'
import { type App, startApp } from '../../src/app.ts'
import { createLog } from '../../src/log.ts'
import { tempDir } from '../temp-dir.ts'
import { SLACK_ALONE } from '../traits.ts'
import { OPENS } from './ballot-seed.ts'

/** The service without platforms, on a clock that the bench sets. */
export type Service = { app: App; set(at: Date): void; end(): Promise<void> }

export async function start(url: string | null): Promise<Service> {
  const { dir, remove } = tempDir()
  let now = new Date(OPENS.getTime() - 1)
  const clock = { now: () => now, wall: () => new Date() }
  const app = await startApp(
    {
      isProduction: false,
      http: { host: '127.0.0.1', port: 0, publicUrl: null },
      store: { url, dataDir: path.join(dir, 'data') },
      ballot: { keyDir: path.join(dir, 'keys'), secret: `1:${randomBytes(32).toString('base64')}` },
      content: { questionSetDir: null, helpLinesFile: null },
      organisation: { name: 'Bench', country: 'DE' },
      slack: null,
      teams: null,
      log: { level: 'error' },
    },
    {
      clock,
      isClockManual: true,
      platforms: async () => [],
      log: createLog(
        'error',
        (line) => process.stderr.write(`${line}\n`),
        () => new Date(),
      ),
    },
  )
  // The bench stands at the door: no platform is up.
  const services = { ...app.services, platforms: SLACK_ALONE }
  return {
    app: { ...app, services },
    set: (at) => {
      now = at
    },
    async end() {
      await app.stop()
      remove()
    },
  }
}

/**
 * Opens the seeded check-ins. Nothing is sent: there is no platform, and the notes are taken away.
 */
export async function open({ app, set }: Service): Promise<void> {
  set(OPENS)
  await app.tick()
  const { db } = app.services.database
  while (
    (await db.prisma.occurrence.count({ where: { state: 'planned', kind: 'checkInOpens' } })) > 0
  )
    await new Promise((resolve) => setTimeout(resolve, 20))
  await db.prisma.delivery.deleteMany()
}
