import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { openDatabase } from '../../../src/store/engine/database.ts'
import { listMigrations } from '../../../src/store/engine/migrate.ts'
import { isPacked } from '../../../src/store/engine/packed-store.ts'
import { atTheEnd } from '../../ends.ts'
import { tempDir } from '../../temp-dir.ts'

async function openNew(mayUnpack: boolean) {
  const { dir, remove } = tempDir()
  atTheEnd(async () => remove())
  const directory = path.join(dir, 'data')
  const database = await openDatabase({ kind: 'embedded', directory, mayUnpack })
  atTheEnd(() => database.close())
  return { database, directory }
}

describe('the store that was packed at installation', () => {
  it('is there, and is a first start’s: nothing is left to apply, and it is the schema', async () => {
    expect(isPacked()).toBe(true)
    const { database, directory } = await openNew(true)
    expect(database.applied).toEqual([])
    expect(await database.drift()).toBe('')
    expect(await database.db.prisma.organisation.count()).toBe(0)
    expect(fs.existsSync(path.join(directory, 'pg', 'PG_VERSION'))).toBe(true)
  })

  it('is not needed: without it a first start makes the same', async () => {
    const { database } = await openNew(false)
    expect(database.applied.flatMap(({ names }) => names)).toEqual(
      listMigrations().map(({ name }) => name),
    )
    expect(await database.drift()).toBe('')
  })
})
