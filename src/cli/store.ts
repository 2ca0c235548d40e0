import path from 'node:path'
import type { Config } from '../config.ts'
import { type Database, openDatabase } from '../store/engine/database.ts'

/** The store that the settings name, for commands that need nothing else. The caller closes it. */
export async function openStore({ store }: Config): Promise<Database> {
  if (store.url) return await openDatabase({ kind: 'postgres', url: store.url })
  return await openDatabase({ kind: 'embedded', directory: path.resolve(store.dataDir) })
}
