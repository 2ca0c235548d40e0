import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { run } from '../../src/commands/run.ts'
import { CLOSES, incoming, moveTo, setUpGroup, startWorld, type World } from '../helpers.ts'

describe('a supervisor’s groups together', () => {
  let world: World
  beforeAll(async () => {
    world = await startWorld()
    await setUpGroup(world)
    await moveTo(world, CLOSES)
  })
  afterAll(() => world.end())

  /** A group of the same supervisor with one result of this week: eight answers, each mean as given. */
  async function groupWithResult(alias: string, mean: number): Promise<void> {
    const { db } = world
    const { organisationId, kind, createdAt } = await db.group.findFirstOrThrow()
    const { personId } = await db.account.findFirstOrThrow({ where: { externalId: 'USUPERVISOR' } })
    const [groupId, unitId] = [randomUUID(), randomUUID()]
    await db.group.create({ data: { organisationId, id: groupId, kind, alias, timeZone: 'UTC', createdAt } })
    await db.rosterEntry.create({ data: { organisationId, groupId, personId, role: 'supervisor' } })
    const about = { organisationId, groupId, questionSetId: 'pulse', audience: 'shared' as const }
    const frozen = { questionSetVersion: 2, k: 6, checkInCount: 1, publicKey: Buffer.alloc(32), rosterChanges: 0 }
    await db.releaseUnit.create({ data: { ...about, ...frozen, id: unitId, state: 'released', isCleaned: true } })
    const times = { opensAt: CLOSES, closesAt: new Date(CLOSES.getTime() - 60_000) }
    await db.checkIn.create({ data: { ...about, ...times, id: randomUUID(), unitId, state: 'closed' } })
    await db.release.create({ data: { organisationId, unitId, invited: 8, answered: 8 } })
    const tally = { subject: 'scale:climate', answers: 8, totalMilli: mean * 8_000, low: 0, high: 0 }
    await db.tally.create({ data: { organisationId, unitId, ...tally } })
  }
  const digest = async () => JSON.stringify(await run(world.app.door, incoming('USUPERVISOR', { verb: 'digest' })))
  const ofTogether = (text: string) => text.slice(text.indexOf('All your groups together'))

  it('are not shown while only one has a result: it would be that one’s under another name', async () => {
    await groupWithResult('Wednesday group', 0.9)
    expect(await digest()).toContain('Wednesday group')
    expect(await digest()).not.toContain('All your groups together')
  })

  it('are shown as one band from two on', async () => {
    await groupWithResult('Thursday group', 0.1)
    expect(ofTogether(await digest())).toContain('mixed')
    await groupWithResult('Friday group', 0.95)
    await groupWithResult('Saturday group', 0.95)
    expect(ofTogether(await digest())).toContain('mostly high')
    expect(ofTogether(await digest())).not.toMatch(/\d\.\d/)
  })
})
