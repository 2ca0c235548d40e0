import { freshDatabase, isReachable } from '../postgres.ts'
import { CLOSES, seed } from './ballot-seed.ts'
import { open, start } from './ballot-service.ts'

const SIZES = [8, 15, 30] as const
const AT_ONCE = 500
const MOST_SECONDS = 15

/** Releases, from the close of a check-in on: of one unit by its size, and of many at one minute. */
export async function run(isJson: boolean): Promise<void> {
  if (!(await isReachable())) throw new Error('the bench needs Postgres: set TEST_DATABASE_URL')
  const alone: { ballots: number; ms: number }[] = []
  for (const ballots of SIZES) alone.push({ ballots, ms: (await release(1, ballots)).ms })
  const { ms } = await release(AT_ONCE, 8)
  const seconds = Math.round(ms / 100) / 10
  const goal = `${AT_ONCE} due at one minute: at most ${MOST_SECONDS} s`
  const isMet = seconds <= MOST_SECONDS
  if (isJson) {
    const goals = [{ goal, reached: seconds, isMet }]
    const said = { bench: 'release', alone, atOnce: { units: AT_ONCE, ms }, goals }
    return void process.stdout.write(`${JSON.stringify(said, null, 2)}\n`)
  }
  for (const { ballots, ms: took } of alone)
    process.stdout.write(`a release of ${ballots} ballots: ${took} ms\n`)
  process.stdout.write(`${isMet ? 'met   ' : 'SHORT '} ${goal}: ${seconds}\n`)
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
