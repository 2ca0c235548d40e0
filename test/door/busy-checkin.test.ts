import pg from 'pg'
import { beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { lastSeen } from '../../src/simulator/workspace.ts'
import { dump, moveTo, press, SESSION, setUpGroup, startWorld, type World } from '../helpers.ts'

const CHOSEN = { belonging: '5', voice: '4', safety: '3', useful: 'skip' }
const WORDS = 'That took too long. Your choices are still here. Please send them again.'

describe.runIf(inject('hasPostgres')).each(['slack', 'teams'] as const)(
  'a check-in that is sent on %s while the store is busy',
  (platform) => {
    let world: World
    let member = ''
    let holder: pg.Client
    beforeAll(async () => {
      world = await startWorld({ store: 'postgres', hasDeadlines: true })
      await setUpGroup(world, platform)
      member = world.casts[platform].members[0] ?? ''
      await moveTo(world, SESSION.endsAt)
      holder = new pg.Client({ connectionString: world.databaseUrl ?? '' })
      await holder.connect()
      return async () => await holder.end()
    })
    beforeEach(async () => {
      const hands = world[platform]
      await hands.closeForm(member)
      await press(hands, lastSeen(hands.journal, member, 'check-in'), 'checkin.answer')
    })

    const chosen = () => {
      const inputs = world[platform].openForm(member)?.surface.inputs ?? []
      return Object.fromEntries(inputs.map(({ name, value }) => [name, value]))
    }
    const finish = async () => {
      await holder.query('rollback')
      await world[platform].submit(member, CHOSEN)
      lastSeen(world[platform].journal, member, 'thanks')
      const cards = world[platform].journal.seen.filter(({ person }) => person === member)
      expect(cards.at(-1)?.kind).toBe('thanks')
    }

    it('stays open with what was chosen, and nothing of it is kept', async () => {
      const before = await dump(world.db)
      await holder.query('begin; select 1 from "CheckIn" for update')
      await world[platform].submit(member, CHOSEN)
      const cards = world[platform].journal.seen.filter(({ person }) => person === member)
      expect(cards.at(-1)?.text).toContain(WORDS)
      // Slack's client keeps what was chosen by itself.
      if (platform === 'teams') expect(chosen()).toMatchObject(CHOSEN)
      expect(world[platform].openForm(member)).not.toBeNull()
      expect(await dump(world.db)).toEqual(before)
      await finish()
    })

    it('stays open also where nothing can be read', async () => {
      const seen = world[platform].journal.seen.length
      await holder.query('begin; lock table "CheckIn" in access exclusive mode')
      const answer = await world[platform].submit(member, CHOSEN)
      expect(world[platform].openForm(member)).not.toBeNull()
      // Teams' client says itself that it did not work, and leaves the dialog as it is.
      if (platform === 'teams') expect(answer.status).toBe(503)
      const after = world[platform].journal.seen.slice(seen)
      expect(after.map(({ kind }) => kind)).toEqual(platform === 'slack' ? ['form-errors'] : [])
      await finish()
    })
  },
)
