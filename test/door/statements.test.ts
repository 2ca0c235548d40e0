import pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { Verb } from '../../src/domain/verbs.ts'
import { run } from '../../src/door/run.ts'
import {
  answer,
  incoming,
  moveTo,
  SESSION,
  setUpGroup,
  startWorld,
  type World,
} from '../helpers.ts'

let world: World
const sent: string[] = []
const query = pg.Client.prototype.query

/** Every statement that this process sends to the server, transactions' ends among them. */
function listen(): void {
  pg.Client.prototype.query = function (this: pg.Client, ...given: unknown[]) {
    const first = given[0] as string | { text?: string }
    sent.push(typeof first === 'string' ? first : (first.text ?? ''))
    return Reflect.apply(query, this, given)
  } as typeof query
}

describe.runIf(inject('hasPostgres'))('statements that a verb sends, the second time', () => {
  beforeAll(async () => {
    world = await startWorld({ store: 'postgres' })
    await setUpGroup(world)
    await moveTo(world, SESSION.endsAt)
    for (const member of world.casts.slack.members) await answer(world, 'slack', member, '4')
    listen()
  })
  afterAll(async () => {
    pg.Client.prototype.query = query
    await world.end()
  })

  const count = async (sender: string, verb: Verb, id?: string): Promise<number> => {
    const ask = () =>
      run(world.app.services, incoming(sender, { verb, input: id === undefined ? {} : { id } }))
    await ask()
    sent.length = 0
    const reply = await ask()
    if (reply && 'card' in reply) expect(reply.card.kind).not.toBe('problem')
    return sent.filter((text) => !text.includes('pgboss')).length
  }

  it.each<[Verb, 'facilitator' | 'member', 'group' | 'checkIn' | null, number]>([
    // The person, their memberships, sessions, what goes out.
    ['next', 'facilitator', null, 4],
    // The person, their memberships with the group and its flag.
    ['flag', 'facilitator', 'group', 2],
    // The person, their memberships, the check-in, whether they are invited, its unit.
    ['checkin.answer', 'member', 'checkIn', 5],
    // Those two, results, the next session, what was asked, is open and planned, what waits, the
    // audit.
    ['summary', 'facilitator', 'group', 16],
    ['help', 'member', null, 0],
  ])('%s sends at most so many', async (verb, role, about, most) => {
    const { facilitator, members } = world.casts.slack
    const group = await world.db.group.findFirstOrThrow()
    const checkIn = await world.db.checkIn.findFirstOrThrow({ where: { state: 'open' } })
    const id = about === 'group' ? group.id : about === 'checkIn' ? checkIn.id : undefined
    const statements = await count(role === 'member' ? (members[0] ?? '') : facilitator, verb, id)
    console.info(`statements: ${verb} ${statements}`)
    expect(statements).toBeLessThanOrEqual(most)
  })
})
