import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { syncDirectory, writeDurably } from './key-files.ts'

const ID_FILE = 'keys.id'

/** A key directory's own id; null: it has none. */
export async function readDirectoryId(directory: string): Promise<string | null> {
  try {
    return (await fs.promises.readFile(path.join(directory, ID_FILE), 'utf8')).trim()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

/** The same, made when there is none yet; of several processes one makes it. */
export async function ensureDirectoryId(directory: string): Promise<string> {
  const known = await readDirectoryId(directory)
  if (known !== null) return known
  await fs.promises.mkdir(directory, { recursive: true, mode: 0o700 })
  const own = path.join(directory, `${ID_FILE}.${randomUUID()}`)
  const id = Buffer.from(`${randomUUID()}\n`)
  await writeDurably(own, id, 'wx')
  try {
    // A link is there whole or not at all, and is refused where there is one.
    await fs.promises.link(own, path.join(directory, ID_FILE))
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    // Not every file system has links.
    if (code !== 'EEXIST')
      await fs.promises.writeFile(path.join(directory, ID_FILE), id, { mode: 0o600, flag: 'wx' })
  } finally {
    await fs.promises.rm(own)
  }
  await syncDirectory(directory)
  return (await readDirectoryId(directory)) ?? ''
}

/** Free room where a directory is, in bytes. Throws when it is not there. */
export async function roomIn(directory: string): Promise<number> {
  const { bavail, bsize } = await fs.promises.statfs(directory)
  return bavail * bsize
}

/** The time by the clock that dates the files there, in ms: a file server's may be another. */
export async function clockOf(directory: string): Promise<number> {
  const file = path.join(directory, `clock.${randomUUID()}`)
  await fs.promises.writeFile(file, '', { mode: 0o600 })
  try {
    return (await fs.promises.stat(file)).mtimeMs
  } finally {
    await fs.promises.rm(file)
  }
}
