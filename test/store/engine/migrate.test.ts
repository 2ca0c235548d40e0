import path from 'node:path'
import { describe, expect, inject, it } from 'vitest'
import { SetupError } from '../../../src/errors.ts'
import {
  type Database,
  openDatabase,
  type StoreSettings,
} from '../../../src/store/engine/database.ts'
import { atTheEnd, ownDir } from '../../ends.ts'
import { STORES } from '../../helpers.ts'
import { freshDatabase } from '../../postgres.ts'

const LAST = '20261127180000_timed_boxes'

describe.each(STORES)('a store whose schema is older than the release (%s)', (store) => {
  it('is migrated at the start, which says how long it took', async () => {
    const settings = await older()
    const database = await openDatabase(settings)
    expect(database.applied).toEqual([{ names: [LAST], ms: expect.any(Number) }])
    expect(database.applied[0]?.ms).toBeGreaterThan(0)
    await database.close()
    // There is nothing left to do, so nothing is refused either.
    const again = await openDatabase({ ...settings, mayMigrate: false })
    expect(again.applied).toEqual([])
    await again.close()
  })

  it('is refused where migrations are run apart, with the command that runs them', async () => {
    const settings = await older()
    const refused = await openDatabase({ ...settings, mayMigrate: false }).catch(
      (error: unknown) => error,
    )
    expect(refused).toBeInstanceOf(SetupError)
    expect(String(refused)).toContain(`(1 to apply, from ${LAST} on)`)
    expect(String(refused)).toContain('npx groupwell migrate')
    // Nothing was changed, and the directory is free for the command.
    const database = await openDatabase(settings)
    expect(database.applied).toHaveLength(1)
    await database.close()
  })

  /** A store as it was before the last migration. */
  async function older(): Promise<StoreSettings> {
    const settings = await place()
    const database: Database = await openDatabase(settings)
    const { sql } = database.db
    await sql.run`alter table "Installation" drop column "timedBoxesFrom", drop column "probedAt"`
    await sql.run`delete from "_prisma_migrations" where "migration_name" = ${LAST}`
    await database.close()
    return settings
  }

  async function place(): Promise<StoreSettings> {
    if (store === 'embedded') return { kind: 'embedded', directory: path.join(ownDir(), 'data') }
    const server = await freshDatabase(inject('postgresTemplate'))
    atTheEnd(server.drop)
    return { kind: 'postgres', url: server.url }
  }
})
