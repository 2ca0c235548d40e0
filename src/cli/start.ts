import { parseArgs } from 'node:util'
import { readConfig } from '../config.ts'
import { SetupError } from '../errors.ts'
import { main } from '../main.ts'
import { PLATFORM_TITLES, type PlatformName } from '../platform.ts'

/**
 * `npm start`: the service with credentials; without any, and outside production, the local demo
 * workspace.
 */
export async function start(args: readonly string[]): Promise<void> {
  const isPlaygroundOpen = readOptions(args)
  const config = readConfig(process.env)
  const names = Object.keys(PLATFORM_TITLES) as PlatformName[]
  if (names.every((name) => config[name] === null)) {
    // Loaded only here: a production installation has neither the simulator's libraries nor a use
    // for them.
    const { serveLocal } = await import('./serve-local.ts')
    return await serveLocal(config, { isPlaygroundOpen })
  }
  if (isPlaygroundOpen)
    throw new SetupError(
      '--allow-unauthenticated-teams is for the demo alone, and credentials are set. Start without it.',
    )
  await main()
}

/** Whether Teams clients without a token are let in. Throws SetupError for any other argument. */
function readOptions(args: readonly string[]): boolean {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { 'allow-unauthenticated-teams': { type: 'boolean' } },
    })
    return values['allow-unauthenticated-teams'] ?? false
  } catch (error) {
    throw new SetupError(
      `${(error as Error).message}. Example: npm start -- --allow-unauthenticated-teams`,
      {
        cause: error,
      },
    )
  }
}
