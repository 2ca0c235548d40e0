import { readStoreConfig } from '../config.ts'
import { openStore } from './store.ts'

/**
 * `npx groupwell migrate`: brings the store's schema up to date and stops. Starting does the same.
 */
export async function migrateStore(): Promise<void> {
  const database = await openStore(readStoreConfig(process.env))
  const applied =
    database.applied.length === 0 ? 'nothing to do' : `applied ${database.applied.join(', ')}`
  process.stdout.write(`The ${database.kind} store is up to date: ${applied}.\n`)
  await database.close()
}
