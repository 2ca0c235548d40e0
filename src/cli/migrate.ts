import path from 'node:path'
import { readConfig } from '../config.ts'
import { openDatabase } from '../store/database.ts'

/** `npx groupwell migrate`: brings the store's schema up to date and stops. Starting does the same. */
export async function migrateStore(): Promise<void> {
  const { store } = readConfig({ ...process.env, NODE_ENV: 'development' })
  const settings = store.url
    ? ({ kind: 'postgres', url: store.url } as const)
    : ({ kind: 'embedded', directory: path.resolve(store.dataDir) } as const)
  const database = await openDatabase(settings)
  const applied = database.applied.length === 0 ? 'nothing to do' : `applied ${database.applied.join(', ')}`
  process.stdout.write(`The ${database.kind} store is up to date: ${applied}.\n`)
  await database.close()
}
