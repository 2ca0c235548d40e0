import { freshDatabase } from '../postgres.ts'
import { CLOSES, seed } from './ballot-seed.ts'
import { open, start } from './ballot-service.ts'
import { atMost, type Measured, type Row, round } from './measured.ts'

const SIZES = [8, 15, 30] as const
const AT_ONCE = 500
const MOST_SECONDS = 15

/** Releases, from the close of a check-in on: of one unit by its size, and of many at one minute. */
export async function run(): Promise<Measured> {
  const rows: Row[] = []
  const note = async (units: number, ballots: number) => {
    const { ms } = await release(units, ballots)
    rows.push({ run: `${units} of ${ballots} ballots`, ms })
    return ms
  }
  for (const ballots of SIZES) await note(1, ballots)
  const seconds = round((await note(AT_ONCE, 8)) / 1_000, 1)
  return {
    about: 'Releases, from the close of check-ins to the last that is cleaned up',
    rows,
    goals: [atMost(`${AT_ONCE} due at one minute, s`, MOST_SECONDS, seconds)],
  }
}

/**
 * From the close of so many units to the last one finished: opened, published, ballots deleted, key
 * destroyed, files cleaned.
 */
async function release(units: number, ballots: number): Promise<{ ms: number }> {
  const database = await freshDatabase()
  const service = await start(database.url)
  const { db } = service.app.services.database
  await seed(db.prisma, units, ballots)
  await open(service)
  const opened = await db.prisma.releaseUnit.count()
  if (opened !== units) throw new Error(`${opened} of ${units} check-ins opened`)
  service.set(CLOSES)
  const startedAt = performance.now()
  await service.app.tick()
  while ((await db.prisma.releaseUnit.count({ where: { isCleaned: false } })) > 0)
    await new Promise((resolve) => setTimeout(resolve, 10))
  const ms = Math.round(performance.now() - startedAt)
  const released = await db.prisma.releaseUnit.count({ where: { state: 'withheld' } })
  if (released !== units) throw new Error(`${released} of ${units} releases were made`)
  await service.end()
  await database.drop()
  return { ms }
}
