import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openDatabase } from '../../../src/store/engine/database.ts'
import { listMigrations } from '../../../src/store/engine/migrate.ts'
import { packedStore } from '../../../src/store/engine/packed-store.ts'
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
    expect(packedStore().isThere).toBe(true)
    const { database, directory } = await openNew(true)
    expect(database.applied).toEqual([])
    expect(await database.drift()).toBe('')
    expect(await database.db.prisma.organisation.count()).toBe(0)
    expect(fs.existsSync(path.join(directory, 'pg', 'PG_VERSION'))).toBe(true)
  })

  it('is made anew where the file is spoilt', async () => {
    const { file } = packedStore()
    const whole = fs.readFileSync(file)
    onTestFinished(() => fs.writeFileSync(file, whole))
    fs.writeFileSync(file, whole.subarray(0, whole.length / 2))
    const { database } = await openNew(true)
    expect(await database.drift()).toBe('')
    expect(database.applied.length).toBeGreaterThan(0)
  })

  it('is not needed: without it a first start makes the same', async () => {
    const { database } = await openNew(false)
    expect(database.applied.flatMap(({ names }) => names)).toEqual(
      listMigrations().map(({ name }) => name),
    )
    expect(await database.drift()).toBe('')
  })
})
