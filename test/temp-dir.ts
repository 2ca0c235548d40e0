import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'

/** Linux keeps what lies here in memory. */
const MEMORY_DIR = '/dev/shm'
/** Two workers hold a few stores of 40 MB at a time. A container may give less than that. */
const MEMORY_NEEDED = 1024 ** 3

/** A directory that is gone when `remove` was called. `inMemory`: for tests in which nothing is about the disk. */
export function tempDir({ inMemory = false } = {}): { dir: string; remove(): void } {
  const parent = inMemory && hasMemoryDir() ? MEMORY_DIR : os.tmpdir()
  const dir = fs.mkdtempSync(path.join(parent, 'groupwell-test-'))
  return { dir, remove: () => fs.rmSync(dir, { recursive: true, force: true }) }
}

function hasMemoryDir(): boolean {
  try {
    fs.accessSync(MEMORY_DIR, fs.constants.W_OK)
    const { bavail, bsize } = fs.statfsSync(MEMORY_DIR)
    return bavail * bsize > MEMORY_NEEDED
  } catch {
    return false
  }
}
