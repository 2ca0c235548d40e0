import { execFileSync, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { freePort } from '../free-port.ts'

const VERSIONS = '/usr/lib/postgresql'

/**
 * Postgres' own programs on this machine; null when there are none, or nobody that they would run
 * as.
 */
function programs(): { bin: string; as: string[] } | null {
  if (!fs.existsSync(VERSIONS)) return null
  const newest = fs.readdirSync(VERSIONS).sort().at(-1)
  const bin = path.join(VERSIONS, newest ?? '', 'bin')
  if (!fs.existsSync(path.join(bin, 'initdb'))) return null
  // Postgres refuses to run as root.
  if (process.getuid?.() !== 0) return { bin, as: [] }
  return spawnSync('id', ['postgres']).status === 0
    ? { bin, as: ['runuser', '-u', 'postgres', '--'] }
    : null
}

/** `data`: where its files are. */
export type OwnPostgres = {
  url: string
  data: string
  restart(): void
  start(): void
  stop(): void
}

/** A server of the test's own, which it may restart; null where none can be made. */
export async function startOwnPostgres(directory: string): Promise<OwnPostgres | null> {
  const found = programs()
  if (!found) return null
  const data = path.join(directory, 'cluster')
  fs.mkdirSync(data)
  if (found.as.length > 0) {
    fs.chmodSync(directory, 0o755)
    execFileSync('chown', ['postgres', data])
  }
  const run = (program: string, ...args: string[]) => {
    const [command = '', ...rest] = [...found.as, path.join(found.bin, program), ...args]
    execFileSync(command, rest, { stdio: 'ignore' })
  }
  const port = await freePort()
  run('initdb', '-D', data, '-A', 'trust', '-U', 'postgres')
  const options = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections=60`
  const log = path.join(data, 'server.log')
  const start = () => run('pg_ctl', '-D', data, '-o', options, '-l', log, '-w', 'start')
  start()
  return {
    url: `postgresql://postgres@127.0.0.1:${port}/postgres`,
    data,
    start,
    // As a power cut would: no farewell to anybody, and recovery from the log.
    restart: () =>
      run('pg_ctl', '-D', data, '-o', options, '-l', log, '-m', 'immediate', '-w', 'restart'),
    stop: () => run('pg_ctl', '-D', data, '-m', 'immediate', '-w', 'stop'),
  }
}
