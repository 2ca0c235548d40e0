import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { run } from '../../src/door/run.ts'
import type { Reply } from '../../src/views/card.ts'
import {
  dump,
  fill,
  holds,
  incoming,
  moveTo,
  SESSION,
  STORES,
  setUpGroup,
  startWorld,
  type World,
} from '../helpers.ts'
import { openWithWords, TWELVE, WORDS_SET } from '../words.ts'

const HOUR_MS = 60 * 60_000
const DAY_MS = 24 * HOUR_MS
/** A card's or form's words, as text. */
const textOf = (reply: Reply | null): string => JSON.stringify(reply)

describe.each(STORES)('answers in words (%s)', (store) => {
  let world: World
  let open: Awaited<ReturnType<typeof openWithWords>>
  beforeAll(async () => {
    world = await startWorld({ store })
    await setUpGroup(world)
    open = await openWithWords(world, 'shared')
  })
  afterAll(() => world.end())
  const send = (sender: string, values: Record<string, string>) =>
    open.ask('checkin.submit', { id: open.id, values }, sender, 'form')

  it('are asked for at the end, with a warning at the field', async () => {
    const form = textOf(await open.ask('checkin.answer', { id: open.id }, 'UMEMBER1'))
    expect(form).toContain('Is there something you want to add?')
    expect(form).toContain(
      'The group and its staff can read this, mixed, if 10 or more people write. Who joins later can too.',
    )
    expect(form).toContain(
      'Your words may show who you are. Name nobody. Nobody watches this for emergencies.',
    )
  })

  it('are refused when too long, and nothing of the ballot changes', async () => {
    const before = (await dump(world.db)).Ballot
    expect(textOf(await send('UMEMBER1', { ownWords: 'x'.repeat(281) }))).toContain('280')
    expect((await dump(world.db)).Ballot).toEqual(before)
  })

  it('stand nowhere in clear while they are sealed, nor after', async () => {
    for (const [index, member] of TWELVE.slice(0, 10).entries())
      expect(
        textOf(await send(member, { coping: '3', mood: '3', ownWords: `Zephyr line ${index}` })),
      ).toContain('thanks')
    expect(holds(await dump(world.db), 'Zephyr')).toBe(false)
    await moveTo(world, new Date((await closesAt()).getTime()))
    expect(await world.db.releaseText.count()).toBe(10)
    expect(holds(await dump(world.db), 'Zephyr')).toBe(false)
  })
  const closesAt = async () =>
    (await world.db.checkIn.findFirstOrThrow({ where: { id: open.id } })).closesAt

  it('are read by everybody who sees the result, in no order, and staff’s reading is audited', async () => {
    for (const sender of ['UFACILITATOR', 'USUPERVISOR', 'UMEMBER3']) {
      const summary = textOf(await open.ask('summary', { id: open.groupId }, sender))
      expect(summary).toContain('Read what people wrote')
      const words = textOf(await open.ask('checkin.words', { id: open.id }, sender))
      for (let index = 0; index < 10; index += 1) expect(words).toContain(`Zephyr line ${index}`)
      expect(words).toContain('Please do not guess who wrote what.')
    }
    expect(await world.db.auditEntry.count({ where: { action: 'words.opened' } })).toBe(2)
    expect(textOf(await open.ask('checkin.words', { id: open.id }, 'UADMIN'))).toContain(
      'cannot find',
    )
  })

  it('leave nothing that pairs a line with a member: random ids, no time', async () => {
    const rows = await world.db.releaseText.findMany({ orderBy: { id: 'asc' } })
    expect(Object.keys(rows[0] ?? {}).sort()).toEqual(['id', 'organisationId', 'text', 'unitId'])
    expect(rows.every(({ id }) => id[14] === '4')).toBe(true)
  })

  it('are deleted thirty days after the check-in closed; the result stays', async () => {
    const closed = await closesAt()
    await moveTo(world, new Date(closed.getTime() + 29 * DAY_MS))
    expect(await world.db.releaseText.count()).toBe(10)
    await moveTo(world, new Date(closed.getTime() + 30 * DAY_MS + HOUR_MS))
    expect(await world.db.releaseText.count()).toBe(0)
    expect(textOf(await open.ask('checkin.words', { id: open.id }))).toContain('cannot find')
    expect(await world.db.release.count({ where: { unit: { questionSetId: WORDS_SET } } })).toBe(1)
  })
})

describe('answers in words that may not be shown', () => {
  let world: World
  beforeAll(async () => {
    world = await startWorld()
    await setUpGroup(world)
  })
  afterAll(() => world.end())

  it('are destroyed when nine wrote, and not shown to members where only staff see the result', async () => {
    const { id, ask } = await openWithWords(world, 'staff')
    const form = textOf(await ask('checkin.answer', { id }, 'UMEMBER1'))
    expect(form).toContain('Your facilitators and supervisor can read this')
    for (const member of TWELVE.slice(0, 9))
      await ask('checkin.submit', { id, values: { coping: '3', ownWords: 'Nine' } }, member, 'form')
    await ask('checkin.submit', { id, values: { coping: '3' } }, 'UTENTH', 'form')
    await moveTo(world, new Date(world.clock.now().getTime() + DAY_MS))
    expect(await world.db.release.count()).toBe(1)
    expect(await world.db.releaseText.count()).toBe(0)
    expect(textOf(await ask('checkin.words', { id }))).toContain('cannot find')
  })

  it('are not asked for in a group of eight, whatever the plan says', async () => {
    await world.db.rosterEntry.deleteMany({
      where: { person: { accounts: { some: { externalId: { in: TWELVE.slice(8) } } } } },
    })
    await moveTo(world, new Date(world.clock.now().getTime() + 14 * DAY_MS))
    const group = await world.db.group.findFirstOrThrow()
    const values = { set: 'medicine-days', openHours: '24', audience: 'shared', words: 'yes' }
    await run(
      world.app.services,
      incoming('UFACILITATOR', {
        verb: 'checkin.now.submit',
        via: 'form',
        input: { id: group.id, values },
      }),
    )
    await world.app.drain()
    const { id, unit } = await world.db.checkIn.findFirstOrThrow({
      where: { state: 'open', questionSetId: 'medicine-days' },
      include: { unit: true },
    })
    expect(unit?.asksText).toBe(false)
    const form = textOf(
      await run(
        world.app.services,
        incoming('UMEMBER1', { verb: 'checkin.answer', input: { id } }),
      ),
    )
    expect(form).not.toContain('Is there something you want to add?')
    // A form made by hand cannot bring words in either.
    const sent = {
      verb: 'checkin.submit',
      via: 'form',
      input: { id, values: { ownWords: 'Nobody asked' } },
    } as const
    expect(textOf(await run(world.app.services, incoming('UMEMBER1', sent)))).toContain('thanks')
  })
})

describe('answers needed before anything is shown', () => {
  let world: World
  beforeAll(async () => {
    world = await startWorld()
    await setUpGroup(world)
  })
  afterAll(() => world.end())
  const settings = (leastShared: string, leastStaff: string) =>
    fill(world.slack, 'UADMIN', 'admin settings', {
      resultMonths: '12',
      ledgerDays: '30',
      leastShared,
      leastStaff,
    })
  const said = (person: string) =>
    world.slack.journal.seen.findLast((seen) => seen.person === person)?.text ?? ''

  it('can be raised by an admin and never lowered', async () => {
    await settings('5', '5')
    expect(said('UADMIN')).toContain('6 to 15')
    await world.slack.closeForm('UADMIN')
    expect((await world.db.organisation.findFirstOrThrow()).leastShared).toBe(6)
    await settings('7', '5')
    expect(said('UADMIN')).toContain(
      'New check-ins need 7 answers where members see results, 5 where only staff do.',
    )
    await world.slack.closeForm('UADMIN')
    await settings('6', '5')
    expect(said('UADMIN')).toContain('7 to 15')
    await world.slack.closeForm('UADMIN')
    expect((await world.db.organisation.findFirstOrThrow()).leastShared).toBe(7)
  })

  it('are frozen in the unit, printed on the form, and withhold what has fewer', async () => {
    await moveTo(world, SESSION.endsAt)
    const { id, closesAt, unit } = await world.db.checkIn.findFirstOrThrow({
      where: { state: 'open' },
      include: { unit: true },
    })
    expect(unit?.k).toBe(7)
    const form = textOf(
      await run(
        world.app.services,
        incoming('UMEMBER1', { verb: 'checkin.answer', input: { id } }),
      ),
    )
    expect(form).toContain('only if 7 or more people answer')
    // Somebody who writes to the database lowers both numbers: the key has its own.
    await world.db.organisation.updateMany({ data: { leastShared: 1 } })
    await world.db.releaseUnit.updateMany({ data: { k: 1 } })
    const values = { belonging: '4', voice: '4', safety: '4', useful: '4', hope: '4' }
    for (const member of TWELVE.slice(0, 6))
      await run(
        world.app.services,
        incoming(member, { verb: 'checkin.submit', via: 'form', input: { id, values } }),
      )
    await moveTo(world, closesAt)
    expect((await world.db.releaseUnit.findFirstOrThrow()).state).toBe('withheld')
    expect(await world.db.sealedSums.count()).toBe(0)
  })

  it('can be raised by a plan for its own questions, beyond the organisation’s', async () => {
    const group = await world.db.group.findFirstOrThrow()
    const values = { set: WORDS_SET, openHours: '24', audience: 'staff', leastAnswers: '8' }
    const input = { id: group.id, values }
    await run(
      world.app.services,
      incoming('UFACILITATOR', { verb: 'checkin.now.submit', via: 'form', input }),
    )
    await world.app.drain()
    const { unit } = await world.db.checkIn.findFirstOrThrow({
      where: { state: 'open', questionSetId: WORDS_SET },
      include: { unit: true },
    })
    expect(unit?.k).toBe(8)
  })
})
