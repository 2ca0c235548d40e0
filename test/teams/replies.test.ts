import { describe, expect, it } from 'vitest'
import { createLog } from '../../src/log.ts'
import { PlatformError } from '../../src/platform.ts'
import { workspaceRates } from '../../src/teams/rates.ts'
import { createReplies } from '../../src/teams/replies.ts'
import { startWorld } from '../helpers.ts'

const paced = (retryAfterMs: number) =>
  new PlatformError({ outcome: 'paced', reason: 'tooMany', retryAfterMs }, { code: 'http_429' })

describe('an answer in Teams', () => {
  it('that came back for want of room arrives when Teams says that there is some', async () => {
    const world = await startWorld()
    const [person = ''] = world.casts.teams.members
    await world.teams.install(person)
    world.teams.failNext({ status: 429, retryAfter: 1 })
    world.teams.failNext({ status: 429, retryAfter: 1 })
    await world.teams.type(person, 'help')
    expect(helpsOf(world, person)).toBe(1)
  })

  it('reaches each of sixty who ask at once, at Teams’ own pace', async () => {
    const lines: string[] = []
    const world = await startWorld({ isPaced: true, onLogLine: (line) => lines.push(line) })
    const people = world.casts.teams.members
    for (const person of people) await world.teams.install(person)
    world.teams.enforcePace(true)
    const asked = Array.from({ length: 60 }, (_, index) => people[index % people.length] ?? '')
    await Promise.all(asked.map((person) => world.teams.type(person, 'help')))
    const answers = people.reduce((sum, person) => sum + helpsOf(world, person), 0)
    expect(answers).toBe(60)
    expect(lines.filter((line) => line.includes('teams.reply'))).toEqual([])
  })

  it('counts among what is sent, while it is under way, and tries four times', async () => {
    const lines: string[] = []
    const log = createLog(
      'debug',
      (line) => lines.push(line),
      () => new Date(),
    )
    let under = 0
    const seen: number[] = []
    const rates = workspaceRates('t')
    const count = {
      begin(given: unknown) {
        expect(given).toEqual(rates)
        under += 1
      },
      done() {
        under -= 1
      },
    }
    const post = async () => {
      seen.push(under)
      throw paced(1)
    }
    const replies = createReplies({ post } as never, 't', { log, count })
    replies.send(async (to) => void (await to.post('https://x', 'y', {})))
    await replies.settled()
    expect([seen, under]).toEqual([[1, 1, 1, 1], 0])
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { level: 'warn', event: 'teams.reply', reason: 'http_429' },
    ])
  })
})

const helpsOf = (world: Awaited<ReturnType<typeof startWorld>>, person: string): number =>
  world.teams.journal.seen.filter((seen) => seen.person === person && seen.kind === 'help').length
