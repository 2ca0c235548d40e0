import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'

const PREFIX = 'groupwell-test-'
/** A directory older than this was left behind. */
export const LEFT_AFTER_MS = 12 * 60 * 60_000
/** Linux keeps what lies here in memory. */
const MEMORY_DIR = '/dev/shm'
/** Two workers hold a few stores of 40 MB at a time. A container may give less than that. */
const MEMORY_NEEDED = 1024 ** 3

/**
 * A directory, until `remove` is called. `inMemory`: for tests in which nothing is about the disk.
 */
export function tempDir({ inMemory = false } = {}): { dir: string; remove(): void } {
  const parent = inMemory && hasMemoryDir() ? MEMORY_DIR : os.tmpdir()
  const dir = fs.mkdtempSync(path.join(parent, PREFIX))
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

/** Gives back the memory that runs held that were killed half a day ago or more. */
export function removeLeftOver(): void {
  if (!fs.existsSync(MEMORY_DIR)) return
  for (const name of fs.readdirSync(MEMORY_DIR).filter((one) => one.startsWith(PREFIX))) {
    const dir = path.join(MEMORY_DIR, name)
    if (fs.statSync(dir).mtimeMs < Date.now() - LEFT_AFTER_MS)
      fs.rmSync(dir, { recursive: true, force: true })
  }
}
