import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sign } from '../../src/simulator/slack/wire.ts'
import { lastSeen } from '../../src/simulator/workspace.ts'
import { dump, fill, setUpGroup, startWorld, type World } from '../helpers.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
  await setUpGroup(world, 'slack')
  await setUpGroup(world, 'teams', 'Wednesday group')
})
afterAll(() => world.end())

const lastOf = (platform: 'slack' | 'teams', person: string) =>
  world[platform].journal.seen.findLast((seen) => seen.person === person)
const memberIds = (count: number) => Array.from({ length: count }, (_, index) => `UX${index}`)

/** The rows that must not change when something is refused: all but those of people met. */
const state = () => dump(world.db, ['Account', 'Person', 'Receipt'])

describe.each(['slack', 'teams'] as const)('bad input on %s', (platform) => {
  const cast = () => world.casts[platform]

  it.each([
    ['an unknown word', 'shedule', 'Nobody reads what is typed here.'],
    ['a long unknown line', 'x'.repeat(400), 'Nobody reads what is typed here.'],
    ['an unknown group', 'summary Friday group', 'You have no group of that name. Your groups:'],
    [
      'a schedule that cannot be read',
      'schedule sometime soon',
      'I see no group of yours in this, and no day and time.',
    ],
    [
      'a mention of everybody',
      '<!channel> <https://example.invalid|click>',
      'Nobody reads what is typed here.',
    ],
  ])(
    'answers %s privately with what was expected and an example',
    async (_name, line, expected) => {
      const before = await state()
      const answer = await world[platform].type(cast().facilitator, line)
      expect(answer.status).toBe(200)
      const seen = lastOf(platform, cast().facilitator)
      expect(seen?.audience).toBe('private')
      expect(seen?.text).toContain(expected)
      // Nothing of it is said back.
      const [, typed = line] = /^(?:summary|schedule) (.*)$/.exec(line) ?? []
      expect(JSON.stringify(seen?.payload)).not.toContain(typed)
      expect(await state()).toEqual(before)
    },
  )

  it('names the roles that may, to who may not', async () => {
    await world[platform].type(cast().members[0] ?? '', 'roster')
    expect(lastOf(platform, cast().members[0] ?? '')?.text).toContain('This is for facilitators')
    await world[platform].type(cast().facilitator, 'admin staff')
    expect(lastOf(platform, cast().facilitator)?.text).toContain('This is for admins.')
  })

  it.each([
    [
      'an alias that tells about health',
      { alias: 'Depression circle' },
      '“depression” can tell others about health.',
    ],
    ['no alias', { alias: '' }, 'Please fill this in. For example: Tuesday group'],
    [
      'an alias of 3,000 characters',
      { alias: 'x'.repeat(3000) },
      'At most 60 characters, please. This has 3000.',
    ],
    [
      'an unknown time zone',
      { alias: 'Friday group', timeZone: 'Mars/Olympus' },
      'I do not know the time zone “Mars/Olympus”.',
    ],
    ['an alias that is taken', { alias: 'TUESDAY GROUP' }, 'You already have a group called'],
  ])('new group: %s', async (_name, filled, expected) => {
    if (_name.includes('taken') && platform === 'teams') return
    const before = await state()
    await fill(world[platform], cast().facilitator, 'new', filled)
    expect(lastOf(platform, cast().facilitator)?.text).toContain(expected)
    expect(await state()).toEqual(before)
  })

  it.each([
    [
      'an unparsable time',
      { time: 'half past' },
      'I could not read the time “half past”. Write it like 17:30.',
    ],
    ['an unparsable date', { firstDate: '3 March' }, 'I could not read the date “3 March”.'],
    ['a past date', { firstDate: '2026-01-06' }, '2026-01-06 at 17:30 is in the past.'],
    ['no sessions', { count: '0' }, 'Write a whole number from 1 to 104. I got “0”.'],
    ['too long a session', { minutes: '9999' }, 'Write a whole number from 15 to 480.'],
  ])('schedule: %s', async (_name, filled, expected) => {
    const before = await state()
    await fill(world[platform], cast().facilitator, 'schedule', filled)
    expect(lastOf(platform, cast().facilitator)?.text).toContain(expected)
    expect(await state()).toEqual(before)
  })

  it('keeps what was typed when a form has to be mended', async () => {
    await fill(world[platform], cast().facilitator, 'schedule', { time: 'half past', count: '7' })
    // Slack keeps the form open itself; Teams shows it again, filled.
    if (platform === 'slack') expect(world.slack.openForm(cast().facilitator)).not.toBeNull()
    else
      expect(
        world.teams.openForm(cast().facilitator)?.surface.inputs.map((input) => input.value),
      ).toContain('7')
  })
})

describe('a roster in Slack', () => {
  it.each([
    ['60 members', { members: memberIds(60) }, 'At most 30 members. You chose 60.'],
    [
      'the facilitator as a member',
      { members: ['UFACILITATOR'] },
      'Facilitator cannot be both member and staff of one group.',
    ],
    [
      'another app as a member',
      { members: ['UAPP'] },
      'Another app cannot be added: an app, or an account that was closed.',
    ],
    ['a closed account', { members: ['UCLOSED'] }, 'Closed account cannot be added'],
    ['nobody as facilitator', { facilitators: [] }, 'A group needs at least one facilitator.'],
    [
      'a member as supervisor',
      { supervisors: ['UMEMBER1'], members: [] },
      'Member 1 is not on the staff list.',
    ],
  ])('refuses %s in words and changes nothing', async (_name, filled, expected) => {
    const before = await state()
    await fill(world.slack, 'UFACILITATOR', 'roster', filled)
    expect(lastOf('slack', 'UFACILITATOR')?.text).toContain(expected)
    expect(await state()).toEqual(before)
  })

  it('takes an empty roster, and says what a check-in needs', async () => {
    await fill(world.slack, 'UFACILITATOR', 'roster', { members: [] })
    expect(lastSeen(world.slack.journal, 'UFACILITATOR', 'roster-done').text).toContain(
      'Tuesday group now has no members.\nNobody new was added.\nA check-in needs 6 members when it opens.',
    )
  })

  it('keeps staff who still lead a group on the list', async () => {
    await fill(world.slack, 'UADMIN', 'admin staff', { leaving: ['UFACILITATOR'] })
    expect(lastOf('slack', 'UADMIN')?.text).toContain('still leads or oversees a group')
  })

  it('does not let a name with markup, links or mentions out of its place', async () => {
    await fill(world.slack, 'UFACILITATOR', 'new', {
      contactHours: 'none',
      alias: '<!channel> <https://e.invalid|x> *b* \u202Eevil',
      timeZone: 'UTC',
    })
    const { payload, text } = lastSeen(world.slack.journal, 'UFACILITATOR', 'new-done')
    expect(text).toContain('<!channel> <https://e.invalid|x> *b*  evil is set up.')
    expect(JSON.stringify(payload)).not.toContain('mrkdwn')
    await fill(
      world.slack,
      'UFACILITATOR',
      'roster <!channel> <https://e.invalid|x> *b* \u202Eevil',
      {
        members: ['UMEMBER1'],
      },
    )
    await world.app.drain()
    const welcome = lastSeen(world.slack.journal, 'UMEMBER1', 'welcome').payload as { text: string }
    expect(welcome.text).toContain('&lt;!channel&gt; &lt;https://e.invalid|x&gt;')
  })
})

describe('requests that no platform sends', () => {
  const post = (path: string, body: string, headers: Record<string, string> = {}) =>
    fetch(`http://127.0.0.1:${world.app.port}${path}`, { method: 'POST', body, headers })
  /** With a token, without which a body is not read. */
  const toTeams = async (body: string, type = 'application/json') =>
    await post('/api/messages', body, {
      'content-type': type,
      authorization: `Bearer ${await world.teams.token()}`,
    })
  it.each([
    ['malformed JSON to Teams', () => toTeams('{"type":'), 400],
    ['not JSON to Teams', () => toTeams('x=1', 'text/plain'), 415],
    ['an oversize body to Teams', () => toTeams(`"${'x'.repeat(300_000)}"`), 413],
    ['an array to Teams', () => toTeams('[]'), 400],
    ['a GET to Teams', () => fetch(`http://127.0.0.1:${world.app.port}/api/messages`), 405],
    [
      'an unsigned body to Slack',
      () =>
        post('/slack/events', 'command=%2Fgroup', {
          'content-type': 'application/x-www-form-urlencoded',
        }),
      401,
    ],
    ['an unknown path', () => post('/nowhere', ''), 404],
    ['a GET to Slack', () => fetch(`http://127.0.0.1:${world.app.port}/slack/events`), 405],
  ])('are refused: %s', async (_name, send, status) => {
    const before = await state()
    expect((await send()).status).toBe(status)
    expect(await state()).toEqual(before)
  })

  it('are refused: an oversize signed body to Slack', async () => {
    const { status } = await world.slack.send({ payload: 'x'.repeat(1_100_000) })
    expect(status).toBeGreaterThanOrEqual(400)
    expect(status).toBeLessThan(500)
  })

  it.each(['//', '/slack/events?x=%', '*'])(
    'do not end the process: the target “%s”',
    async (target) => {
      const { promise, resolve, reject } = Promise.withResolvers<number>()
      const sent = request(
        { host: '127.0.0.1', port: world.app.port, method: 'GET', path: target },
        (response) => resolve(response.resume().statusCode ?? 0),
      )
      sent.once('error', reject)
      sent.end()
      expect(await promise).toBeGreaterThanOrEqual(400)
      expect((await fetch(`http://127.0.0.1:${world.app.port}/healthz`)).status).toBe(200)
    },
  )

  it.each(['null', '[]', '1', '"x"', '{}', '{'])(
    'do not end the process: the signed body %s',
    async (payload) => {
      const { status } = await world.slack.send({ payload })
      expect(status).toBeLessThan(500)
      const raw = payload
      const timestamp = String(Math.floor(Date.now() / 1000))
      const headers = {
        'content-type': 'application/json',
        'x-slack-request-timestamp': timestamp,
        'x-slack-signature': sign('demo signing secret, not a secret', timestamp, raw),
      }
      const direct = await fetch(`http://127.0.0.1:${world.app.port}/slack/events`, {
        method: 'POST',
        headers,
        body: raw,
      })
      expect(direct.status).toBeLessThan(500)
      expect((await fetch(`http://127.0.0.1:${world.app.port}/healthz`)).status).toBe(200)
    },
    20_000,
  )

  it('are refused in words: thousands of people, people that are none, a NUL in a name', async () => {
    const submit = (data: object) =>
      world.teams.send(
        world.teams.activity(world.casts.teams.facilitator, {
          type: 'invoke',
          name: 'task/submit',
          value: { data },
        }),
      )
    const group = await world.db.group.findFirstOrThrow({ where: { alias: 'Wednesday group' } })
    const before = await state()
    const people = async (value: string) =>
      JSON.stringify(
        (await submit({ verb: 'roster.submit', id: group.id, 'people:members': value })).body,
      )
    expect(
      await people(Array.from({ length: 3_000 }, (_, index) => `u${index}`).join(',')),
    ).toContain('At most 100 people here. You chose 3000.')
    expect(await people('not a person')).toContain('One entry is not a person.')
    expect(await state()).toEqual(before)
    expect((await submit({ verb: 'checkin.submit', id: null })).status).toBe(200)
    await submit({
      verb: 'new.submit',
      id: null,
      'field:kind': 'therapeutic-support',
      'field:alias': 'Nul\u0000 group',
      'field:timeZone': 'UTC',
      'field:contactHours': 'none',
    })
    expect(await world.db.group.count({ where: { alias: 'Nul group' } })).toBe(1)
  })

  it('are harmless: a signed payload that is not ours', async () => {
    const before = await state()
    const { status } = await world.slack.send({
      payload: JSON.stringify({
        type: 'block_actions',
        team: { id: 'T0DEMO' },
        user: { id: 'UMEMBER1' },
        trigger_id: world.slack.newTrigger('UMEMBER1'),
        actions: [{ type: 'button', action_id: 'x', block_id: 'y', value: '{"verb":1}' }],
      }),
    })
    expect(status).toBe(200)
    expect(await state()).toEqual(before)
  })
})
