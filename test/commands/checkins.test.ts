import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Hands, lastSeen } from '../../src/simulator/workspace.ts'
import {
  answer,
  CLOSES,
  fill,
  moveTo,
  open,
  press,
  SECRET,
  SESSION,
  STORES,
  setUpGroup,
  startWorld,
  type World,
} from '../helpers.ts'
import { sumsOf } from '../released.ts'

const DAY_MS = 24 * 60 * 60_000
const WEEK_MS = 7 * DAY_MS
const PLATFORMS = ['slack', 'teams'] as const

const said = (hands: Hands, person: string) =>
  hands.journal.seen.findLast((seen) => seen.person === person)?.text ?? ''
const week = (at: Date, weeks: number) => new Date(at.getTime() + weeks * WEEK_MS)

/** Opens the card of check-ins and presses one of its buttons. */
async function onCard(hands: Hands, person: string, verb: string): Promise<void> {
  await open(hands, person, 'checkin')
  await press(hands, lastSeen(hands.journal, person, 'checkins'), verb)
}

async function planOne(
  hands: Hands,
  person: string,
  filled: Record<string, string>,
): Promise<string> {
  await onCard(hands, person, 'checkin.plan')
  await hands.submit(person, filled)
  const text = said(hands, person)
  await hands.closeForm(person)
  return text
}

async function openOne(
  hands: Hands,
  person: string,
  filled: Record<string, string>,
): Promise<string> {
  await onCard(hands, person, 'checkin.now')
  await hands.submit(person, filled)
  const text = said(hands, person)
  await hands.closeForm(person)
  return text
}

describe.each(PLATFORMS.map((platform) => ({ platform })))(
  'planning check-ins on $platform',
  ({ platform }) => {
    let world: World
    let hands: Hands
    const cast = () => world.casts[platform]
    const facilitator = () => cast().facilitator
    beforeAll(async () => {
      world = await startWorld()
      hands = world[platform]
      await setUpGroup(world, platform)
    })
    afterAll(() => world.end())

    it('starts with what the kind asks, and offers what it suggests besides', async () => {
      await open(hands, facilitator(), 'checkin')
      const { text } = lastSeen(hands.journal, facilitator(), 'checkins')
      expect(text).toContain('How the session was: after each session, open for 48 hours.')
      expect(text).toContain('Members and staff see the result, from 6 answers on.')
      expect(text).toContain('You could also ask')
      expect(text).toContain('Days with an illness: before every 4 sessions, open for 24 hours.')
      expect(text).toContain('such as the PHQ-9, cannot be used')
      await hands.closeForm(facilitator())
    })

    it('shows the form as a member gets it, and keeps nothing of what is sent', async () => {
      await onCard(hands, facilitator(), 'checkin.preview')
      const preview = lastSeen(hands.journal, facilitator(), 'check-in-preview')
      for (const line of [
        'Nobody reads answers one by one.',
        '0800 111 0111',
        'If you answered before, sending again replaces all your answers.',
        'Not a validated scale. No cut-offs.',
        'I left with some hope.',
      ])
        expect(preview.text).toContain(line)
      await hands.submit(facilitator(), { belonging: '5' })
      expect(said(hands, facilitator())).toContain('Nothing was kept.')
      await hands.closeForm(facilitator())
      expect(await world.db.ballot.count()).toBe(0)
    })

    it('refuses questions about more days than lie between sessions, with the reason', async () => {
      expect(await planOne(hands, facilitator(), { set: 'phq-4', everyNth: '1' })).toContain(
        'These questions ask about the last 14 days. Sessions are closer than that. Choose it less often.',
      )
      expect(await world.db.checkInPlan.count()).toBe(1)
    })

    it('refuses more results than are safe, with the reason, and keeps the plan that was there', async () => {
      const refused = await planOne(hands, facilitator(), { set: 'ons4', everyNth: '1' })
      expect(refused).toContain(
        'A group may publish 13 results in 26 weeks. Else single answers can be worked out.',
      )
      expect(refused).toContain('This set needs 4 places each time.')
      expect(await world.db.checkIn.count()).toBe(12)
    })

    it('plans a second set: results of both still fit, because the weekly one is published by twos', async () => {
      const planned = await planOne(hands, facilitator(), {
        set: 'days-with-illness',
        timing: 'before',
        everyNth: '4',
      })
      expect(planned).toContain('Days with an illness: before every 4 sessions')
      expect(planned).toContain('Only at these stages: middle and ending.')
      const rows = await world.db.checkIn.findMany({
        include: { plan: true },
        orderBy: { opensAt: 'asc' },
      })
      const own = rows.filter(({ questionSetId }) => questionSetId === 'days-with-illness')
      expect(own.map(({ unitSize }) => unitSize)).toEqual([1, 1, 1])
      expect(own[0]?.closesAt).toEqual(new Date('2026-03-24T16:30:00Z'))
      expect(
        rows
          .filter(({ questionSetId }) => questionSetId === 'pulse')
          .map(({ unitSize }) => unitSize),
      ).toEqual(Array(12).fill(2))
      expect(
        await planOne(hands, facilitator(), { set: 'days-with-illness', everyNth: '4' }),
      ).toContain('is planned already')
    })

    it('stops a plan: what it had not opened does not open', async () => {
      const plan = await world.db.checkInPlan.findFirstOrThrow({
        where: { questionSetId: 'days-with-illness' },
      })
      await open(hands, facilitator(), 'checkin')
      const card = lastSeen(hands.journal, facilitator(), 'checkins')
      await press(hands, card, 'checkin.stop', 'Days with an illness')
      expect(said(hands, facilitator())).toContain('Days with an illness: stopped.')
      expect(await world.db.checkIn.count({ where: { planId: plan.id } })).toBe(0)
      const sizes = await world.db.checkIn.findMany({ select: { unitSize: true } })
      expect(sizes.map(({ unitSize }) => unitSize)).toEqual(Array(12).fill(1))
    })

    it('opens one at once, tells the members, and asks the same again only after its days', async () => {
      expect(
        await openOne(hands, facilitator(), { set: 'phq-4', openHours: '4', audience: 'staff' }),
      ).toContain('PHQ-4: it opens now, for 4 hours.')
      await world.app.drain()
      const [first = '', second = ''] = cast().members
      await press(hands, lastSeen(hands.journal, first, 'check-in'), 'checkin.answer')
      const { text } = lastSeen(hands.journal, first, 'check-in-form')
      expect(text).toContain('Feeling nervous, anxious or on edge')
      expect(text).toContain('No permission required to reproduce')
      expect(text).toContain(
        'Only your facilitators and supervisor see a result. It needs 5 answers or more.',
      )
      await hands.submit(first, { gad1: '3', gad2: '3', phq1: '3', phq2: '3' })
      await hands.closeForm(first)
      expect(await openOne(hands, facilitator(), { set: 'phq-4' })).toContain('is open now')
      await moveTo(world, new Date(world.clock.now().getTime() + DAY_MS))
      expect(await openOne(hands, facilitator(), { set: 'phq-4' })).toContain('Wait 13 more days.')
      // Made for staff alone: for members it does not exist, not even that it was withheld.
      await open(hands, second, 'summary')
      expect(said(hands, second)).toContain('There is no result yet.')
      expect(hands.journal.seen.some(({ kind }) => kind === 'result')).toBe(false)
    })
  },
)

describe.each(STORES.map((store) => ({ store })))(
  'a unit of two check-ins on the $store store',
  ({ store }) => {
    let world: World
    const cast = () => world.casts.slack
    const member = (index: number) => cast().members[index] ?? ''
    beforeAll(async () => {
      world = await startWorld({ store })
      await setUpGroup(world)
      await planOne(world.slack, cast().facilitator, {
        set: 'days-with-illness',
        timing: 'before',
        everyNth: '4',
      })
      await moveTo(world, SESSION.endsAt)
    })
    afterAll(() => world.end())

    it('waits for its second check-in: no result, the key and the sealed answers stay', async () => {
      for (let index = 0; index < 4; index += 1) await answer(world, 'slack', member(index), '5')
      await moveTo(world, CLOSES)
      const unit = await world.db.releaseUnit.findFirstOrThrow()
      expect(unit).toMatchObject({ state: 'open', checkInCount: 2 })
      expect(await world.db.ballot.count()).toBe(8)
      await world.slack.type(cast().facilitator, 'summary')
      expect(said(world.slack, cast().facilitator)).toContain(
        'The result comes after the next one.',
      )
      await world.slack.closeForm(cast().facilitator)
    })

    it('takes along the answers of who leaves between the two', async () => {
      const before = await world.db.ballot.findMany({ orderBy: { memberId: 'asc' } })
      await fill(world.slack, member(3), 'leave', {})
      const after = await world.db.ballot.findMany({ orderBy: { memberId: 'asc' } })
      // Every box of the closed check-in changed alike, so the rows do not say who left, nor
      // whether they had answered.
      expect(after.length).toBe(before.length)
      for (const [index, { box }] of after.entries())
        expect(Buffer.from(box)).not.toEqual(Buffer.from(before[index]?.box ?? []))
    })

    it('counts each member once over both, also who answers in one only, and not who left', async () => {
      await moveTo(world, week(SESSION.endsAt, 1))
      expect(await world.db.releaseUnit.count()).toBe(1)
      // Three answer in both (5, then 1: a mean in the middle), three in the second only.
      for (const index of [0, 1, 2]) await answer(world, 'slack', member(index), '1')
      for (const index of [4, 5, 6]) await answer(world, 'slack', member(index), '5')
      await moveTo(world, week(CLOSES, 1))
      const unit = await world.db.releaseUnit.findFirstOrThrow()
      expect(unit.state).toBe('released')
      expect((await sumsOf(world.db, SECRET, unit.id)).release).toMatchObject({
        invited: 8,
        answered: 6,
        tallies: [{ answers: 6, totalMilli: 4500, low: 0, high: 3 }],
      })
      expect(await world.db.ballot.count()).toBe(0)
    })

    it('tells members and facilitators at the same time, in the same words', async () => {
      const told = (person: string, kind: string) => lastSeen(world.slack.journal, person, kind)
      expect(told(member(0), 'result').text).toBe(told(cast().facilitator, 'summary-notice').text)
      expect(told(member(0), 'result').notification).toBe('Tuesday group: a note for you is ready.')
      await press(world.slack, told(member(7), 'result'), 'summary')
      expect(said(world.slack, member(7))).toContain('Group climate: mostly high')
      await world.slack.closeForm(member(7))
    })

    it('is made of one check-in when its plan has none left, and of nothing but the budget’s length', async () => {
      await moveTo(world, week(SESSION.endsAt, 2))
      for (const index of [0, 1, 2, 4, 5, 6]) await answer(world, 'slack', member(index), '4')
      await moveTo(world, week(CLOSES, 2))
      const unit = await world.db.releaseUnit.findFirstOrThrow({ where: { state: 'open' } })
      await world.slack.type(cast().facilitator, 'checkin')
      await press(
        world.slack,
        lastSeen(world.slack.journal, cast().facilitator, 'checkins'),
        'checkin.stop',
        'How the session was',
      )
      await world.slack.closeForm(cast().facilitator)
      await world.app.drain()
      expect(
        (
          await world.db.releaseUnit.findUniqueOrThrow({
            where: { organisationId_id: { organisationId: unit.organisationId, id: unit.id } },
          })
        ).state,
      ).toBe('released')
    })
  },
)
