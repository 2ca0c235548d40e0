import path from 'node:path'
import { directoryKeyStore } from '../ballot/key-store.ts'
import { readStoreConfig } from '../config.ts'
import { SetupError } from '../errors.ts'
import { adoptDirectory, listNeeded } from '../store/installation.ts'
import { openStore } from './store.ts'

/**
 * `npx groupwell keys adopt`: the store takes KEY_DIR as the directory that holds its keys from now
 * on. Says how many open check-ins have no key there.
 */
export async function keys(args: readonly string[]): Promise<void> {
  if (args.length !== 1 || args[0] !== 'adopt')
    throw new SetupError('groupwell keys: expected adopt. Example: npx groupwell keys adopt')
  const config = readStoreConfig(process.env)
  const keyDirectory = path.resolve(config.ballot.keyDir)
  const database = await openStore(config)
  try {
    if (!(await adoptDirectory(database.db, keyDirectory)))
      throw new SetupError(
        'Nobody has started Groupwell on this store yet: it takes the KEY_DIR of its first start.',
      )
    const there = new Set(
      (await directoryKeyStore(keyDirectory).list()).map(({ unitId }) => unitId),
    )
    const lost = (await listNeeded(database.db)).filter((id) => !there.has(id)).length
    process.stdout.write(`The store takes ${keyDirectory} as its KEY_DIR.\n`)
    if (lost > 0)
      process.stdout.write(
        `${lost} results under way have no key there. They are marked as lost when the service starts.\n`,
      )
  } finally {
    await database.close()
  }
}
