import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { createInterface } from 'node:readline'
import type { Given } from './process.ts'

/** A process of the service. */
export type Running = { child: ChildProcess; port: number; given: Given }

/** Whether a process serves what comes in at a path. */
export const serves = ({ given }: Running, at: string): boolean =>
  at.startsWith('/slack/') ? given.slack !== null : given.teams !== null

/** Starts one; null when it ends by itself before it is up. */
export async function startProcess(given: Given): Promise<Running | null> {
  const script = path.join(import.meta.dirname, 'process.ts')
  const child = spawn(process.execPath, ['--liftoff-only', script, JSON.stringify(given)], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const lines = createInterface({ input: child.stdout })
  const first = await Promise.race([once(lines, 'line'), once(child, 'exit').then(() => null)])
  if (first === null) return null
  const { port } = JSON.parse(first[0] as string) as { port: number }
  return { child, port, given }
}

/** Ends one, and waits until it is gone; returns its exit code, null where a signal ended it. */
export async function endProcess(
  { child }: Running,
  signal: 'SIGKILL' | 'SIGTERM',
): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
  const gone = once(child, 'exit')
  child.kill(signal)
  await gone
  return child.exitCode
}
