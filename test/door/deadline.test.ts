import pg from 'pg'
import { describe, expect, inject, it } from 'vitest'
import { fill } from '../../src/cli/story.ts'
import { lastSeen } from '../../src/simulator/workspace.ts'
import { setUpGroup, startWorld } from '../helpers.ts'

describe.runIf(inject('hasPostgres'))('a change that takes too long', () => {
  it('is answered within Slack’s three seconds with “please try again”, and nothing is half done', async () => {
    const world = await startWorld({ store: 'postgres', hasDeadlines: true })
    await setUpGroup(world)
    const sessions = await world.db.session.count()
    const holder = new pg.Client({ connectionString: world.databaseUrl ?? '' })
    await holder.connect()
    await holder.query('begin; select 1 from "Group" for update')
    await world.slack.type('UFACILITATOR', 'schedule')
    const startedAt = performance.now()
    await world.slack.submit('UFACILITATOR', { firstDate: '2026-04-07', count: '3' })
    expect(performance.now() - startedAt).toBeLessThan(3_000)
    expect(lastSeen(world.slack.journal, 'UFACILITATOR', 'form-errors').text).toContain(
      'That took too long, so nothing was changed. Please try again.',
    )
    expect(world.slack.openForm('UFACILITATOR')).not.toBeNull()
    await holder.query('rollback')
    await holder.end()
    expect(await world.db.session.count()).toBe(sessions)
    await fill(world.slack, 'UFACILITATOR', 'schedule', { firstDate: '2026-04-07', count: '3' })
    // The session of tomorrow fell away: it is kept as cancelled, and everybody is told.
    expect(await world.db.session.count({ where: { state: 'planned' } })).toBe(3)
  })
})
