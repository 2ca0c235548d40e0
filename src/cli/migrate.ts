import { readStoreConfig } from '../config.ts'
import { openStore } from './store.ts'

/**
 * `npx groupwell migrate`: brings the store's schema up to date, says how long each migration took,
 * and stops. Starting does the same, unless MIGRATIONS is apart.
 */
export async function migrateStore(): Promise<void> {
  const { kind, applied, close } = await openStore(readStoreConfig(process.env), {
    mayMigrate: true,
    // A new store's are done here too, so that what is said is what was done.
    mayUnpack: false,
  })
  for (const { names, ms } of applied)
    process.stdout.write(`Applied ${names.join(', ')} in ${(ms / 1_000).toFixed(1)} s.\n`)
  const word = applied.length === 0 ? ': nothing to do' : ''
  process.stdout.write(`The ${kind} store is up to date${word}.\n`)
  await close()
}
