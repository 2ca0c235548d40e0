// A worker that the crash suite starts and kills. It says what its predecessors left in doubt, then
// sends what is due.
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { startApp } from '../../src/app.ts'
import { prepare } from '../../src/commands/delivery.ts'
import type { Config } from '../../src/config.ts'
import { createLog } from '../../src/log.ts'
import type { Platform } from '../../src/platform.ts'
import { createSlack } from '../../src/slack/platform.ts'
import { type Claimed, claimBatch } from '../../src/store/batch.ts'
import { openDatabase } from '../../src/store/engine/database.ts'
import { NOW, TOKENS } from './cast.ts'

export type Given = {
  store: { url: string | null; dataDir: string }
  keyDir: string
  secret: string
  slackUrl: string
  owner: string
  /** Owners that were killed: their leases are as good as over. */
  dead: string[]
  /** The negative control: rows are read and sent without being claimed. */
  isClaimless: boolean
}

const given = JSON.parse(process.argv[2] ?? '{}') as Given
const silent = createLog(
  'error',
  () => {},
  () => new Date(),
)
const clock = { now: () => NOW, wall: () => new Date() }
const config: Config = {
  isProduction: false,
  http: { host: '127.0.0.1', port: 0, publicUrl: null },
  store: given.store,
  ballot: { keyDir: given.keyDir, secret: given.secret },
  content: { questionSetDir: null, helpLinesFile: null },
  organisation: { name: 'Crash', country: 'DE' },
  slack: null,
  teams: null,
  log: { level: 'error' },
}
const slack: Platform = createSlack(
  {
    signingSecret: randomBytes(16).toString('hex'),
    botToken: 'none',
    apiUrl: given.slackUrl,
    tokenFor: (id) => TOKENS.get(id) ?? null,
  },
  {
    onIncoming: async () => null,
    onRejected() {},
    log: silent,
    say: (key) => key,
    wall: clock.wall,
  },
)
const [first = ''] = TOKENS.keys()
const platform = { ...slack, start: async () => ({ externalId: first, name: first }) }

const database = await openDatabase(
  given.store.url
    ? { kind: 'postgres', url: given.store.url }
    : { kind: 'embedded', directory: given.store.dataDir },
)
const { db } = database
/** Messages that a dead process was sending: whether they arrived, nobody knows. */
const inDoubt = await db.prisma.$queryRaw<{ personId: string; sessionId: string }[]>`
  update "Delivery" d set "leasedUntil" = clock_timestamp() - interval '1 second' from "Connection" c
  where c."organisationId" = d."organisationId" and c."id" = d."connectionId" and d."state" = 'sending'
    and c."laneOwner" = any(${given.dead}::uuid[])
  returning d."personId"::text as "personId", d."sessionId"::text as "sessionId"`
await db.prisma
  .$executeRaw`update "Connection" set "laneUntil" = null where "laneOwner" = any(${given.dead}::uuid[])`
process.stdout.write(`${JSON.stringify({ inDoubt })}\n`)

if (given.isClaimless) {
  await once(process.stdin, 'data')
  await sendWithoutClaim()
} else {
  const app = await startApp(config, {
    database,
    clock,
    log: silent,
    isClockManual: true,
    isUnpaced: false,
    laneOwner: given.owner,
    platforms: async () => [platform],
  })
  for (;;) {
    // The store may be away for a moment; the next look comes soon.
    await app.tick().catch(() => undefined)
    const over = await db.prisma.delivery
      .count({ where: { state: { in: ['sent', 'failed', 'dropped'] } } })
      .catch(() => null)
    process.stdout.write(`${JSON.stringify({ over })}\n`)
    await wait(100)
  }
}

/**
 * As the ledger would be worked off without its claim: read what is planned, send it, write that it
 * was sent.
 */
async function sendWithoutClaim(): Promise<void> {
  const { loadContent } = await import('../../src/content/load.ts')
  const content = loadContent()
  const connections = await db.prisma.connection.findMany({
    where: { externalId: { startsWith: 'TCRASH' } },
  })
  for (const { organisationId, id: connectionId } of connections) {
    for (;;) {
      let batch: Claimed[] = []
      // The same reading of facts; its claim never commits.
      await database
        .transaction(async (tx) => {
          batch = await claimBatch(tx, { organisationId, connectionId }, NOW, 20)
          throw new Error('taken back')
        })
        .catch(() => undefined)
      if (batch.length === 0) break
      for (const claimed of batch) {
        const ready = prepare(content, claimed, NOW)
        if ('outgoing' in ready) await platform.send(ready.outgoing).catch(() => undefined)
      }
      await db.prisma.delivery.updateMany({
        where: { id: { in: batch.map(({ id }) => id) } },
        data: { state: 'sent' },
      })
    }
  }
  for (;;) await wait(1_000)
}
