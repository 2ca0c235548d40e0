import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { startApp } from '../../src/app.ts'
import { run } from '../../src/door/run.ts'
import { makeRelease } from '../../src/jobs/release.ts'
import { makeReleasesTogether } from '../../src/jobs/release-together.ts'
import { CLOSES, OPENS, seed, WORKSPACE } from '../bench/ballot-seed.ts'
import { atTheEnd } from '../ends.ts'
import { STORES, startWorld } from '../helpers.ts'
import { SLACK_ALONE } from '../traits.ts'

/** Units of several groups, which one process opens: what becomes of each is its own matter. */
describe.each(STORES)('releases that are due at one minute (%s)', (store) => {
  it('become what they become alone, each by its own key', async () => {
    const { services, db, units, keyFile } = await closed()
    const [answered, blank, other, spoilt, gone] = units
    if (!answered || !blank || !other || !spoilt || !gone) throw new Error('no units')
    // One box that was changed, and one key that is not there.
    const first = await db.ballot.findFirstOrThrow({ where: { unitId: spoilt.id } })
    await db.ballot.update({
      where: {
        organisationId_checkInId_memberId: {
          organisationId: first.organisationId,
          checkInId: first.checkInId,
          memberId: first.memberId,
        },
      },
      data: { box: Uint8Array.from(first.box.toReversed()) },
    })
    fs.rmSync(keyFile(gone.id))
    const jobs = units.map(({ organisationId, id }) => ({ organisationId, id }))
    const done = await makeReleasesTogether(services, jobs)
    // Unusual ones are left for the way alone, which decides them.
    expect(done).toEqual(new Set([answered.id, blank.id, other.id]))
    expect(await statesOf(db, units)).toEqual([
      'released',
      'withheld',
      'released',
      'closing',
      'closing',
    ])
    for (const { id } of [answered, blank, other]) {
      expect(fs.existsSync(keyFile(id))).toBe(false)
      expect(await db.ballot.count({ where: { unitId: id } })).toBe(0)
    }
    expect(await db.ballot.count({ where: { unitId: spoilt.id } })).toBe(8)
    for (const job of jobs) await makeRelease(services, job)
    expect(await statesOf(db, units)).toEqual(['released', 'withheld', 'released', 'lost', 'lost'])
    // Each result is of its own group's answers.
    const shown = async (id: string) =>
      JSON.stringify((await db.release.findFirstOrThrow({ where: { unitId: id } })).shown)
    expect(await shown(answered.id)).toContain('"band":"high"')
    expect(await shown(other.id)).toContain('"band":"low"')
    // Done again, nothing changes.
    expect(await makeReleasesTogether(services, jobs)).toEqual(new Set(units.map(({ id }) => id)))
  })

  async function closed() {
    const world = await startWorld({ store })
    const { database } = world.app.services
    const app = await startApp(world.config, {
      clock: world.clock,
      isClockManual: true,
      isUnpaced: true,
      database: { ...database, close: async () => {} },
      platforms: async () => [],
    })
    atTheEnd(() => app.stop())
    const { prisma: db } = database.db
    await world.app.services.queue.stop(1_000)
    world.clock.set(new Date(OPENS.getTime() - 1))
    const groups = await seed(db, 5, 8)
    world.clock.set(OPENS)
    await app.drain()
    const services = { ...app.services, platforms: SLACK_ALONE }
    for (const [index, value] of [
      [0, '5'],
      [2, '1'],
    ] as const) {
      const { checkInId = '', members = [] } = groups[index] ?? {}
      for (const externalId of members)
        await run(services, {
          requestId: `${index} ${externalId}`,
          platform: 'slack',
          workspaceId: WORKSPACE,
          sender: { externalId },
          verb: 'checkin.submit',
          input: {
            id: checkInId,
            values: { belonging: value, voice: value, safety: value, useful: value },
          },
          via: 'form',
          canOpen: true,
        })
    }
    // Closed, and nobody works off what that sends.
    await app.services.queue.stop(1_000)
    await db.checkIn.updateMany({ data: { state: 'closed' } })
    await db.releaseUnit.updateMany({ data: { state: 'closing', rosterChangesAtClose: 0 } })
    world.clock.set(CLOSES)
    const byCheckIn = await db.checkIn.findMany({
      select: { id: true, unit: { select: { id: true, organisationId: true } } },
    })
    const units = groups.flatMap(
      ({ checkInId }) => byCheckIn.find(({ id }) => id === checkInId)?.unit ?? [],
    )
    const keyFile = (id: string) => path.join(world.keyDir, `${id}.key`)
    return { services, db, units, keyFile }
  }
})

async function statesOf(
  db: Awaited<ReturnType<typeof startWorld>>['db'],
  units: readonly { id: string }[],
) {
  const rows = await db.releaseUnit.findMany({ select: { id: true, state: true } })
  return units.map(({ id }) => rows.find((row) => row.id === id)?.state)
}
