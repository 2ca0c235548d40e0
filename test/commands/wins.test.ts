import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openWin } from '../../src/commands/win.ts'
import { run } from '../../src/door/run.ts'
import { type Hands, lastSeen } from '../../src/simulator/workspace.ts'
import {
  dump,
  fill,
  holds,
  incoming,
  moveTo,
  open,
  press,
  SESSION,
  STORES,
  setUpGroup,
  startWorld,
  type World,
} from '../helpers.ts'
import { addMembers } from '../latecomers.ts'

const DAY_MS = 24 * 60 * 60_000
const CELLS = STORES.flatMap((store) =>
  (['slack', 'teams'] as const).map((platform) => ({ store, platform })),
).filter(({ store, platform }) => store === 'embedded' || platform === 'slack')
const said = (hands: Hands, person: string) =>
  hands.journal.seen.findLast((seen) => seen.person === person)?.text ?? ''
const told = (hands: Hands, kind: string) =>
  hands.journal.seen.filter((seen) => seen.kind === kind).map(({ person }) => person)

describe.each(CELLS)('sharing a win on $platform with the $store store', ({ store, platform }) => {
  let world: World
  let hands: Hands
  const cast = () => world.casts[platform]
  const member = (index: number) => cast().members[index] ?? ''
  const share = async (person: string, text: string) => {
    await open(hands, person, 'win')
    await hands.submit(person, { text })
    await hands.closeForm(person)
    await world.app.drain()
  }
  const look = async () => {
    await open(hands, cast().facilitator, 'win')
    return lastSeen(hands.journal, cast().facilitator, 'wins')
  }
  const nameOf = async (person: string) =>
    (await world.db.account.findFirstOrThrow({ where: { externalId: person } })).name ?? 'never'
  beforeAll(async () => {
    world = await startWorld({ store })
    hands = world[platform]
    await setUpGroup(world, platform)
  })
  afterAll(() => world.end())

  it('is not offered in a group of fewer than ten: everybody would know whose it is', async () => {
    await open(hands, member(0), 'win')
    expect(said(hands, member(0))).toContain('In a group of fewer than 10 members')
    await hands.closeForm(member(0))
    await addMembers(world, platform, ['UNINTH', 'UTENTH', 'UELEVENTH', 'UTWELFTH'])
  })

  it('ignores what was typed after the word, and asks for something', async () => {
    await open(hands, member(0), 'win I stayed sober')
    expect(said(hands, member(0))).not.toContain('sober')
    expect(said(hands, member(0))).toContain('It has nothing to do with your answers.')
    await hands.submit(member(0), { text: '' })
    expect(said(hands, member(0))).toContain('Please fill this in.')
    await hands.closeForm(member(0))
  })

  it('keeps it sealed with who wrote it: no row of the store names them beside it', async () => {
    await share(member(0), 'I cycled to the lake.')
    expect(lastSeen(hands.journal, member(0), 'win-done').text).toContain(
      'A facilitator will look at it.',
    )
    const row = await world.db.win.findFirstOrThrow()
    const { personId } = await world.db.account.findFirstOrThrow({
      where: { externalId: member(0) },
    })
    expect(openWin(world.app.services.ballotKeys.keyring, row)).toEqual({
      personId,
      text: 'I cycled to the lake.',
    })
    expect(holds((await dump(world.db)).Win, personId)).toBe(false)
    expect(holds(await dump(world.db), 'lake')).toBe(false)
    // The traces that a careless seal would leave are found (negative control).
    const { id, sealed } = row
    const inClear = Buffer.from(JSON.stringify({ personId, text: 'I cycled to the lake.' }))
    await world.db.win.updateMany({ where: { id }, data: { sealed: inClear } })
    expect(holds((await dump(world.db)).Win, personId) && holds(await dump(world.db), 'lake')).toBe(
      true,
    )
    await world.db.win.updateMany({ where: { id }, data: { sealed } })
    // Its own row has a day and no time.
    expect(row.deleteOn.toISOString()).toMatch(/T00:00:00.000Z$/)
  })

  it('tells facilitators alone, in one neutral line', async () => {
    expect(told(hands, 'win-waiting')).toEqual([cast().facilitator])
    // The next of the same day brings no other note: none leads to one of them.
    await share(member(1), 'I slept.')
    expect(told(hands, 'win-waiting')).toEqual([cast().facilitator])
    expect(await world.db.win.count()).toBe(2)
    const second = (await world.db.win.findMany()).find(
      (row) => openWin(world.app.services.ballotKeys.keyring, row)?.text === 'I slept.',
    )
    await world.db.win.deleteMany({ where: { id: second?.id ?? '' } })
    const { notification, text } = lastSeen(hands.journal, cast().facilitator, 'win-waiting')
    expect(notification).toBe('Tuesday group: a note for you is ready.')
    expect(text).not.toMatch(/lake|win/i)
  })

  it('shows it to facilitators without who wrote it', async () => {
    const { text } = await look()
    expect(text).toContain('I cycled to the lake.')
    expect(text).not.toContain(await nameOf(member(0)))
  })

  it('shows the writer in mydata that it waits', async () => {
    await open(hands, member(0), 'mydata')
    expect(said(hands, member(0))).toContain('1 win that you shared')
    await hands.closeForm(member(0))
    await open(hands, member(1), 'mydata')
    expect(said(hands, member(1))).not.toContain('win')
    await hands.closeForm(member(1))
  })

  it('becomes a message that the facilitator may change, and the win is gone with its writer', async () => {
    await press(hands, lastSeen(hands.journal, cast().facilitator, 'wins'), 'win.post')
    expect(said(hands, cast().facilitator)).toContain('Somebody in the group shares:')
    const text = 'Somebody in the group went out on a bicycle.'
    await hands.submit(cast().facilitator, { text, date: '2026-03-03', time: '10:00' })
    expect(said(hands, cast().facilitator)).toContain(text)
    await press(
      hands,
      lastSeen(hands.journal, cast().facilitator, 'message-preview'),
      'message.confirm',
    )
    await hands.closeForm(cast().facilitator)
    expect(await world.db.win.count()).toBe(0)
    await moveTo(world, SESSION.startsAt)
    const reader = member(3)
    await press(hands, lastSeen(hands.journal, reader, 'message'), 'message.read')
    expect(said(hands, reader)).toContain(text)
    expect(said(hands, reader)).not.toContain(await nameOf(member(0)))
    await hands.closeForm(reader)
    expect(told(hands, 'win-declined')).toEqual([])
  })

  it('is declined with a kind note to the writer, and nobody else', async () => {
    await share(member(2), 'I beat everybody.')
    await press(hands, await look(), 'win.decline')
    expect(said(hands, cast().facilitator)).toContain('Whoever wrote it gets a kind note.')
    expect(said(hands, cast().facilitator)).not.toContain(await nameOf(member(2)))
    await hands.closeForm(cast().facilitator)
    await world.app.drain()
    expect(told(hands, 'win-declined')).toEqual([member(2)])
    await press(hands, lastSeen(hands.journal, member(2), 'win-declined'), 'win.note')
    expect(said(hands, member(2))).toContain('Thank you for what you shared.')
    await hands.closeForm(member(2))
    expect(await world.db.win.count()).toBe(0)
  })

  it('stays when a facilitator takes its writer off the roster, and is nobody’s then', async () => {
    await share(member(6), 'I ran.')
    const everybodyElse = cast().members.filter((one) => one !== member(6))
    await fill(hands, cast().facilitator, 'roster', { members: everybodyElse })
    await hands.closeForm(cast().facilitator)
    const row = await world.db.win.findFirstOrThrow()
    expect(openWin(world.app.services.ballotKeys.keyring, row)).toEqual({
      personId: null,
      text: 'I ran.',
    })
    await press(hands, await look(), 'win.decline')
    await hands.closeForm(cast().facilitator)
    await world.app.drain()
    expect(told(hands, 'win-declined')).toEqual([member(2)])
    await fill(hands, cast().facilitator, 'roster', { members: cast().members })
    await hands.closeForm(cast().facilitator)
  })

  it('that cannot be opened any more holds nobody up', async () => {
    const more = ['UNINTH', 'UTENTH', 'UELEVENTH', 'UTWELFTH', 'UTHIRTEENTH']
    await addMembers(world, platform, more)
    await share(member(7), 'I rested.')
    await world.db.win.updateMany({ data: { sealed: Buffer.alloc(60, 1) } })
    expect((await look()).text).not.toContain('I rested.')
    await hands.closeForm(cast().facilitator)
    await open(hands, member(7), 'mydata')
    expect(said(hands, member(7))).not.toContain('win')
    await hands.closeForm(member(7))
    await world.db.win.deleteMany()
  })

  it('goes with who leaves, and with nobody else’s', async () => {
    await share(member(4), 'I slept well.')
    await share(member(5), 'I cooked.')
    await open(hands, member(4), 'leave')
    await hands.submit(member(4), {})
    await hands.closeForm(member(4))
    const { text } = await look()
    await hands.closeForm(cast().facilitator)
    expect(text).toContain('I cooked.')
    expect(text).not.toContain('I slept well.')
  })

  it('is refused of who has left, and nothing of it is kept', async () => {
    const before = await world.db.win.count()
    const input = { id: (await world.db.group.findFirstOrThrow()).id, values: { text: 'Late.' } }
    const sent = {
      platform,
      workspaceId: platform === 'slack' ? 'T0DEMO' : 'x',
      verb: 'win.submit',
      via: 'form',
      input,
    } as const
    if (platform === 'slack')
      expect(JSON.stringify(await run(world.app.services, incoming(member(4), sent)))).toContain(
        'problem',
      )
    expect(await world.db.win.count()).toBe(before)
  })

  it('is deleted after thirty days when nobody decides', async () => {
    await moveTo(world, new Date(SESSION.startsAt.getTime() + 29 * DAY_MS))
    expect(await world.db.win.count()).toBe(1)
    await moveTo(world, new Date(SESSION.startsAt.getTime() + 32 * DAY_MS))
    expect(await world.db.win.count()).toBe(0)
  })
})

describe('a group that ends', () => {
  it('takes its waiting wins with it', async () => {
    const world = await startWorld()
    await setUpGroup(world)
    await addMembers(world, 'slack', ['UNINTH', 'UTENTH'])
    await world.slack.type('UMEMBER1', 'win')
    await world.slack.submit('UMEMBER1', { text: 'I cooked.' })
    expect(await world.db.win.count()).toBe(1)
    await fill(world.slack, 'UFACILITATOR', 'end', { days: '7' })
    expect(await world.db.win.count()).toBe(0)
  })
})
