import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { createInterface } from 'node:readline'

/** A measured program in a process of its own: what it said first, and how to end it. */
export type Child<T> = { said: T; process: ChildProcess; end(): Promise<void> }

const hasTaskset = spawnSync('taskset', ['--version']).status === 0

/**
 * Keeps this process on the second core; children take the first. Where that cannot be said, they
 * share.
 */
export function stayOnSecondCore(): void {
  if (hasTaskset) spawnSync('taskset', ['-a', '-cp', '1', String(process.pid)])
}

/** Starts a file of this folder on the first core and waits for the one JSON line that it says. */
export async function startChild<T>(file: string, given: unknown): Promise<Child<T>> {
  const script = path.join(import.meta.dirname, file)
  const node = [process.execPath, script, JSON.stringify(given)]
  const [command = '', ...args] = hasTaskset ? ['taskset', '-c', '0', ...node] : node
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`${file} ended with ${code}`)
  })
  // Also when a bench breaks off: what it started ends with it.
  process.once('exit', () => child.kill('SIGKILL'))
  const lines = createInterface({ input: child.stdout })
  const [line] = (await Promise.race([once(lines, 'line'), ended])) as [string]
  ended.catch(() => {})
  return {
    said: JSON.parse(line) as T,
    process: child,
    async end() {
      const gone = once(child, 'exit')
      child.kill('SIGTERM')
      await gone
    },
  }
}
