import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createIdentityCache } from '../../src/commands/identity-cache.ts'
import type { Services } from '../../src/commands/services.ts'
import { run } from '../../src/door/run.ts'
import type { PrismaClient } from '../../src/store/generated/client.ts'
import { incoming, setUpGroup, startWorld, type World } from '../helpers.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
  await setUpGroup(world)
})
afterAll(() => world.end())

/** The same door with a store that answers nothing. */
function withoutStore(services: Services): Services {
  const asked = () => {
    throw new Error('the store was asked')
  }
  const prisma = new Proxy({} as PrismaClient, { get: asked })
  const sql = { rows: asked, run: asked, text: asked }
  const database = {
    ...services.database,
    db: { prisma, sql },
    transaction: asked,
    sqlTransaction: asked,
  }
  return { ...services, database }
}
const typed = (text: string, change = {}) =>
  incoming('UFACILITATOR', { via: 'typed', input: { text }, ...change })
const kindOf = async (services: Services, text: string, change = {}) => {
  const reply = await run(services, typed(text, change))
  return reply && 'card' in reply ? reply.card.kind : reply?.type
}

describe('what is the same for everybody', () => {
  it.each(['help', 'privacy'])('%s asks the store once, and then nothing', async (verb) => {
    expect(await kindOf(world.app.services, verb)).toBe(verb)
    expect(await kindOf(withoutStore(world.app.services), verb)).toBe(verb)
  })

  it('goes the whole way for somebody who says something new of themselves', async () => {
    await kindOf(world.app.services, 'help')
    const renamed = { sender: { externalId: 'UFACILITATOR', name: 'Another name' } }
    expect(await kindOf(withoutStore(world.app.services), 'help', renamed)).toBe('problem')
    expect(await kindOf(world.app.services, 'help', renamed)).toBe('help')
    expect(await world.db.account.count({ where: { name: 'Another name' } })).toBe(1)
  })

  it('does not cover what depends on who somebody is (control)', async () => {
    await kindOf(world.app.services, 'help')
    for (const verb of ['home', 'next', 'roster', 'summary'])
      expect(await kindOf(withoutStore(world.app.services), verb)).toBe('problem')
  })

  it('keeps no role: whoever is taken off the staff list can start no group a moment later', async () => {
    await kindOf(world.app.services, 'help')
    const { personId } = await world.db.account.findFirstOrThrow({
      where: { externalId: 'UFACILITATOR' },
    })
    await world.db.person.updateMany({ where: { id: personId }, data: { isStaff: false } })
    const reply = await run(world.app.services, typed('new'))
    expect(JSON.stringify(reply)).toContain('This is for staff.')
    await world.db.person.updateMany({ where: { id: personId }, data: { isStaff: true } })
  })
})

describe('the memory of who was met', () => {
  it('forgets after half a minute, and the oldest when it is full', () => {
    let now = new Date('2026-03-02T09:00:00Z')
    const identityCache = createIdentityCache(() => now)
    const who = { connection: {} as never, actor: {} as never }
    identityCache.keep(incoming('U0', {}), who)
    expect(identityCache.find(incoming('U0', {}))).toBe(who)
    now = new Date(now.getTime() + 30_001)
    expect(identityCache.find(incoming('U0', {}))).toBeNull()
    for (let index = 0; index <= 10_000; index += 1)
      identityCache.keep(incoming(`U${index}`, {}), who)
    expect(identityCache.find(incoming('U0', {}))).toBeNull()
    expect(identityCache.find(incoming('U1', {}))).toBe(who)
  })
})
