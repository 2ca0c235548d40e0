import { describe, expect, it } from 'vitest'
import { lastSeen } from '../../src/simulator/workspace.ts'
import { moveTo, STORES, setUpGroup, startWorld } from '../helpers.ts'

const DAY_MS = 24 * 60 * 60_000

describe.each(STORES)('a programme that lasts longer than results are kept (%s)', (store) => {
  it('keeps its numbers: the ninth of twelve stays the ninth; headcounts go in time', async () => {
    const world = await startWorld({ store })
    await setUpGroup(world)
    await world.db.organisation.updateMany({ data: { resultMonths: 1 } })
    const sessions = await world.db.session.findMany({ orderBy: { startsAt: 'asc' } })
    expect(sessions).toHaveLength(12)
    await world.db.session.updateMany({
      where: { id: { in: sessions.slice(0, 7).map(({ id }) => id) } },
      data: { headcount: 7 },
    })
    const ninth = sessions[8]?.startsAt ?? new Date()
    // An hour at a time: what is past its time is deleted once an hour.
    for (const ago of [2 * DAY_MS, DAY_MS]) await moveTo(world, new Date(ninth.getTime() - ago))
    await world.slack.type('UFACILITATOR', 'next')
    expect(lastSeen(world.slack.journal, 'UFACILITATOR', 'next').text).toContain('Session 9 of 12')
    const counted = await world.db.session.findMany({ where: { headcount: { not: null } } })
    const monthAgo = new Date(ninth)
    monthAgo.setUTCMonth(monthAgo.getUTCMonth() - 1)
    expect(counted.every(({ endsAt }) => endsAt.getTime() > monthAgo.getTime() - 2 * DAY_MS)).toBe(
      true,
    )
    expect(counted.length).toBeLessThan(7)
    // A month after the last one they go together.
    const last = sessions[11]?.endsAt ?? new Date()
    for (const later of [0, 1, 3, 10, 45, 46])
      await moveTo(world, new Date(last.getTime() + later * DAY_MS))
    expect(await world.db.session.count()).toBe(0)
  })
})

describe.each(STORES)(
  'a series whose weekday is changed after the fifth of twelve (%s)',
  (store) => {
    it('has twelve in all, in the form, in words and in the store; fewer than have been is refused', async () => {
      const world = await startWorld({ store })
      await setUpGroup(world)
      // The fifth is over, and its check-in.
      await moveTo(world, new Date('2026-03-31T17:00:00Z'))
      await moveTo(world, new Date('2026-04-04T09:00:00Z'))
      const count = () =>
        world.slack.openForm('UFACILITATOR')?.surface.inputs.find(({ name }) => name === 'count')
          ?.value
      await world.slack.type('UFACILITATOR', 'schedule')
      expect(count()).toBe('12')
      await world.slack.submit('UFACILITATOR', { firstDate: '2026-04-08', count: '5' })
      expect(lastSeen(world.slack.journal, 'UFACILITATOR', 'form-errors').text).toContain(
        '5 of them have been already. Write how many there are in all.',
      )
      await world.slack.submit('UFACILITATOR', { firstDate: '2026-04-08' })
      await world.slack.closeForm('UFACILITATOR')
      await world.app.drain()
      const planned = await world.db.session.findMany({
        where: { state: 'planned' },
        orderBy: { startsAt: 'asc' },
      })
      expect(planned).toHaveLength(12)
      expect(planned[5]?.originalLocalStart).toBe('2026-04-08T17:30')
      await world.slack.type('UFACILITATOR', 'next')
      expect(lastSeen(world.slack.journal, 'UFACILITATOR', 'next').text).toContain(
        'Session 6 of 12',
      )
      await world.slack.type('UFACILITATOR', 'schedule')
      expect(count()).toBe('12')
      await world.slack.submit('UFACILITATOR', { place: 'Room 9' })
      expect(await world.db.session.count({ where: { state: 'planned' } })).toBe(12)
    })
  },
)
