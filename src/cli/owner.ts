import { parseArgs } from 'node:util'
import { readStoreConfig } from '../config.ts'
import { SetupError } from '../errors.ts'
import { PLATFORM_TITLES, type PlatformName } from '../platform.ts'
import type { Database } from '../store/engine/database.ts'
import { addWorkspace, changeOwner, findOwner, listWorkspaces } from '../store/owner.ts'
import { openStore } from './store.ts'

const NOBODY =
  'Nobody has started Groupwell on this store yet: the settings of the first start count.'

/**
 * `npx groupwell organisation`: whose the store is, and its workspaces. With `--name` and
 * `--country` it is changed: a store takes neither from the settings of a later start.
 */
export async function organisation(args: readonly string[]): Promise<void> {
  const change = readChange(args)
  await withStore(async ({ db }) => {
    if (Object.keys(change).length > 0 && !(await changeOwner(db, change)))
      throw new SetupError(NOBODY)
    const owner = await findOwner(db)
    if (!owner) return void process.stdout.write(`${NOBODY}\n`)
    process.stdout.write(`${owner.name} (${owner.country})\n`)
    for (const { platform, externalId, name } of await listWorkspaces(db, owner.id))
      process.stdout.write(`${PLATFORM_TITLES[platform]} ${externalId}: ${name}\n`)
  })
}

function readChange(args: readonly string[]): { name?: string; country?: string } {
  const usage = 'Example: npx groupwell organisation --name "Our clinic" --country DE'
  try {
    const options = { name: { type: 'string' }, country: { type: 'string' } } as const
    const { name, country } = parseArgs({ args: [...args], options }).values
    if (name?.trim() === '') throw new Error('--name is empty')
    if (country !== undefined && !/^[A-Z]{2}(-[A-Z0-9]{1,3})?$/.test(country))
      throw new Error(`--country ${country}: two capital letters, or a region such as GB-NIR`)
    return { ...(name ? { name } : {}), ...(country ? { country } : {}) }
  } catch (error) {
    throw new SetupError(`groupwell organisation: ${(error as Error).message}. ${usage}`, {
      cause: error,
    })
  }
}

/**
 * `npx groupwell workspace add PLATFORM ID`: lets a process start with the credentials of a
 * workspace or tenant that the store does not know.
 */
export async function workspace([
  what,
  platform,
  externalId,
  ...rest
]: readonly string[]): Promise<void> {
  const isKnown = (name: string | undefined): name is PlatformName =>
    name !== undefined && Object.hasOwn(PLATFORM_TITLES, name)
  if (what !== 'add' || !isKnown(platform) || !externalId || rest.length > 0)
    throw new SetupError(
      `groupwell workspace: expected add, ${Object.keys(PLATFORM_TITLES).join(' or ')}, and an id. Example: npx groupwell workspace add slack T012AB3CD`,
    )
  await withStore(async ({ db }) => {
    if (!(await addWorkspace(db, { platform, externalId }))) throw new SetupError(NOBODY)
    process.stdout.write(`Connected: ${PLATFORM_TITLES[platform]} ${externalId}.\n`)
  })
}

async function withStore(work: (database: Database) => Promise<void>): Promise<void> {
  const database = await openStore(readStoreConfig(process.env))
  try {
    await work(database)
  } finally {
    await database.close()
  }
}
