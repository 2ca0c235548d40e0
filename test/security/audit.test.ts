import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import { beforeEach, describe, expect, it } from 'vitest'
import { run } from '../../src/door/run.ts'
import { type AuditCheck, verifyAudit } from '../../src/store/audit-check.ts'
import {
  answer,
  CLOSES,
  fill,
  incoming,
  moveTo,
  SECRET,
  SESSION,
  STORES,
  setUpGroup,
  startWorld,
  type World,
} from '../helpers.ts'

/** Somebody who can write to the database, and wants the audit log to say something else. */
describe.each(STORES)('an audit log that was changed by hand (%s)', (store) => {
  let world: World
  let organisationId: string
  const check = async (known: Parameters<typeof verifyAudit>[2] = null): Promise<AuditCheck> =>
    await verifyAudit(
      { tx: world.store, organisationId },
      world.app.services.ballotKeys.keyring,
      known,
    )
  const act = async () =>
    await run(world.app.services, incoming('UFACILITATOR', { verb: 'summary', input: {} }))
  const entry = (number: number) => ({ organisationId_number: { organisationId, number } })
  beforeEach(async () => {
    world = await startWorld({ store })
    await setUpGroup(world)
    organisationId = (await world.db.group.findFirstOrThrow()).organisationId
    for (let count = 0; count < 5; count += 1) await act()
    expect(await check()).toMatchObject({ brokenAt: null, resealedAt: [], unchecked: 0 })
  })

  it('is found: an entry edited', async () => {
    await world.db.auditEntry.update({ where: entry(3), data: { action: 'nothing.done' } })
    expect((await check()).brokenAt).toBe(3)
  })

  it('is found: an entry given to somebody else', async () => {
    const { actorId: id } = await world.db.auditEntry.findUniqueOrThrow({ where: entry(1) })
    const { number } = await world.db.auditEntry.findFirstOrThrow({
      where: { actorId: { not: id }, number: { gt: 1 } },
    })
    await world.db.auditEntry.update({ where: entry(number), data: { actorId: id } })
    expect((await check()).brokenAt).toBe(number)
    // Nor can the tag be made for them: it takes the secret.
    const other = await world.db.auditEntry.findFirstOrThrow({
      where: { actorId: id, number: { not: number } },
    })
    await world.db.auditEntry.update({ where: entry(number), data: { actorTag: other.actorTag } })
    expect((await check()).brokenAt).toBe(number)
  })

  it('is found: said to be of a secret that is not there', async () => {
    await world.db.auditEntry.update({ where: entry(3), data: { keyId: 99, action: 'other' } })
    expect((await check()).brokenAt).toBe(3)
    // From the oldest on it may be that secrets were put away: counted, and never called whole.
    await world.db.auditEntry.updateMany({ where: { number: { lte: 3 } }, data: { keyId: 99 } })
    expect(await check()).toMatchObject({ brokenAt: null, unchecked: 3 })
  })

  it('is found: somebody taken out of an entry who is still known', async () => {
    const { number } = await world.db.auditEntry.findFirstOrThrow({
      where: { action: 'summary.opened' },
    })
    await world.db.auditEntry.update({ where: entry(number), data: { actorId: null } })
    expect((await check()).brokenAt).toBe(number)
  })

  it('is found: a subject taken out that is nobody', async () => {
    const { number } = await world.db.auditEntry.findFirstOrThrow({
      where: { action: 'group.created' },
    })
    await world.db.auditEntry.update({ where: entry(number), data: { subjectId: null } })
    expect((await check()).brokenAt).toBe(number)
  })

  it('is found: cut short, with the head set to what is left', async () => {
    const kept = await world.db.auditEntry.findUniqueOrThrow({ where: entry(5) })
    await world.db.auditEntry.deleteMany({ where: { number: { gt: 5 } } })
    const data = { auditLength: 5, auditHead: kept.hash }
    await world.db.organisation.update({ where: { id: organisationId }, data })
    expect((await check()).brokenAt).toBe(6)
  })

  it('is found: hashed anew by somebody without the secret', async () => {
    const data = { action: 'other', hash: Uint8Array.from(Buffer.alloc(32, 7)) }
    await world.db.auditEntry.update({ where: entry(4), data })
    expect((await check()).brokenAt).toBe(4)
  })

  it('is found: all deleted, and what was forgotten set to match', async () => {
    const { auditLength, auditHead } = await world.db.organisation.findFirstOrThrow({
      where: { id: organisationId },
    })
    await world.db.auditEntry.deleteMany()
    const data = { auditForgotten: auditLength, auditAnchor: auditHead }
    await world.db.organisation.update({ where: { id: organisationId }, data })
    expect((await check()).brokenAt).not.toBeNull()
  })

  it('is found: as if it had never begun', async () => {
    await world.db.auditEntry.deleteMany()
    const data = {
      auditLength: 0,
      auditForgotten: 0,
      auditHead: null,
      auditAnchor: null,
      auditSeal: null,
    }
    await world.db.organisation.update({ where: { id: organisationId }, data })
    expect((await check()).brokenAt).toBe(1)
    // The service goes on, and says for ever that it found the chain without its seal.
    await moveTo(world, new Date('2026-03-03T09:00:00Z'))
    await act()
    expect(await check()).toMatchObject({ brokenAt: null, resealedAt: [1] })
  })

  it('is found by a head from an earlier day, also when an older state was brought back whole', async () => {
    const then = await world.db.organisation.findFirstOrThrow({ where: { id: organisationId } })
    await act()
    const { head } = await check()
    expect(head).not.toBeNull()
    expect((await check(head)).brokenAt).toBeNull()
    await world.db.auditEntry.deleteMany({ where: { number: { gt: then.auditLength } } })
    const { auditLength, auditHead, auditSeal } = then
    await world.db.organisation.update({
      where: { id: organisationId },
      data: { auditLength, auditHead, auditSeal },
    })
    expect((await check()).brokenAt).toBeNull()
    expect((await check(head)).brokenAt).toBe(head?.number)
  })

  it('is whole after somebody was forgotten, and after entries went by age (control)', async () => {
    await fill(world.slack, 'UMEMBER1', 'leave', {})
    expect(await world.db.auditEntry.count({ where: { actorId: null } })).toBeGreaterThan(0)
    expect(await check()).toMatchObject({ brokenAt: null, resealedAt: [] })
  })
})

describe('the head of the audit log', () => {
  it('is printed once a day, and is where the chain stands', async () => {
    const lines: string[] = []
    const world = await startWorld({ hasOwnFiles: true, onLogLine: (line) => lines.push(line) })
    await setUpGroup(world)
    for (const day of ['2026-03-03', '2026-03-04'])
      for (const hour of ['08', '10', '12']) await moveTo(world, new Date(`${day}T${hour}:00:00Z`))
    const heads = lines.filter((line) => line.includes('"audit.head"'))
    expect(heads.length).toBeGreaterThanOrEqual(2)
    expect(heads.length).toBeLessThanOrEqual(3)
    const { auditHead, auditLength } = await world.db.organisation.findFirstOrThrow()
    const head = `${auditLength}:${Buffer.from(auditHead ?? []).toString('hex')}`
    expect(heads.at(-1)).toContain(head)
    // The command line takes it, and writes every entry out.
    await world.app.stop()
    const environment = {
      ...process.env,
      DATA_DIR: world.dataDir(),
      KEY_DIR: world.keyDir,
      GROUPWELL_SECRET: SECRET,
    }
    const call = (...args: string[]) => {
      const { stdout, status } = spawnSync(
        process.execPath,
        ['src/cli/groupwell.ts', 'audit', ...args],
        {
          env: { ...environment, DATABASE_URL: undefined },
          encoding: 'utf8',
        },
      )
      return { stdout, status }
    }
    expect(call('verify')).toMatchObject({ status: 0, stdout: expect.stringContaining('whole') })
    expect(call('verify', '--head', head)).toMatchObject({ status: 0 })
    expect(call('verify', '--head', `${auditLength}:${'0'.repeat(64)}`)).toMatchObject({
      status: 1,
    })
    const written = call('export')
      .stdout.trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object)
    expect(written).toHaveLength(auditLength + 1)
    expect(written.at(-1)).toEqual({ organisation: 'Demo organisation', head })
    expect(fs.existsSync(world.keyDir)).toBe(true)
  })
})

describe.each(STORES)('what the form promised (%s)', (store) => {
  it('stands beside the key: an audience that was changed in the database publishes nothing', async () => {
    const world = await startWorld({ store })
    await setUpGroup(world)
    await moveTo(world, SESSION.endsAt)
    for (const member of world.casts.slack.members) await answer(world, 'slack', member, '4')
    await world.db.releaseUnit.updateMany({ data: { audience: 'staff', k: 1 } })
    await moveTo(world, CLOSES)
    expect(await world.db.releaseUnit.findFirstOrThrow()).toMatchObject({ state: 'lost' })
    expect(await world.db.release.count()).toBe(0)
  })
})
