import { readConfig } from '../config.ts'
import { main } from '../main.ts'

/** `npm start`: the service with credentials; without any, and outside production, the local demo workspace. */
export async function start(): Promise<void> {
  const config = readConfig(process.env)
  if (config.slack || config.teams) return await main()
  // Loaded only here: a production installation has neither the simulator's libraries nor a use for them.
  const { serveLocal } = await import('./serve-local.ts')
  await serveLocal(config)
}
