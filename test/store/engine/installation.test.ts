import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type Database, openDatabase } from '../../../src/store/engine/database.ts'
import { checkInstallation } from '../../../src/store/engine/installation.ts'
import { ownDir } from '../../ends.ts'
import { START } from '../../helpers.ts'
import { freshDatabase } from '../../postgres.ts'

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

  it('refuse another KEY_DIR while a check-in is open, and say how to go on without the keys', async () => {
    await checkInstallation(database.db, keys('b'), fingerprints('aa'))
    const organisationId = randomUUID()
    const groupId = randomUUID()
    await database.db.prisma.organisation.create({
      data: { id: organisationId, name: 'One', country: 'DE', createdAt: START },
    })
    await database.db.prisma.group.create({
      data: {
        organisationId,
        id: groupId,
        kind: 'x',
        alias: 'A',
        timeZone: 'UTC',
        createdAt: START,
      },
    })
    const unit = {
      organisationId,
      id: randomUUID(),
      groupId,
      questionSetId: 'pulse',
      questionSetVersion: 1,
      k: 6,
      audience: 'shared' as const,
      checkInCount: 1,
      publicKey: Buffer.alloc(32),
      rosterChanges: 0,
    }
    await database.db.prisma.releaseUnit.create({ data: unit })
    await expect(checkInstallation(database.db, keys('c'), fingerprints('aa'))).rejects.toThrow(
      /1 check-ins are open and their keys are not here\..*store\.id/,
    )
    await checkInstallation(database.db, keys('a'), fingerprints('aa'))
  })
})

describe.runIf(inject('hasPostgres'))(
  'two processes that start at once on an empty Postgres',
  () => {
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
