import { type Config, storeSettings } from '../config.ts'
import { type Database, openDatabase } from '../store/engine/database.ts'

/** The store that the settings name, for commands that need nothing else. The caller closes it. */
export const openStore = async ({ store }: Config): Promise<Database> =>
  await openDatabase(storeSettings(store))
