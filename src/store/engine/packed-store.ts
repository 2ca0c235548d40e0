import { createHash } from 'node:crypto'
import fs from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { listMigrations } from './migrate.ts'

/**
 * An embedded store with its schema and nothing in it, packed when the service was installed
 * (scripts/pack-store.ts). Making one anew takes Postgres' `initdb` and Prisma's schema engine:
 * 700 MB of memory for some seconds, on a machine that may be chosen for the 300 that are needed
 * after that.
 */
const DIRECTORY = fileURLToPath(new URL('../../../node_modules/.cache/groupwell/', import.meta.url))

/** Of these migrations, and this PGlite: another one's is never opened. */
function packedFile(): string {
  const require = createRequire(import.meta.url)
  const entry = require.resolve('@electric-sql/pglite')
  const { version } = JSON.parse(
    fs.readFileSync(path.join(path.dirname(entry), '..', 'package.json'), 'utf8'),
  ) as { version: string }
  const named = JSON.stringify([version, listMigrations()])
  const digest = createHash('sha256').update(named).digest('hex').slice(0, 32)
  return path.join(DIRECTORY, `store-${digest}.tar.gz`)
}

/** Null: nobody packed one for this release, and it is made anew. */
export function readPacked(): Blob | null {
  const file = packedFile()
  return fs.existsSync(file) ? new Blob([fs.readFileSync(file)]) : null
}

/** Puts a packed store in the place of earlier ones. */
export function writePacked(bytes: Uint8Array): void {
  fs.rmSync(DIRECTORY, { recursive: true, force: true })
  fs.mkdirSync(DIRECTORY, { recursive: true })
  const file = packedFile()
  // A file that is there is whole.
  fs.writeFileSync(`${file}.new`, bytes)
  fs.renameSync(`${file}.new`, file)
}

/** Whether there is one for this release. */
export const isPacked = (): boolean => fs.existsSync(packedFile())
