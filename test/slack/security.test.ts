import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sign } from '../../src/simulator/slack/wire.ts'
import { lastSeen, waitUntil } from '../../src/simulator/workspace.ts'
import {
  answer,
  dump,
  moveTo,
  press,
  SESSION,
  setUpGroup,
  startWorld,
  type World,
} from '../helpers.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
  await setUpGroup(world)
})
afterAll(() => world.end())

const command = {
  command: '/group',
  text: 'help',
  team_id: 'T0DEMO',
  user_id: 'UNEW',
  channel_id: 'C1',
  trigger_id: 'x',
  response_url: 'http://127.0.0.1:9/',
  api_app_id: 'A1',
}
const seconds = (offset: number) => String(Math.floor(Date.now() / 1000) + offset)

describe('Slack’s signature', () => {
  it.each([
    ['wrong', { signature: 'v0=0000000000000000000000000000000000000000000000000000000000000000' }],
    ['empty', { signature: '' }],
    [
      'of another secret',
      {
        signature: sign('another secret', seconds(0), new URLSearchParams(command).toString()),
        timestamp: seconds(0),
      },
    ],
    [
      'of a body that was tampered with',
      {
        signature: sign(
          'demo signing secret, not a secret',
          seconds(0),
          'command=/group&text=other',
        ),
        timestamp: seconds(0),
      },
    ],
    ['six minutes old', { timestamp: seconds(-360) }],
    ['six minutes in the future', { timestamp: seconds(360) }],
    ['an hour in the future', { timestamp: seconds(3600) }],
    ['without a time', { timestamp: '' }],
    ['at a time that is no number', { timestamp: 'now' }],
  ])('is refused when it is %s, and nothing runs', async (_name, change) => {
    const before = await dump(world.db)
    const { status } = await world.slack.send(command, change)
    expect(status).toBe(401)
    expect(await dump(world.db)).toEqual(before)
  })

  it('is refused when the very same request comes a second time, and newer answers stay', async () => {
    const timestamp = seconds(-3)
    expect((await world.slack.send(command, { timestamp })).status).toBe(200)
    const before = await dump(world.db)
    expect((await world.slack.send(command, { timestamp })).status).toBe(401)
    expect(await dump(world.db)).toEqual(before)
  })

  it('is refused over another content type', async () => {
    expect(
      (
        await world.slack.send(command, {
          contentType: 'application/x-www-form-urlencoded; charset=utf-8',
        })
      ).status,
    ).toBe(400)
  })

  it.each([-295, -120, 120, 295])(
    'is taken from %i seconds away: clocks differ',
    async (offset) => {
      const { status } = await world.slack.send(command, { timestamp: seconds(offset) })
      expect(status).toBe(200)
    },
  )

  it('is taken when it is right (control)', async () => {
    const { status, body } = await world.slack.send(command)
    expect(status).toBe(200)
    expect(JSON.stringify(body)).toContain('ephemeral')
  })
})

describe('repeated requests on Slack', () => {
  it('of a command: the same answer, nothing doubled', async () => {
    const once = await world.slack.send(
      { ...command, trigger_id: 'same' },
      { timestamp: seconds(-2) },
    )
    const twice = await world.slack.send(
      { ...command, trigger_id: 'same' },
      { timestamp: seconds(-1) },
    )
    expect(twice.body).toEqual(once.body)
  })

  it('of a form: the first counts, the second changes nothing', async () => {
    const form = (id: string) => ({
      payload: JSON.stringify({
        type: 'view_submission',
        team: { id: 'T0DEMO' },
        user: { id: 'UFACILITATOR' },
        trigger_id: 't',
        view: {
          id,
          callback_id: 'new.submit',
          private_metadata: '{"id":null}',
          state: {
            values: {
              'field:kind': { value: { selected_option: { value: 'therapeutic-support' } } },
              'field:alias': { value: { value: 'Twice' } },
              'field:timeZone': { value: { value: 'UTC' } },
              'field:contactHours': { value: { selected_option: { value: 'none' } } },
            },
          },
        },
      }),
    })
    const replies = await Promise.all([
      world.slack.send(form('V1'), { timestamp: seconds(-1) }),
      world.slack.send(form('V1'), { timestamp: seconds(-2) }),
    ])
    expect(replies.map(({ status }) => status)).toEqual([200, 200])
    expect(await world.db.group.count({ where: { alias: 'Twice' } })).toBe(1)
    await world.slack.send(form('V1'))
    expect(await world.db.group.count({ where: { alias: 'Twice' } })).toBe(1)
  })

  it('of an acceptance and of answers: harmless', async () => {
    const welcome = lastSeen(world.slack.journal, 'UMEMBER1', 'welcome')
    await press(world.slack, welcome, 'welcome')
    await world.slack.submit('UMEMBER1', {})
    await press(world.slack, welcome, 'welcome')
    await world.slack.submit('UMEMBER1', {})
    expect(await world.db.rosterEntry.count({ where: { agreedAt: { not: null } } })).toBe(1)
    await moveTo(world, SESSION.endsAt)
    await answer(world, 'slack', 'UMEMBER1', '3')
    await answer(world, 'slack', 'UMEMBER1', '3')
    expect(await world.db.ballot.count()).toBe(8)
  })

  it('of an event that nobody listens to: taken, and nothing changes', async () => {
    const event = {
      payload: '',
      type: 'event_callback',
      team_id: 'T0DEMO',
      event: { type: 'reaction_added', user: 'UMEMBER1' },
      event_id: 'Ev1',
    }
    const raw = JSON.stringify(event)
    const before = await dump(world.db)
    for (const retry of ['0', '1']) {
      // Far apart, so that no tick of the clock makes them the same request.
      const timestamp = seconds(-30 * Number(retry))
      const headers = {
        'content-type': 'application/json',
        'x-slack-request-timestamp': timestamp,
        'x-slack-signature': sign('demo signing secret, not a secret', timestamp, raw),
        'x-slack-retry-num': retry,
      }
      const response = await fetch(`http://127.0.0.1:${world.app.port}/slack/events`, {
        method: 'POST',
        headers,
        body: raw,
      })
      expect(response.status).toBe(200)
    }
    expect(await dump(world.db)).toEqual(before)
  })

  it('of a press whose form could not open: told to try again, and a second press works', async () => {
    world.slack.failNext({ method: 'views.open', status: 500 })
    const notice = lastSeen(world.slack.journal, 'UMEMBER2', 'check-in')
    await press(world.slack, notice, 'checkin.answer')
    await waitUntil(
      () => world.slack.journal.seen.at(-1)?.text.includes('Please try again.') ?? false,
    )
    expect(world.slack.journal.seen.at(-1)).toMatchObject({
      person: 'UMEMBER2',
      audience: 'private',
    })
    await press(world.slack, notice, 'checkin.answer')
    expect(world.slack.openForm('UMEMBER2')?.kind).toBe('check-in-form')
  })

  it('of a press on an old button of something that is gone: words, not an error', async () => {
    const notice = lastSeen(world.slack.journal, 'UMEMBER1', 'check-in')
    await world.db.checkIn.deleteMany({ where: { state: 'open' } })
    const { status } = await press(world.slack, notice, 'checkin.answer')
    expect(status).toBe(200)
    expect(world.slack.journal.seen.at(-1)?.text).toContain('I cannot find that.')
  })
})
