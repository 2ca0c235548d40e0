import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { startApp } from '../../src/app.ts'
import { settableClock } from '../../src/cli/local.ts'
import type { Config } from '../../src/config.ts'
import { makeRelease } from '../../src/jobs/release.ts'
import { atTheEnd, ownDir } from '../ends.ts'
import {
  answer,
  CLOSES,
  moveTo,
  SECRET,
  SESSION,
  STORES,
  setUpGroup,
  startWorld,
  type World,
} from '../helpers.ts'
import { freshDatabase } from '../postgres.ts'
import { sumsOf } from '../released.ts'

/** The service without platforms on a store that is there already. */
const configOf = (where: { url: string | null; dataDir: string; keyDir: string }): Config => ({
  isProduction: false,
  http: { host: '127.0.0.1', port: 0, publicUrl: null },
  store: { url: where.url, dataDir: where.dataDir },
  ballot: { keyDir: where.keyDir, secret: SECRET },
  content: { questionSetDir: null, helpLinesFile: null },
  organisation: { name: 'Demo organisation', country: 'DE' },
  slack: null,
  teams: null,
  log: { level: 'silent' },
})

const STEPS = ['begun', 'opened', 'recorded', 'destroyed', 'scrubbed'] as const
const CELLS = STORES.flatMap((store) => STEPS.map((step) => ({ store, step })))

/**
 * A check-in with seven answers, closed, whose release nobody has begun; the service is stopped.
 */
async function closedUnit(world: World): Promise<{ organisationId: string; unitId: string }> {
  await setUpGroup(world)
  await moveTo(world, SESSION.endsAt)
  for (let index = 1; index <= 7; index += 1) await answer(world, 'slack', `UMEMBER${index}`, '4')
  const unit = await world.db.releaseUnit.findFirstOrThrow()
  await world.db.checkIn.updateMany({ where: { unitId: unit.id }, data: { state: 'closed' } })
  await world.db.occurrence.updateMany({
    where: { kind: 'checkInCloses' },
    data: { state: 'done' },
  })
  await world.db.releaseUnit.update({
    where: { organisationId_id: { organisationId: unit.organisationId, id: unit.id } },
    data: { state: 'closing' },
  })
  return { organisationId: unit.organisationId, unitId: unit.id }
}

describe.each(CELLS)('a release killed after step “$step” ($store)', ({ store: kind, step }) => {
  it('is finished by the next start: published once, key and ballots gone', async () => {
    const world = await startWorld({ store: kind, hasOwnFiles: true })
    const job = await closedUnit(world)
    // Both need the same directory: copy it aside, because stopping the world removes its own.
    const aside = ownDir()
    await world.app.stop()
    fs.cpSync(path.dirname(world.keyDir), aside, { recursive: true })
    const keyDir = path.join(aside, 'keys')
    const dataDir = path.join(aside, 'data')
    const child = spawn(process.execPath, [path.resolve('test/fixtures/release-until.ts'), step], {
      env: {
        KIND: kind,
        URL: world.databaseUrl ?? '',
        DATA_DIR: dataDir,
        KEY_DIR: keyDir,
        SECRET,
        ORGANISATION: job.organisationId,
        UNIT: job.unitId,
      },
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    const [, signal] = (await once(child, 'exit')) as [number | null, string | null]
    expect(signal).toBe('SIGKILL')

    const clock = settableClock()
    clock.set(CLOSES)
    const app = await startApp(configOf({ url: world.databaseUrl, dataDir, keyDir }), {
      clock,
      isClockManual: true,
    })
    atTheEnd(() => app.stop())
    await app.drain()
    const { db } = app.services.database
    expect(
      await db.prisma.releaseUnit.findMany({ select: { state: true, isCleaned: true } }),
    ).toEqual([{ state: 'released', isCleaned: true }])
    const { id } = await db.prisma.releaseUnit.findFirstOrThrow()
    expect((await sumsOf(db.prisma, SECRET, id)).release).toMatchObject({ invited: 8, answered: 7 })
    expect(await db.prisma.ballot.count()).toBe(0)
    expect(fs.readdirSync(keyDir).filter((name) => name.endsWith('.key'))).toEqual([])
    console.info(
      `crash (${kind}): killed after "${step}"; published once, 0 ballots and 0 keys left`,
    )
    // Once more does nothing.
    await makeRelease(app.services, { organisationId: job.organisationId, id: job.unitId })
    expect(await db.prisma.release.count()).toBe(1)
  })
})

/**
 * A backup as an operator makes it: the server's dump, or a copy of the embedded store's directory.
 * Returns how to put it back.
 */
async function backUp(
  world: World,
): Promise<(dir: string) => Promise<{ url: string | null; drop(): Promise<void> }>> {
  if (world.databaseUrl === null) {
    await world.db.$executeRawUnsafe('checkpoint')
    const copy = ownDir()
    fs.cpSync(world.dataDir(), copy, {
      recursive: true,
      filter: (file) => !file.endsWith('.lock'),
    })
    return async (dir) => {
      fs.cpSync(copy, path.join(dir, 'data'), { recursive: true })
      return { url: null, drop: async () => {} }
    }
  }
  const file = ownDir()
  const dump = path.join(file, 'dump')
  await promisify(execFile)('pg_dump', ['--format=custom', '--file', dump, world.databaseUrl])
  return async () => {
    const { url, drop } = await freshDatabase()
    await promisify(execFile)('pg_restore', ['--no-owner', '--dbname', url, dump])
    return { url, drop }
  }
}

/**
 * A week is played and counted; then the store is put back to before the count, and the service
 * starts on it.
 */
async function restored(store: (typeof STORES)[number], keepsKey: boolean) {
  const world = await startWorld({ store, hasOwnFiles: true })
  const aside = ownDir()
  const keyDir = path.join(aside, 'keys')
  await setUpGroup(world)
  await moveTo(world, SESSION.endsAt)
  for (let index = 1; index <= 7; index += 1) await answer(world, 'slack', `UMEMBER${index}`, '4')
  const putBack = await backUp(world)
  if (keepsKey) fs.cpSync(world.keyDir, keyDir, { recursive: true })
  await moveTo(world, CLOSES)
  if (!keepsKey) fs.cpSync(world.keyDir, keyDir, { recursive: true })
  await world.end()
  const { url, drop } = await putBack(aside)
  atTheEnd(drop)
  const clock = settableClock()
  clock.set(CLOSES)
  const app = await startApp(configOf({ url, dataDir: path.join(aside, 'data'), keyDir }), {
    clock,
    isClockManual: true,
  })
  atTheEnd(() => app.stop())
  await app.drain()
  const { db } = app.services.database
  const found = {
    units: (await db.prisma.releaseUnit.findMany()).map(({ state }) => state),
    ballots: await db.prisma.ballot.count(),
    releases: await db.prisma.release.count(),
    told: await db.prisma.delivery.count({ where: { kind: 'summary-notice' } }),
  }
  return found
}

describe.each(STORES)('a backup from before the count that is put back after it (%s)', (store) => {
  it('brings no answer back: the unit is lost, its boxes are deleted, and facilitators are told', async () => {
    expect(await restored(store, false)).toEqual({
      units: ['lost'],
      ballots: 0,
      releases: 0,
      told: 1,
    })
  })

  it('would, if keys were in the backup too (negative control)', async () => {
    expect(await restored(store, true)).toMatchObject({ units: ['released'], releases: 1 })
  })
})

describe('a key that is gone', () => {
  it('makes the unit lost, deletes the ballots, and tells the facilitator', async () => {
    const world = await startWorld()
    await setUpGroup(world)
    await moveTo(world, SESSION.endsAt)
    await answer(world, 'slack', 'UMEMBER1', '4')
    for (const { unitId } of await world.app.services.ballotKeys.keyStore.list())
      await world.app.services.ballotKeys.keyStore.destroy(unitId)
    await moveTo(world, CLOSES)
    expect((await world.db.releaseUnit.findFirstOrThrow()).state).toBe('lost')
    expect(await world.db.ballot.count()).toBe(0)
    const notice = world.slack.journal.seen.findLast(
      (seen) => seen.person === 'UFACILITATOR' && seen.kind === 'summary-notice',
    )
    expect(notice?.text).toBe('Tuesday group: a note for you is ready.\n[Open]')
    await world.slack.type('UFACILITATOR', 'summary')
    expect(world.slack.journal.seen.at(-1)?.text).toContain('their key is gone')
  })

  it('leaves no orphan: a key without a unit is destroyed once it is old', async () => {
    const world = await startWorld()
    const { keyStore } = world.app.services.ballotKeys
    const orphan = crypto.randomUUID()
    await keyStore.put(orphan, { privateKey: Buffer.alloc(32), k: 6, audience: 'shared' })
    await world.app.tick()
    expect(await keyStore.list()).toHaveLength(1)
    const hourAgo = new Date(Date.now() - 60 * 60_000)
    fs.utimesSync(path.join(world.keyDir, `${orphan}.key`), hourAgo, hourAgo)
    await world.app.tick()
    expect(await keyStore.list()).toEqual([])
  })
})
