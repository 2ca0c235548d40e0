import type { Services } from '../commands/services.ts'
import type { Platform } from '../platform.ts'
import { createAccountLooks } from './accounts.ts'
import { createKeyWatch } from './keys.ts'
import { createWatch } from './watch.ts'

/**
 * Work at a beat of its own, in this order where somebody asks for all of it: it waits for a
 * platform or for the directory of keys, or goes through every organisation, and nothing that is
 * due waits for it. `stop` ends it early.
 */
export type Beside = readonly { run(): Promise<void>; stop?(): void }[]

/** All of it but deleting by age. `lateStarts`: platforms that could not start. */
export const createBeside = (
  services: Services,
  platforms: readonly Platform[],
  lateStarts: Beside[number],
): Beside => [
  lateStarts,
  createKeyWatch(services),
  createWatch(services),
  createAccountLooks(services, platforms),
]
