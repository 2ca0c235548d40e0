import { type Config, storeSettings } from '../config.ts'
import { type Database, openDatabase } from '../store/engine/database.ts'

/**
 * The store that the settings name, for commands that need nothing else; `mayMigrate` in place of
 * what MIGRATIONS says. The caller closes it.
 */
export const openStore = async (
  { store }: Config,
  change: { mayMigrate?: true; mayUnpack?: false } = {},
): Promise<Database> => await openDatabase({ ...storeSettings(store), ...change })
