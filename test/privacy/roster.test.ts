import { beforeAll, describe, expect, it } from 'vitest'
import { lastSeen } from '../../src/simulator/workspace.ts'
import {
  answer,
  CLOSES,
  fill,
  moveTo,
  press,
  SECRET,
  SESSION,
  setUpGroup,
  startWorld,
  type World,
} from '../helpers.ts'
import { sumsOf } from '../released.ts'

/**
 * Attacks on a check-in by changing its roster while it is open, as a facilitator can, and what an
 * ordinary leave in that time tells.
 */
const HIGH = [0, 1, 2, 3] as const
const LOW = [4, 5, 6] as const

/** Seven of eight answer, four high and three low; a facilitator takes some off and puts them back. */
async function play(takenOff: readonly number[]): Promise<{ world: World; shown: string }> {
  const world = await startWorld()
  await setUpGroup(world)
  const { members, facilitator } = world.casts.slack
  await moveTo(world, SESSION.endsAt)
  for (const index of HIGH) await answer(world, 'slack', members[index] ?? '', '5')
  for (const index of LOW) await answer(world, 'slack', members[index] ?? '', '1')
  await moveTo(world, new Date(CLOSES.getTime() - 600_000))
  const left = members.filter((_, index) => !takenOff.includes(index))
  if (takenOff.length > 0) {
    await fill(world.slack, facilitator, 'edit', { isOpen: 'open' })
    await fill(world.slack, facilitator, 'roster', { members: left })
    await moveTo(world, CLOSES)
    await fill(world.slack, facilitator, 'roster', { members })
  }
  await moveTo(world, CLOSES)
  const { shown } = await world.db.release.findFirstOrThrow()
  return { world, shown: JSON.stringify(shown) }
}

describe('taking members off minutes before the close, and putting them back', () => {
  it('shows the same whomever it was: nobody chooses whose answers count', async () => {
    const nobody = await play([])
    const high = await play(HIGH)
    const low = await play(LOW)
    expect(high.shown).toBe(nobody.shown)
    expect(low.shown).toBe(nobody.shown)
    const unit = await high.world.db.releaseUnit.findFirstOrThrow()
    expect((await sumsOf(high.world.db, SECRET, unit.id)).release?.answered).toBe(7)
  })

  it('does not say whether one of them had answered: a result is there either way', async () => {
    const answered = await play([0, 7])
    const silent = await play([7])
    expect(answered.shown).toBe(silent.shown)
    const { facilitator, supervisor } = answered.world.casts.slack
    expect(lastSeen(answered.world.slack.journal, facilitator, 'summary-notice')).toBeDefined()
    // The removed are told, with what becomes of their answers; the supervisor sees a number.
    const { members } = answered.world.casts.slack
    for (const index of [0, 7]) {
      const notice = lastSeen(answered.world.slack.journal, members[index] ?? '', 'removed')
      expect(notice.notification).toBe('Tuesday group: a note for you is ready.')
    }
    await moveTo(answered.world, new Date('2026-03-09T07:00:00Z'))
    await press(
      answered.world.slack,
      lastSeen(answered.world.slack.journal, supervisor, 'digest-notice'),
      'digest',
    )
    expect(lastSeen(answered.world.slack.journal, supervisor, 'digest').text).toContain(
      '2 members were taken off the list while a check-in was open.',
    )
  })

  it('would be told apart if a removal blanked a box (negative control)', async () => {
    // A leave does, because it is the member's own: seven answers become three, too few to show.
    const world = await startWorld()
    await setUpGroup(world)
    const { members } = world.casts.slack
    await moveTo(world, SESSION.endsAt)
    for (const member of members.slice(0, 7)) await answer(world, 'slack', member, '5')
    for (const member of members.slice(0, 4)) await fill(world.slack, member, 'leave', {})
    await moveTo(world, CLOSES)
    expect(await world.db.release.count()).toBe(0)
  })
})

describe('somebody whom staff took off', () => {
  let world: World
  beforeAll(async () => {
    world = await startWorld()
    await setUpGroup(world)
    const { members, facilitator } = world.casts.slack
    await moveTo(world, SESSION.endsAt)
    for (const member of members.slice(0, 6)) await answer(world, 'slack', member, '5')
    await fill(world.slack, facilitator, 'roster', { members: members.slice(0, 7) })
    await world.app.drain()
  })
  const seventh = () => world.casts.slack.members[7] ?? ''

  it('is still asked in what had begun, to its end, and answers', async () => {
    await moveTo(world, new Date(CLOSES.getTime() - 20 * 3_600_000))
    expect(lastSeen(world.slack.journal, seventh(), 'check-in-nudge')).toBeDefined()
    await answer(world, 'slack', seventh(), '5')
  })

  it('can take the answers out, and nobody else can', async () => {
    await press(world.slack, lastSeen(world.slack.journal, seventh(), 'removed'), 'removed')
    const card = lastSeen(world.slack.journal, seventh(), 'removed')
    expect(card.text).toContain('Only you can take your answers out.')
    await press(world.slack, card, 'removed.withdraw')
    await world.slack.closeForm(seventh())
    await moveTo(world, CLOSES)
    const unit = await world.db.releaseUnit.findFirstOrThrow()
    expect((await sumsOf(world.db, SECRET, unit.id)).release).toMatchObject({
      invited: 8,
      answered: 6,
    })
  })
})

describe('a leave while a check-in is open', () => {
  it('is compared with nothing: neither this result nor the next', async () => {
    const world = await startWorld()
    await setUpGroup(world)
    const { members, facilitator } = world.casts.slack
    const weeks = (at: Date, count: number) => new Date(at.getTime() + count * 7 * 86_400_000)
    const changes: (string | null)[] = []
    for (const week of [0, 1, 2, 3]) {
      await moveTo(world, weeks(SESSION.endsAt, week))
      for (const member of members.slice(0, 6))
        await answer(world, 'slack', member, week < 2 ? '5' : '1')
      if (week === 1) await fill(world.slack, members[7] ?? '', 'leave', {})
      await moveTo(world, weeks(CLOSES, week))
      const { shown } = await world.db.release.findFirstOrThrow({
        where: { unit: { checkIns: { some: { closesAt: weeks(CLOSES, week) } } } },
      })
      changes.push((shown as { scales: { change: string | null }[] }).scales[0]?.change ?? null)
    }
    // The first has none before it; the second and third stand across the leave; the fourth is whole.
    expect(changes).toEqual([null, 'roster', 'roster', 'none'])
    await world.slack.type(facilitator, 'summary')
  })
})

describe('somebody who was taken off, and then leaves their last group', () => {
  it('takes along what they answered where they were taken off', async () => {
    const world = await startWorld()
    await setUpGroup(world)
    const { members, facilitator } = world.casts.slack
    const [last = ''] = members.slice(7)
    await fill(world.slack, facilitator, 'new', {
      contactHours: 'none',
      alias: 'Second group',
      timeZone: 'UTC',
    })
    await fill(world.slack, facilitator, 'roster Second group', { members: [last] })
    await moveTo(world, SESSION.endsAt)
    for (const member of members) await answer(world, 'slack', member, '5')
    await fill(world.slack, facilitator, 'roster Tuesday group', { members: members.slice(0, 7) })
    await fill(world.slack, last, 'leave', {})
    expect(await world.db.account.count({ where: { externalId: last } })).toBe(0)
    await moveTo(world, CLOSES)
    const unit = await world.db.releaseUnit.findFirstOrThrow({ where: { state: 'released' } })
    expect((await sumsOf(world.db, SECRET, unit.id)).release).toMatchObject({
      invited: 8,
      answered: 7,
    })
  })
})
