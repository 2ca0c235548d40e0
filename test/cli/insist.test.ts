import pg from 'pg'
import { expect, inject, it } from 'vitest'
import { fill } from '../../src/cli/story.ts'
import type { Hands } from '../../src/simulator/workspace.ts'
import { startWorld } from '../helpers.ts'

it.runIf(inject('hasPostgres'))(
  'a story goes on where the store was too busy for one of its acts',
  async () => {
    const world = await startWorld({ store: 'postgres' })
    const { admin, facilitator, supervisor } = world.casts.slack
    const holder = new pg.Client({ connectionString: world.databaseUrl ?? '' })
    await holder.connect()
    let sent = 0
    const hands: Hands = {
      ...world.slack,
      async submit(person, filled) {
        sent += 1
        if (sent === 1) await holder.query('begin; lock table "Person" in share mode')
        if (sent === 2) await holder.query('rollback')
        return await world.slack.submit(person, filled)
      },
    }
    await fill(hands, admin, 'admin staff', { staff: [facilitator, supervisor] })
    expect(sent).toBe(2)
    expect(await world.db.person.count({ where: { isStaff: true } })).toBe(2)
    await holder.end()
  },
)
