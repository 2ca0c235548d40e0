import fs from 'node:fs'
import path from 'node:path'
import { setFlagsFromString } from 'node:v8'
import type { PGlite } from '@electric-sql/pglite'
import type { SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils'
import { DURABLE_START_PARAMS, DurableNodeFS, fsyncTree } from './durable-fs.ts'
import { lockDirectory } from './lock.ts'
import { type Applied, migrate } from './migrate.ts'
import { readPacked } from './packed-store.ts'

/**
 * Postgres in this process, its rows in a directory, or in memory (null). A new one is the packed
 * one where it may be. `close` gives the directory back. Throws SetupError when the directory is
 * taken.
 */
export async function openPglite(
  directory: string | null,
  mayUnpack: boolean,
): Promise<{ pglite: PGlite; close(): Promise<void> }> {
  const unlock = directory ? lockDirectory(directory) : () => {}
  try {
    const pglite = await createPglite(directory && path.join(directory, 'pg'), mayUnpack)
    const close = async () => {
      try {
        if (!pglite.closed) await pglite.close()
      } finally {
        unlock()
      }
    }
    return { pglite, close }
  } catch (error) {
    unlock()
    throw error
  }
}

async function createPglite(home: string | null, mayUnpack: boolean): Promise<PGlite> {
  // Optimising the WebAssembly costs more memory and time than it saves here. `npm start` says so
  // on the command line: by now some of it is already compiled, and an idle service holds 90 MB
  // more (npm run bench -- start).
  setFlagsFromString('--liftoff-only')
  const { PGlite } = await import('@electric-sql/pglite')
  const isFresh = home !== null && !fs.existsSync(path.join(home, 'PG_VERSION'))
  const packed = mayUnpack && (isFresh || home === null) ? await readPacked() : null
  const pglite = await PGlite.create({
    ...(home ? { fs: new DurableNodeFS(home), startParams: DURABLE_START_PARAMS } : {}),
    ...(packed ? { loadDataDir: packed } : {}),
  })
  if (isFresh) {
    await pglite.exec('checkpoint')
    fsyncTree(home)
  }
  return pglite
}

/** Brings it up to date; returns how Prisma's client reaches it, and what was applied. */
export async function migratePglite(
  pglite: PGlite,
  mayMigrate: boolean,
): Promise<{ factory: SqlMigrationAwareDriverAdapterFactory; applied: Applied[] }> {
  const { PrismaPGlite } = await import('pglite-prisma-adapter')
  const factory = new PrismaPGlite(pglite) as unknown as SqlMigrationAwareDriverAdapterFactory
  const run = (script: string) => pglite.exec(script)
  const applied = await migrate({ factory, alone: (work) => work(), run }, mayMigrate)
  return { factory, applied }
}
