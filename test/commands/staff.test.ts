import { describe, expect, it } from 'vitest'
import { fill } from '../../src/cli/story.ts'
import { lastSeen } from '../../src/simulator/workspace.ts'
import { setUpGroup, startWorld, type World } from '../helpers.ts'

describe.each(['slack', 'teams'] as const)('the staff list in %s', (platform) => {
  it('adds and takes off by name, says whom, and leaves everybody else', async () => {
    const { world, admin, send, facilitator, supervisor } = await set()
    const [one = '', two = ''] = world.casts[platform].members
    expect(await send({ staff: [one, two] })).toContain('Added: Member 1, Member 2.')
    expect(await send({ leaving: [one] })).toContain(
      'Taken off: Member 1.\n3 people are staff now.',
    )
    // Somebody of that name who is none: nothing happens, and that is said.
    expect(await send({ staff: [two], leaving: [one] })).toContain(
      'Already so, nothing to change: Member 2, Member 1.',
    )
    expect(await send({ staff: [one], leaving: [one] })).toContain('add or take off, not both')
    expect(await send({})).toContain('Choose somebody to add or to take off.')
    expect(await staffOf(world)).toEqual([facilitator, supervisor, two].sort())
    expect(await send({ leaving: [facilitator] })).toContain('still leads or oversees a group')
    await world[platform].closeForm(admin)
  })

  it('takes off those whose account is closed, whom no picker shows', async () => {
    const { world, send } = await set()
    const [one = '', two = ''] = world.casts[platform].members
    await send({ staff: [one, two] })
    await world.db.account.updateMany({
      where: { externalId: one },
      data: { isDeactivated: true },
    })
    expect(await send({ staff: [two], closed: 'keep' })).toContain('Already so')
    expect(await staffOf(world)).toContain(one)
    expect(await send({ closed: 'off' })).toContain('Taken off: Member 1.')
    expect(await staffOf(world)).not.toContain(one)
  })

  it('keeps two thousand, and names them while they are few', async () => {
    const { world, admin, send } = await set()
    const { organisationId, id: connectionId } = await world.db.connection.findFirstOrThrow({
      where: { platform },
    })
    const many = Array.from({ length: 2_000 }, (_, index) => ({
      personId: crypto.randomUUID(),
      id: crypto.randomUUID(),
      externalId: `UMANY${index}`,
    }))
    await world.db.person.createMany({
      data: many.map(({ personId: id }) => ({ organisationId, id, isStaff: true })),
    })
    await world.db.account.createMany({
      data: many.map((account) => ({ organisationId, connectionId, ...account })),
    })
    expect(await send({ staff: [world.casts[platform].members[0] ?? ''] })).toContain(
      '2,003 people are staff now.',
    )
    await world[platform].closeForm(admin)
  })

  async function set() {
    const world = await startWorld()
    await setUpGroup(world, platform)
    const { admin, facilitator, supervisor } = world.casts[platform]
    const hands = world[platform]
    const send = async (values: Parameters<typeof fill>[3]): Promise<string> => {
      const before = hands.journal.seen.length
      await fill(hands, admin, 'admin staff', values)
      const [last] = hands.journal.seen
        .slice(before)
        .filter(({ person }) => person === admin)
        .slice(-1)
      await hands.closeForm(admin)
      return last?.text ?? ''
    }
    expect(lastSeen(hands.journal, admin, 'staff-done').text).toContain('2 people are staff now.')
    return { world, admin, facilitator, supervisor, send }
  }

  async function staffOf(world: World): Promise<string[]> {
    const rows = await world.db.account.findMany({
      where: { person: { isStaff: true }, connection: { platform } },
      select: { externalId: true },
    })
    return rows.map(({ externalId }) => externalId).sort()
  }
})
