import fs from 'node:fs'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import { PGlite } from '@electric-sql/pglite'
import pg from 'pg'
import { describe, expect, it } from 'vitest'
import { settableClock, startLocal } from '../../src/cli/local.ts'
import { run } from '../../src/door/run.ts'
import type { Incoming } from '../../src/platform.ts'
import type { Form, Reply } from '../../src/views/card.ts'
import { atTheEnd, ownDir } from '../ends.ts'
import { CLOSES, incoming, moveTo, SECRET, SESSION, STORES, type StoreKind } from '../helpers.ts'
import { freshDatabase } from '../postgres.ts'

/**
 * Stores that earlier versions made, with check-ins that are open (test/fixtures/upgrades): the
 * buttons that people have in their chats work, answers count beside those that were given before,
 * and a result comes out.
 */
const VERSIONS = ['main-job', 'simulator', 'groups-and-time', 'check-ins', 'summaries'] as const
const PLATFORMS = ['slack', 'teams'] as const
type PlatformName = (typeof PLATFORMS)[number]
type Kept = {
  sql: string
  keys: Record<string, string>
  buttons: Record<PlatformName, { verb: string; id: string }>
}

describe.each(STORES)('a store of an earlier version (%s)', (store) => {
  it.each(VERSIONS)('%s: what is open is answered, closed and counted', async (version) => {
    const kept = read(version)
    const { local, db, keyDir } = await upgraded(store, kept)
    expect(local.app.services.database.applied.length).toBeGreaterThan(3)
    for (const platform of PLATFORMS) {
      const { members } = local.casts[platform]
      for (const member of members.slice(5)) {
        const send = async (change: Partial<Incoming>): Promise<Reply | null> =>
          await run(
            local.app.services,
            incoming(member, { platform, workspaceId: local.workspaces[platform], ...change }),
          )
        const { verb, id } = kept.buttons[platform]
        const form = await questions(send, { verb, input: { id } })
        const values = { belonging: '4', voice: '4', safety: '4', useful: '4' }
        const input = { id: form.id ?? '', values }
        const thanks = await send({ verb: form.verb, via: 'form', input })
        expect(thanks).toMatchObject({ card: { kind: 'thanks' } })
      }
    }
    await moveTo({ ...local, db }, CLOSES)
    const units = await db.releaseUnit.findMany({ include: { release: true } })
    expect(units.map(({ state }) => state)).toEqual(['released', 'released'])
    for (const { release } of units) expect(JSON.stringify(release?.shown)).toContain('"high"')
    expect(await db.ballot.count()).toBe(0)
    expect(fs.readdirSync(keyDir).filter((file) => file.endsWith('.key'))).toEqual([])
    // Nobody was lost on the way, and what comes next is planned.
    expect(await db.rosterEntry.count({ where: { role: 'member' } })).toBe(16)
    expect(await db.session.count({ where: { state: 'planned' } })).toBeGreaterThan(20)
  })

  it('does not start where its keys are not brought along (control)', async () => {
    const kept = read('main-job')
    await expect(upgraded(store, { ...kept, keys: onlyId(kept.keys) })).rejects.toThrow('KEY_DIR')
  })
})

const onlyId = (keys: Kept['keys']): Kept['keys'] => ({ 'store.id': keys['store.id'] ?? '' })

const read = (version: (typeof VERSIONS)[number]): Kept =>
  JSON.parse(
    gunzipSync(fs.readFileSync(`test/fixtures/upgrades/${version}.json.gz`)).toString(),
  ) as Kept

/** The questions behind a button; who never acted accepts the agreement first. */
async function questions(
  send: (change: Partial<Incoming>) => Promise<Reply | null>,
  button: Partial<Incoming>,
): Promise<Form> {
  let reply = await send({ via: 'button', ...button })
  if (reply?.type === 'form' && reply.form.verb === 'checkin.begin') {
    const { id, version, key } = reply.form
    const input = {
      ...(id === null ? {} : { id }),
      ...(version === undefined ? {} : { version }),
      ...(key === undefined ? {} : { key }),
      values: {},
    }
    reply = await send({ verb: 'checkin.begin', via: 'form', input })
  }
  if (reply?.type !== 'form') throw new Error(`no questions, but ${JSON.stringify(reply)}`)
  expect(reply.form.verb).toBe('checkin.submit')
  return reply.form
}

/** This version's service on a store that was put back as it was. */
async function upgraded(store: StoreKind, { sql, keys }: Kept) {
  const dir = ownDir()
  const [dataDir, keyDir] = [path.join(dir, 'data'), path.join(dir, 'keys')]
  fs.mkdirSync(keyDir, { mode: 0o700 })
  for (const [name, bytes] of Object.entries(keys))
    fs.writeFileSync(path.join(keyDir, name), Buffer.from(bytes, 'base64'), { mode: 0o600 })
  const databaseUrl = store === 'postgres' ? await onServer(sql) : null
  if (store === 'embedded') await inDirectory(path.join(dataDir, 'pg'), sql)
  const clock = settableClock()
  clock.set(new Date(SESSION.endsAt.getTime() + 60_000))
  const local = await startLocal(clock, {
    port: 0,
    store: { dataDir, databaseUrl },
    keyDir,
    secret: SECRET,
    country: 'DE',
    isClockManual: true,
    logLevel: 'silent',
  })
  atTheEnd(local.stop)
  return { local, db: local.app.services.database.db.prisma, keyDir }
}

async function onServer(sql: string): Promise<string> {
  const server = await freshDatabase()
  atTheEnd(server.drop)
  const client = new pg.Client({ connectionString: server.url })
  await client.connect()
  await client.query(sql)
  await client.end()
  return server.url
}

async function inDirectory(directory: string, sql: string): Promise<void> {
  fs.mkdirSync(directory, { recursive: true })
  const pglite = await PGlite.create(directory)
  await pglite.exec(sql)
  await pglite.close()
}
