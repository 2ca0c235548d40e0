import path from 'node:path'
import { settableClock, startLocal } from '../../src/cli/local.ts'
import type { Verb } from '../../src/domain/verbs.ts'
import { run as runVerb } from '../../src/door/run.ts'
import { setUpGroup } from '../played.ts'
import { freshDatabase } from '../postgres.ts'
import { tempDir } from '../temp-dir.ts'
import { type Measured, middle, type Row, round } from './measured.ts'

const REQUESTS = 400
/** The middle one counts. */
const ROUNDS = 5
/** A group before its first session: what a reading verb costs when there is little to read. */
const VERBS: readonly Verb[] = ['next', 'flag', 'summary']

/** CPU time of a verb from the door to its reply, the store's own and the platform's left out. */
export async function run(): Promise<Measured> {
  const { dir, remove } = tempDir()
  const database = await freshDatabase()
  const clock = settableClock()
  clock.set(new Date('2026-03-02T09:00:00Z'))
  const local = await startLocal(clock, {
    port: 0,
    store: { dataDir: path.join(dir, 'data'), databaseUrl: database.url },
    keyDir: path.join(dir, 'keys'),
    secret: `1:${Buffer.alloc(32, 7).toString('base64')}`,
    country: 'DE',
    isClockManual: true,
    logLevel: 'silent',
  })
  try {
    const { services } = local.app
    const { prisma } = services.database.db
    await setUpGroup({ ...local, db: prisma })
    const group = await prisma.group.findFirstOrThrow()
    const rows: Row[] = []
    for (const verb of VERBS) {
      const ask = async () => {
        const reply = await runVerb(services, {
          requestId: crypto.randomUUID(),
          platform: 'slack',
          workspaceId: local.workspaces.slack,
          sender: { externalId: local.casts.slack.facilitator },
          verb,
          input: { id: group.id },
          via: 'button',
          canOpen: true,
        })
        if (reply?.type === 'card' && reply.card.kind === 'problem')
          throw new Error(`${verb} was refused`)
      }
      rows.push({ verb: `\`${verb}\``, 'CPU ms a request': round(await cpuOf(ask), 2) })
    }
    return {
      about: 'CPU of a verb from the door to its reply, the store’s left out',
      rows,
      goals: [],
    }
  } finally {
    await local.stop()
    await database.drop()
    remove()
  }
}

/** Milliseconds of CPU for one call, warm. */
async function cpuOf(call: () => Promise<void>): Promise<number> {
  const once = async () => {
    const before = process.cpuUsage()
    for (let done = 0; done < REQUESTS; done += 1) await call()
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1000 / REQUESTS
  }
  await once()
  const rounds: number[] = []
  for (let done = 0; done < ROUNDS; done += 1) rounds.push(await once())
  return middle(rounds)
}
