import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'

// Files of the key directory, one durable step at a time. None of it holds up the process: a mount
// that hangs keeps whoever asked, and nobody else.

/** A file as it stands at a path; null: there is none. */
export async function statOf(file: string): Promise<fs.Stats | null> {
  try {
    return await fs.promises.stat(file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

/** Writes a file that is on the disk when it is done; `wx`: a new one. */
export async function writeDurably(
  file: string,
  bytes: Uint8Array,
  flags: 'wx' | 'r+',
): Promise<void> {
  const handle = await fs.promises.open(file, flags, 0o600)
  try {
    await handle.writeFile(bytes)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Destroys one file durably; nothing happens when it is not there. */
export async function destroyFile(file: string): Promise<void> {
  const stat = await statOf(file)
  if (stat === null) return
  // Overwriting helps on disks that write in place; on others the file system's own encryption has
  // to.
  if (stat.isFile()) await writeDurably(file, randomBytes(stat.size), 'r+')
  await fs.promises.rm(file, { recursive: true })
  await syncDirectory(path.dirname(file))
}

/** The names in a directory are on the disk when it is done. */
export async function syncDirectory(directory: string): Promise<void> {
  // Windows opens no directory.
  if (process.platform === 'win32') return
  const handle = await fs.promises.open(directory, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
