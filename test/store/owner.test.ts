import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { openDatabase } from '../../src/store/engine/database.ts'
import {
  addWorkspace,
  changeOwner,
  findOwner,
  listWorkspaces,
  ownStore,
} from '../../src/store/owner.ts'
import { ownDir } from '../ends.ts'
import { START, STORES } from '../helpers.ts'
import { freshDatabase } from '../postgres.ts'

const CLINIC = { name: 'Clinic', country: 'DE' }

async function open(store: (typeof STORES)[number]) {
  if (store === 'embedded') {
    const database = await openDatabase({
      kind: 'embedded',
      directory: path.join(ownDir(), 'data'),
    })
    return { db: database.db, end: () => database.close() }
  }
  const server = await freshDatabase()
  const database = await openDatabase({ kind: 'postgres', url: server.url })
  return { db: database.db, end: () => database.close().then(() => server.drop()) }
}

describe.each(STORES)('whose a store is (%s)', (store) => {
  it('is said by its first start; another name or country is refused, with the way to change it', async () => {
    const { db, end } = await open(store)
    expect(await changeOwner(db, { name: 'Nobody' })).toBe(false)
    expect(await addWorkspace(db, { platform: 'slack', externalId: 'T0' })).toBe(false)
    const id = await ownStore(db, CLINIC, START)
    expect(await ownStore(db, CLINIC, START)).toBe(id)
    const strangers = [
      { name: 'Other clinic', country: 'DE' },
      { name: 'Clinic', country: 'US' },
      { name: 'Other clinic', country: 'US' },
    ]
    for (const other of strangers)
      await expect(ownStore(db, other, START)).rejects.toThrow(
        `This store belongs to “Clinic” (DE), and the settings say “${other.name}” (${other.country}).`,
      )
    await expect(ownStore(db, { name: 'Other clinic', country: 'US' }, START)).rejects.toThrow(
      'npx groupwell organisation --name "Other clinic" --country US',
    )
    expect(await findOwner(db)).toEqual({ id, ...CLINIC })
    expect(await changeOwner(db, { name: 'Other clinic', country: 'US' })).toBe(true)
    expect(await ownStore(db, { name: 'Other clinic', country: 'US' }, START)).toBe(id)
    expect(await db.prisma.organisation.count()).toBe(1)
    expect(await addWorkspace(db, { platform: 'slack', externalId: 'T0SECOND' })).toBe(true)
    expect(await listWorkspaces(db, id)).toEqual([
      { platform: 'slack', externalId: 'T0SECOND', name: 'T0SECOND' },
    ])
    await end()
  })
})
