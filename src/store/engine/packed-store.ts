import { createHash } from 'node:crypto'
import fs from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { createGunzip } from 'node:zlib'
import { listMigrations } from './migrate.ts'

/**
 * An embedded store with its schema and nothing in it, packed when the service was installed
 * (scripts/pack-store.ts). Making one anew takes Postgres' `initdb` and Prisma's schema engine:
 * 700 MB of memory for some seconds, on a machine that may be chosen for the 300 that are needed
 * after that.
 */
const DIRECTORY = fileURLToPath(
  new URL('../../../node_modules/.cache/groupwell-store/', import.meta.url),
)

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

/** Null: nobody packed one for this release, or it is spoilt, and a new one is made. */
export async function readPacked(): Promise<Blob | null> {
  const file = packedFile()
  if (!fs.existsSync(file)) return null
  // PGlite unpacks it in streams of its own, and an error there would end the process.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const isWhole = await pipeline(fs.createReadStream(file), createGunzip(), nowhere).then(
    () => true,
    () => false,
  )
  return isWhole ? new Blob([fs.readFileSync(file)], { type: 'application/gzip' }) : null
}

/** Puts a packed store (tar, gzip) in the place of earlier ones. */
export function writePacked(bytes: Uint8Array): void {
  fs.rmSync(DIRECTORY, { recursive: true, force: true })
  fs.mkdirSync(DIRECTORY, { recursive: true })
  const file = packedFile()
  fs.writeFileSync(`${file}.new`, bytes, { flush: true })
  fs.renameSync(`${file}.new`, file)
}

/** The file of this release's, and whether there is one. */
export const packedStore = (): { file: string; isThere: boolean } => {
  const file = packedFile()
  return { file, isThere: fs.existsSync(file) }
}
