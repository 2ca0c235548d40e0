import fs from 'node:fs'
import path from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { NodeFS } from '@electric-sql/pglite/nodefs'

/**
 * EIO of Emscripten: a failed fsync must reach Postgres as an error, or it would believe that the
 * commit is safe.
 */
const EIO = 29

/**
 * PGlite's Node file system with a real fsync. As shipped PGlite never calls fsync: a power cut
 * loses acknowledged rows, or the whole database. Needs DURABLE_START_PARAMS as well, because
 * Emscripten's fdatasync never reaches this hook.
 */
export class DurableNodeFS extends NodeFS {
  override async init(pg: PGlite, options: Parameters<NodeFS['init']>[1]) {
    const result = await super.init(pg, options)
    result.emscriptenOpts.preRun = [
      ...(result.emscriptenOpts.preRun ?? []),
      (module: unknown) => {
        const nodefs = (module as { NODEFS: { stream_ops: Record<string, unknown> } }).NODEFS
        nodefs.stream_ops.fsync = (stream: { nfd: number }) => {
          try {
            fs.fsyncSync(stream.nfd)
            return 0
          } catch {
            return EIO
          }
        }
      },
    ]
    return result
  }
}

/**
 * Without -F (which turns fsync off); small buffers, because one connection serves a few hundred
 * people.
 */
export const DURABLE_START_PARAMS = [
  ...PGlite.defaultStartParams.filter((parameter) => parameter !== '-F'),
  ...[
    'wal_sync_method=fsync',
    // A log file that is used again keeps boxes that were deleted.
    'wal_recycle=off',
    'shared_buffers=16MB',
    'max_connections=4',
  ].flatMap((setting) => ['-c', setting]),
]

/**
 * Makes a freshly created database directory durable: PGlite copies initdb's result in without
 * fsync.
 */
export function fsyncTree(directory: string): void {
  for (const entry of fs.readdirSync(directory, { withFileTypes: true })) {
    const entryPath = path.join(directory, entry.name)
    if (entry.isDirectory()) fsyncTree(entryPath)
    else if (entry.isFile()) fsyncPath(entryPath)
  }
  fsyncPath(directory)
}

function fsyncPath(target: string): void {
  const descriptor = fs.openSync(target, 'r')
  fs.fsyncSync(descriptor)
  fs.closeSync(descriptor)
}
