import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type Database, openDatabase } from '../../src/store/engine/database.ts'
import { adoptDirectory, checkInstallation } from '../../src/store/installation.ts'
import { ownDir } from '../ends.ts'
import { START } from '../helpers.ts'
import { freshDatabase } from '../postgres.ts'

describe('a store and the keys that belong to it', () => {
  const home = ownDir()
  const keys = (name: string) => path.join(home, name)
  const fingerprints = (fingerprint: string) => new Map([[1, fingerprint]])
  let database: Database
  let other: Database
  beforeAll(async () => {
    database = await openDatabase({ kind: 'embedded', directory: path.join(home, 'one') })
    other = await openDatabase({ kind: 'embedded', directory: path.join(home, 'two') })
  })
  afterAll(async () => {
    await Promise.all([database.close(), other.close()])
  })

  it('find each other again', async () => {
    await checkInstallation(database.db, keys('a'), fingerprints('aa'))
    await checkInstallation(database.db, keys('a'), fingerprints('aa'))
    expect(fs.readFileSync(path.join(keys('a'), 'store.id'), 'utf8').trim()).toMatch(
      /^[0-9a-f-]{36}$/,
    )
  })

  it('refuse another store on the same KEY_DIR: its sweeper would destroy these keys', async () => {
    await expect(checkInstallation(other.db, keys('a'), fingerprints('aa'))).rejects.toThrow(
      /holds the keys of another store/,
    )
  })

  it('refuse another secret under the same number, and take it under a new one', async () => {
    await expect(checkInstallation(database.db, keys('a'), fingerprints('bb'))).rejects.toThrow(
      /GROUPWELL_SECRET: key 1 is not the one/,
    )
    await checkInstallation(
      database.db,
      keys('a'),
      new Map([
        [2, 'bb'],
        [1, 'aa'],
      ]),
    )
  })

  it('refuse another KEY_DIR, whether anything is open or not, until an operator adopts it', async () => {
    await expect(checkInstallation(database.db, keys('b'), fingerprints('aa'))).rejects.toThrow(
      /KEY_DIR .*b is not the one that this store knows\..*npx groupwell keys adopt/,
    )
    // Nor a first one with keys that were moved into it.
    fs.writeFileSync(path.join(keys('b'), `${randomUUID()}.key`), 'x')
    await expect(checkInstallation(database.db, keys('b'), fingerprints('aa'))).rejects.toThrow(
      /is not the one/,
    )
    expect(await adoptDirectory(database.db, keys('b'))).toBe(true)
    await checkInstallation(database.db, keys('b'), fingerprints('aa'))
    await expect(checkInstallation(database.db, keys('a'), fingerprints('aa'))).rejects.toThrow(
      /is not the one/,
    )
    expect(await adoptDirectory(database.db, keys('a'))).toBe(true)
    await checkInstallation(database.db, keys('a'), fingerprints('aa'))
  })

  it('cannot be told who they are before the first start, nor take another store’s keys', async () => {
    expect(await adoptDirectory(other.db, keys('d'))).toBe(false)
    await checkInstallation(other.db, keys('d'), fingerprints('aa'))
    await expect(adoptDirectory(other.db, keys('a'))).rejects.toThrow(
      /holds the keys of another store/,
    )
  })

  it('of a release that knew no ids stay together where every needed key is there', async () => {
    const { storeId } = await database.db.prisma.installation.findFirstOrThrow()
    const older = async (name: string) => {
      await database.db.prisma.installation.updateMany({ data: { keyDirectoryId: null } })
      fs.mkdirSync(keys(name), { mode: 0o700 })
      fs.writeFileSync(path.join(keys(name), 'store.id'), `${storeId}\n`)
    }
    const unitId = await openUnit(database)
    await older('old-empty')
    await expect(
      checkInstallation(database.db, keys('old-empty'), fingerprints('aa')),
    ).rejects.toThrow(/is not the one/)
    await older('old-whole')
    fs.writeFileSync(path.join(keys('old-whole'), `${unitId}.key`), Buffer.alloc(32))
    await checkInstallation(database.db, keys('old-whole'), fingerprints('aa'))
    // The second directory that calls itself this store's is refused, as two machines had it.
    fs.mkdirSync(keys('old-second'), { mode: 0o700 })
    fs.writeFileSync(path.join(keys('old-second'), 'store.id'), `${storeId}\n`)
    fs.writeFileSync(path.join(keys('old-second'), `${unitId}.key`), Buffer.alloc(32))
    await expect(
      checkInstallation(database.db, keys('old-second'), fingerprints('aa')),
    ).rejects.toThrow(/is not the one/)
  })
})

/** A unit that takes answers. */
async function openUnit({ db }: Database): Promise<string> {
  const [organisationId, groupId, id] = [randomUUID(), randomUUID(), randomUUID()]
  await db.prisma.organisation.create({
    data: { id: organisationId, name: 'One', country: 'DE', createdAt: START },
  })
  await db.prisma.group.create({
    data: { organisationId, id: groupId, kind: 'x', alias: 'A', timeZone: 'UTC', createdAt: START },
  })
  await db.prisma.releaseUnit.create({
    data: {
      organisationId,
      id,
      groupId,
      questionSetId: 'pulse',
      questionSetVersion: 1,
      k: 6,
      audience: 'shared',
      checkInCount: 1,
      publicKey: Buffer.alloc(32),
      rosterChanges: 0,
    },
  })
  return id
}

describe.runIf(inject('hasPostgres'))(
  'two processes that start at once on an empty Postgres',
  () => {
    it('with a KEY_DIR each: one of the two is refused, whichever comes second', async () => {
      const server = await freshDatabase()
      const home = ownDir()
      const opened = await Promise.all(
        [1, 2].map(() => openDatabase({ kind: 'postgres', url: server.url })),
      )
      const check = (directory: string, { db }: Database) =>
        checkInstallation(db, path.join(home, directory), new Map([[1, 'aa']])).then(
          () => 'taken',
          (error: Error) =>
            /is not the one that this store knows/.test(error.message) ? 'refused' : error.message,
        )
      const [one, two] = opened as [Database, Database]
      const own = await Promise.all([check('first', one), check('second', two)])
      expect(own.sort()).toEqual(['refused', 'taken'])
      // On one volume both are taken.
      const shared = await freshDatabase()
      const both = await Promise.all(
        [1, 2].map(() => openDatabase({ kind: 'postgres', url: shared.url })),
      )
      expect(await Promise.all(both.map((database) => check('shared', database)))).toEqual([
        'taken',
        'taken',
      ])
      await Promise.all([...opened, ...both].map((database) => database.close()))
      await Promise.all([server.drop(), shared.drop()])
    })

    it('both come up: the second waits for the first one’s migration', async () => {
      const server = await freshDatabase()
      const opened = await Promise.all(
        [1, 2].map(() => openDatabase({ kind: 'postgres', url: server.url })),
      )
      expect(await Promise.all(opened.map(({ db }) => db.prisma.organisation.count()))).toEqual([
        0, 0,
      ])
      await Promise.all(opened.map((database) => database.close()))
      await server.drop()
    })
  },
)
