import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'

/** A directory that is gone when `remove` was called. */
export function tempDir(): { dir: string; remove(): void } {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'groupwell-test-'))
  return { dir, remove: () => fs.rmSync(dir, { recursive: true, force: true }) }
}
