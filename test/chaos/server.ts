import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import pg from 'pg'
import { startOwnPostgres } from '../crash/own-postgres.ts'

/** A database server of the suite's own, and what can befall it. */
export type Server = {
  urlOf(database: string): string
  /** A connection that outlives the server's troubles badly: for the time in between. */
  connect(): Promise<pg.Client>
  stop(): void
  start(): void
  /** All of its processes stand still, or go on. */
  freeze(): void
  thaw(): void
  /** The file system that it lies on has no room, or again has some; null: it has none of its own. */
  disk: Disk | null
}

/** A small file system of its own. */
export type Disk = { dir: string; fill(): void; free(): void; unmount(): void }

/** Mounts one in memory; null where this machine lets nobody. */
export function mountDisk(dir: string, megabytes: number): Disk | null {
  fs.mkdirSync(dir, { recursive: true })
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0755`, 'tmpfs', dir], {
      stdio: 'ignore',
    })
  } catch {
    return null
  }
  const ballast = path.join(dir, 'ballast')
  return {
    dir,
    fill() {
      const file = fs.openSync(ballast, 'w')
      const block = Buffer.alloc(4_096)
      try {
        for (;;) fs.writeSync(file, block)
      } catch {
        // It is full.
      } finally {
        fs.closeSync(file)
      }
    },
    free: () => fs.rmSync(ballast, { force: true }),
    unmount: () => execFileSync('umount', ['-l', dir]),
  }
}

/** The processes that a process has started, by Linux's own list. */
const childrenOf = (parent: string): number[] =>
  fs
    .readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        // After the name in brackets: the state, then the parent.
        const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8')
        return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] === parent
      } catch {
        return false
      }
    })
    .map(Number)

/** Null where no server can be made on this machine. */
export async function startServer(dir: string): Promise<Server | null> {
  const disk = mountDisk(path.join(dir, 'disk'), 600)
  const own = await startOwnPostgres(disk?.dir ?? dir)
  if (!own) return null
  const processes = () => {
    const [postmaster = ''] = fs
      .readFileSync(path.join(own.data, 'postmaster.pid'), 'utf8')
      .split('\n')
    return [Number(postmaster), ...childrenOf(postmaster)]
  }
  const signal = (name: 'SIGSTOP' | 'SIGCONT') => {
    for (const pid of processes()) process.kill(pid, name)
  }
  const urlOf = (database: string) => {
    const url = new URL(own.url)
    url.pathname = `/${database}`
    return url.toString()
  }
  return {
    urlOf,
    async connect() {
      const client = new pg.Client({ connectionString: own.url })
      client.on('error', () => {})
      await client.connect()
      return client
    },
    stop: own.stop,
    start: own.start,
    freeze: () => signal('SIGSTOP'),
    thaw: () => signal('SIGCONT'),
    disk,
  }
}
