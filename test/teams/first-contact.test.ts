import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { lastSeen, waitUntil } from '../../src/simulator/workspace.ts'
import { open, press, setUpGroup, startWorld, type World } from '../helpers.ts'
import { transport } from './transport-of.ts'

let world: World
beforeAll(async () => {
  world = await startWorld({ teamsTransport: transport() })
  await setUpGroup(world, 'teams')
})
afterAll(() => world.end())
const cast = () => world.casts.teams
const member = (index: number) => cast().members[index] ?? ''
const seen = () => world.teams.journal.seen
/** The next thing of this kind that anybody sees after something was done. */
const next = async (kind: string, act: () => Promise<unknown>) => {
  const before = seen().length
  const found = () =>
    seen()
      .slice(before)
      .find((one) => one.kind === kind)
  await act()
  await waitUntil(() => found() !== undefined)
  return found()
}
const account = (externalId: string) => world.db.account.findFirstOrThrow({ where: { externalId } })
/** Something from the team's channel. */
const inChannel = () => ({
  id: `19:${world.workspaces.teams}@thread.tacv2`,
  conversationType: 'channel',
  tenantId: world.workspaces.teams,
})

describe('somebody who adds the app in Teams', () => {
  it('sees its home at once, and not an empty chat', async () => {
    const first = await next('home', () => world.teams.install(member(0)))
    expect(first).toMatchObject({ person: member(0), kind: 'home' })
    expect(first?.text).toContain('You can get help now.')
  })

  it.each(['hi', 'Hello', 'hola'])('is answered to “%s”', async (line) => {
    expect(await next('home', () => world.teams.type(member(0), line))).toMatchObject({
      kind: 'home',
    })
  })

  it('in a channel: everybody there reads one line that says what it is for', async () => {
    const activity = world.teams.activity(cast().facilitator, {
      type: 'installationUpdate',
      action: 'add',
      conversation: inChannel(),
    })
    const said = await next('text', () => world.teams.send(activity))
    expect(said).toMatchObject({ audience: 'channel' })
    expect(said?.text).toContain('It answers each person alone, in a private chat.')
    expect(said?.text).not.toContain('Tuesday')
  })
})

describe('somebody who takes the app off in Teams', () => {
  it('is marked, and the facilitator hears of it; what is sent would be taken and seen by nobody', async () => {
    await world.teams.uninstall(member(1))
    await world.app.drain()
    expect((await account(member(1))).unreachable).toBe('blocked')
    const told = lastSeen(world.teams.journal, cast().facilitator, 'delivery-problem')
    await press(world.teams, told, 'problems')
    expect(lastSeen(world.teams.journal, cast().facilitator, 'problems').text).toContain(
      'Member 2: Groupwell was blocked or taken off.',
    )
    await world.teams.closeForm(cast().facilitator)
  })

  it('stays so when they write in a channel or an upgrade passes; only adding it again takes it back', async () => {
    await world.teams.typeIn('mention', member(1), 'next')
    expect((await account(member(1))).unreachable).toBe('blocked')
    await world.teams.send(
      world.teams.activity(member(1), { type: 'installationUpdate', action: 'remove-upgrade' }),
    )
    expect((await account(member(1))).unreachable).toBe('blocked')
    await world.teams.install(member(1))
    expect((await account(member(1))).unreachable).toBeNull()
  })
})

describe('what comes from a channel', () => {
  it('is answered when a button of a card there is pressed: in their own chat', async () => {
    const activity = world.teams.activity(cast().facilitator, {
      type: 'invoke',
      name: 'adaptiveCard/action',
      value: { action: { type: 'Action.Execute', verb: 'next', data: { verb: 'next', id: null } } },
      conversation: inChannel(),
    })
    const answer = await next('next', () => world.teams.send(activity))
    expect(answer).toMatchObject({ audience: 'dm', person: cast().facilitator, kind: 'next' })
  })

  it('by somebody without an account is answered in one line', async () => {
    const activity = world.teams.activity(cast().facilitator, {
      type: 'message',
      text: '<at>Groupwell</at> next',
      from: { id: '29:guest' },
      conversation: inChannel(),
    })
    const answer = await next('text', () => world.teams.send(activity))
    expect(answer?.text).toContain('only people who are signed in')
  })
})

describe('what a client may send', () => {
  it('null is as good as nothing in every optional field', async () => {
    const activity = world.teams.activity(member(0), {
      type: 'message',
      text: 'help',
      value: null,
      locale: null,
      localTimezone: null,
      action: null,
      attachments: null,
      membersAdded: null,
      channelData: { tenant: { id: world.workspaces.teams }, channel: null },
    })
    expect(await next('help', () => world.teams.send(activity))).toBeDefined()
  })

  it('a picture alone is no greeting: nobody reads it, and it says where help is', async () => {
    const activity = world.teams.activity(member(0), {
      type: 'message',
      text: '',
      attachments: [{ contentType: 'image/png', contentUrl: 'https://example.invalid/a.png' }],
    })
    expect((await next('unread', () => world.teams.send(activity)))?.text).toContain('112')
  })
})

describe('cards in Teams', () => {
  it('say their language, and which fields must be filled', async () => {
    await open(world.teams, cast().facilitator, 'new')
    const form = lastSeen(world.teams.journal, cast().facilitator, 'new-form')
    const payload = JSON.stringify(form.payload)
    expect(payload).toMatch(/"lang":"en/)
    expect(payload).toContain('"isRequired":true,"errorMessage":"Please fill this in."')
    await world.teams.closeForm(cast().facilitator)
    await world.db.account.updateMany({
      where: { externalId: member(0) },
      data: { language: 'es' },
    })
    const home = await next('home', () =>
      world.teams.send(
        world.teams.activity(member(0), { type: 'message', text: 'home', locale: 'es-ES' }),
      ),
    )
    expect(JSON.stringify(home?.payload)).toMatch(/"lang":"es/)
  })
})
