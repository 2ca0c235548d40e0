import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Hands, lastSeen } from '../../src/simulator/workspace.ts'
import {
  answer,
  CLOSES,
  moveTo,
  press,
  SESSION,
  type StepValue,
  setUpGroup,
  startWorld,
  type World,
} from '../helpers.ts'

const WEEK_MS = 7 * 24 * 3_600_000
const said = (hands: Hands, person: string) =>
  hands.journal.seen.findLast((seen) => seen.person === person)?.text ?? ''

describe.each(['slack', 'teams'] as const)('the summary over several results on %s', (platform) => {
  let world: World
  let hands: Hands
  const cast = () => world.casts[platform]
  const week = (at: Date, weeks: number) => new Date(at.getTime() + weeks * WEEK_MS)
  /** A check-in of that week is answered alike by so many members, and counted. */
  const play = async (weeks: number, value: StepValue, members: number) => {
    await moveTo(world, week(SESSION.endsAt, weeks))
    for (const member of cast().members.slice(0, members))
      await answer(world, platform, member, value)
    await moveTo(world, week(CLOSES, weeks))
  }
  const summary = async (person: string) => {
    await press(
      hands,
      lastSeen(hands.journal, person, person === cast().facilitator ? 'summary-notice' : 'result'),
      'summary',
    )
    return lastSeen(hands.journal, person, 'summary')
  }
  beforeAll(async () => {
    world = await startWorld()
    hands = world[platform]
    await setUpGroup(world, platform)
    await play(0, '3', 8)
    await play(1, '5', 8)
    await play(2, '5', 5)
    await play(3, '5', 8)
  })
  afterAll(() => world.end())

  it('tells facilitators sessions and what to open with, and keeps to a screen', async () => {
    const { text } = await summary(cast().facilitator)
    expect(text).toContain('Sessions in four weeks: 4 held.')
    expect(text).toContain('To open the next session: ask what')
    expect(text).toContain('Group climate: mostly high')
    const lines = text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('['))
    // Eight lines, under the group's name and what was asked.
    expect(lines.length, text).toBeLessThanOrEqual(2 + 8)
    await hands.closeForm(cast().facilitator)
  })

  it('lists the last four as they were published, with what moved beyond chance in words beside its arrow', async () => {
    await press(hands, await summary(cast().facilitator), 'summary.four')
    const { text } = lastSeen(hands.journal, cast().facilitator, 'summary-trend')
    const lines = text.split('\n').filter((line) => line.includes('March:'))
    expect(lines.map((line) => line.replace(/^.*March: /, ''))).toEqual([
      'in the middle',
      'mostly high ↑ higher',
      'not shown, too few answers',
      // Beside the two that were shown.
      'mostly high ↑ higher',
    ])
    expect(text).toContain('One that does can still be chance.')
    await hands.closeForm(cast().facilitator)
  })

  /** The summary as an answer that a chart can stand beside: in Slack that of the command. */
  const typedSummary = async (person: string) => {
    if (platform === 'teams') return await summary(person)
    await hands.type(person, 'summary')
    return lastSeen(hands.journal, person, 'summary')
  }

  it('draws them as a chart of the same levels, the one that is not shown left out', async () => {
    await press(hands, await typedSummary(cast().facilitator), 'summary.four')
    const { text } = lastSeen(hands.journal, cast().facilitator, 'summary-trend')
    expect(text).toContain('[chart] Group climate (1 mostly low, 2 in the middle, 3 mostly high)')
    expect(text).toContain('Group climate: 3 Mar 2, 10 Mar 3, 24 Mar 3')
    expect(text).toContain('1 result not shown')
    await hands.closeForm(cast().facilitator)
  })

  // Teams' clients leave out what they do not draw; the bot is not told.
  if (platform === 'slack')
    it('comes as text alone where Slack takes no chart, and does not ask it again', async () => {
      const answered = () =>
        world.slack.journal.requests.filter(({ method }) => method === 'response_url')
      const facilitator = cast().facilitator
      await typedSummary(facilitator)
      world.slack.failNext({ method: 'response_url', status: 400, error: 'invalid_blocks' })
      const before = answered().length
      await press(hands, lastSeen(hands.journal, facilitator, 'summary'), 'summary.four')
      expect(answered().length - before).toBe(2)
      const { text } = lastSeen(hands.journal, facilitator, 'summary-trend')
      expect(text).not.toContain('[chart]')
      expect(text).toContain('mostly high ↑ higher')
      await press(hands, await typedSummary(facilitator), 'summary.four')
      // It comes as a modal then, like any other answer to a button.
      expect(answered().length - before).toBe(2)
      expect(lastSeen(hands.journal, facilitator, 'summary-trend').text).not.toContain('[chart]')
      await hands.closeForm(facilitator)
    })

  it('shows members the same lines, and no work of the staff', async () => {
    const member = cast().members[0] ?? ''
    const card = await summary(member)
    expect(card.text).not.toMatch(
      /Sessions in four weeks|To open the next session|Post to the group/,
    )
    await press(hands, card, 'summary.four')
    expect(lastSeen(hands.journal, member, 'summary-trend').text).toContain('mostly high ↑ higher')
    await hands.closeForm(member)
  })

  it('is posted to the group by a facilitator: previewed, confirmed, without who asked', async () => {
    await press(hands, await summary(cast().facilitator), 'summary.post')
    const form = said(hands, cast().facilitator)
    expect(form).toContain('Who answered: most of the group')
    expect(form).toContain('Group climate: mostly high')
    await hands.submit(cast().facilitator, { date: '2026-03-27', time: '10:00' })
    await press(
      hands,
      lastSeen(hands.journal, cast().facilitator, 'message-preview'),
      'message.confirm',
    )
    await hands.closeForm(cast().facilitator)
    await moveTo(world, new Date('2026-03-27T09:00:00Z'))
    const member = cast().members[1] ?? ''
    const notice = lastSeen(hands.journal, member, 'message')
    expect(notice.text).not.toContain('climate')
    await press(hands, notice, 'message.read')
    expect(said(hands, member)).toContain('Group climate: mostly high')
    const { name } = await world.db.account.findFirstOrThrow({
      where: { externalId: cast().facilitator },
    })
    expect(said(hands, member)).not.toContain(name ?? 'never')
  })

  it('is not offered for posting when members may not see it', async () => {
    await world.db.releaseUnit.updateMany({ data: { audience: 'staff' } })
    const { text } = await summary(cast().facilitator)
    expect(text).not.toContain('Post to the group')
    await hands.closeForm(cast().facilitator)
  })
})
