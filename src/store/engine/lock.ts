import fs from 'node:fs'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { SetupError } from '../../errors.ts'

/**
 * Takes the one writer's place in a data directory; returns how to give it back. PGlite takes no
 * lock of its own, and two processes on one directory lose rows silently. The kernel frees SQLite's
 * lock when the process dies, also on kill -9. Throws SetupError when another process holds it.
 */
export function lockDirectory(directory: string): () => void {
  fs.mkdirSync(directory, { recursive: true, mode: 0o700 })
  const lock = new DatabaseSync(path.join(directory, 'groupwell.lock'))
  try {
    lock.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE')
  } catch (error) {
    lock.close()
    throw new SetupError(
      `DATA_DIR ${directory} is in use by another Groupwell process. Stop that one first, or give this one another DATA_DIR.`,
      { cause: error },
    )
  }
  return () => lock.close()
}
