import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { lastSeen } from '../../src/simulator/workspace.ts'
import { dump, press, setUpGroup, startWorld, type World } from '../helpers.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
  await setUpGroup(world)
})
afterAll(() => world.end())

const homes = (person: string) =>
  world.slack.journal.seen.filter((seen) => seen.person === person && seen.audience === 'home')
const outcomeOf = async () =>
  await Promise.all(world.app.platforms.map((platform) => platform.stop()))

describe('the home tab', () => {
  it.each([
    ['UMEMBER1', ['Next session', 'Summary', 'Share a win', 'Pause', 'Privacy', 'Help']],
    [
      'UFACILITATOR',
      [
        'Next session',
        'Summary',
        'People',
        'Schedule',
        'Messages',
        'Headcount',
        'New group',
        'I am away',
        'Privacy',
        'Help',
      ],
    ],
    ['USUPERVISOR', ['Next session', 'Summary', 'Weekly digest', 'New group', 'Privacy', 'Help']],
    ['UADMIN', ['Admin', 'Privacy', 'Help']],
  ])('of %s shows what they can do next', async (person, labels) => {
    await world.slack.openHome(person)
    await outcomeOf()
    expect(
      lastSeen(world.slack.journal, person, 'home').surface.buttons.map(({ label }) => label),
    ).toEqual(labels)
  })

  it('leads on: its buttons open forms and answers', async () => {
    await world.slack.openHome('UFACILITATOR')
    await outcomeOf()
    await press(world.slack, lastSeen(world.slack.journal, 'UFACILITATOR', 'home'), 'roster')
    expect(lastSeen(world.slack.journal, 'UFACILITATOR', 'roster-form').audience).toBe('form')
    await press(world.slack, lastSeen(world.slack.journal, 'UFACILITATOR', 'home'), 'next')
    expect(lastSeen(world.slack.journal, 'UFACILITATOR', 'next').text).toContain(
      'Tuesday 3 March, 17:30',
    )
  })

  it('is left alone when another of the app’s tabs is opened', async () => {
    const before = homes('UMEMBER2').length
    const event = {
      type: 'app_home_opened',
      user: 'UMEMBER2',
      channel: 'DMEMBER2',
      tab: 'messages',
      event_ts: '1',
    }
    await world.slack.event('T0DEMO', event)
    await outcomeOf()
    expect(homes('UMEMBER2')).toHaveLength(before)
  })

  it('is drawn again over the first, and harmlessly when the event comes twice', async () => {
    const known = homes('UMEMBER3').length
    world.slack.repeatNext()
    await world.slack.openHome('UMEMBER3')
    await outcomeOf()
    const before = await dump(world.db)
    await world.slack.openHome('UMEMBER3')
    await outcomeOf()
    expect(homes('UMEMBER3')).toHaveLength(known + 3)
    const drawn = [...world.slack.state.views.values()].filter(
      ({ person }) => person === 'UMEMBER3',
    )
    expect(drawn).toHaveLength(1)
    expect(drawn[0]?.seen).toBe(homes('UMEMBER3').at(-1))
    expect(await dump(world.db)).toEqual(before)
  })

  it('is drawn at the next opening when Slack refused it once', async () => {
    const known = homes('UMEMBER4').length
    world.slack.failNext({ method: 'views.publish', status: 500 })
    await world.slack.openHome('UMEMBER4')
    await outcomeOf()
    expect(homes('UMEMBER4')).toHaveLength(known)
    await world.slack.openHome('UMEMBER4')
    await outcomeOf()
    expect(homes('UMEMBER4')).toHaveLength(known + 1)
  })

  it('tells Slack when one of its buttons could not open anything, so that Slack says so', async () => {
    await world.slack.openHome('UFACILITATOR')
    await outcomeOf()
    world.slack.failNext({ method: 'views.open', status: 500 })
    const answer = await press(
      world.slack,
      lastSeen(world.slack.journal, 'UFACILITATOR', 'home'),
      'roster',
    )
    expect(answer.problem).toBe('dispatch_failed')
  })
})

describe('a second workspace', () => {
  it('is not served: nothing is shown of the first, and nothing is written', async () => {
    const before = await dump(world.db)
    await world.slack.type('USTRANGER', 'summary Tuesday group')
    expect(world.slack.journal.seen.at(-1)).toMatchObject({
      person: 'USTRANGER',
      audience: 'private',
    })
    expect(world.slack.journal.seen.at(-1)?.text).toContain('This workspace is not connected')
    await world.teams.type(world.casts.teams.strangers[0]?.id ?? '', 'summary')
    expect(world.teams.journal.seen.at(-1)?.text).toContain('This workspace is not connected')
    expect(await dump(world.db)).toEqual(before)
  })
})
