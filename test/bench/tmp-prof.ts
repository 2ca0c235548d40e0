import fs from 'node:fs'
import { Session } from 'node:inspector/promises'
import { run as runVerb } from '../../src/door/run.ts'
import { freshDatabase } from '../postgres.ts'
import { seed, WORKSPACE } from './ballot-seed.ts'
import { open, start } from './ballot-service.ts'

const database = await freshDatabase()
const service = await start(process.env.EMBEDDED ? null : database.url)
const groups = await seed(service.app.services.database.db.prisma, 10, 8)
await open(service)
let n = 0
const work = async (worker: number, end: number) => {
  for (let round = 0; performance.now() < end; round += 1) {
    const group = groups[worker]
    const value = String(1 + (round % 5))
    const reply = await runVerb(service.app.services, {
      requestId: `${worker} ${round}`,
      platform: 'slack',
      workspaceId: WORKSPACE,
      sender: { externalId: group?.members[round % 8] ?? '' },
      verb: 'checkin.submit',
      input: {
        id: group?.checkInId ?? '',
        values: { belonging: value, voice: value, safety: value, useful: value, hope: value },
      },
      via: 'form',
      canOpen: true,
    })
    if (reply?.type !== 'done' || reply.card.kind !== 'thanks')
      throw new Error(JSON.stringify(reply))
    n += 1
  }
}
const round = async (ms: number) => {
  n = 0
  const c = process.cpuUsage()
  const t = performance.now()
  await Promise.all(Array.from({ length: 10 }, (_, w) => work(w, t + ms)))
  const u = process.cpuUsage(c)
  console.log(
    ((n / (performance.now() - t)) * 1000) | 0,
    '/s; cpu µs each',
    ((u.user + u.system) / n) | 0,
  )
}
await round(2000)
await round(4000)
if (process.env.PROF) {
  const session = new Session()
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Profiler.setSamplingInterval', { interval: 200 })
  await session.post('Profiler.start')
  await round(5000)
  const { profile } = await session.post('Profiler.stop')
  fs.writeFileSync('/tmp/answer.cpuprofile', JSON.stringify(profile))
}
await service.end()
await database.drop()
process.exit()
