import { startApp } from './app.ts'
import { readConfig } from './config.ts'

/**
 * A stop that takes longer is cut: whoever stops us (systemd, Kubernetes) would do it less kindly.
 */
const STOP_WITHIN_MS = 20_000

/** The service with real credentials: start, wait for the signal, stop. */
export async function main(): Promise<void> {
  const stopped = listenForStop()
  const app = await startApp(readConfig(process.env))
  // A library's forgotten promise must not take the service down; what it says stays out of the
  // log, it may hold a payload.
  process.on('unhandledRejection', (reason) => app.services.log.error('unhandled', reason))
  await stopped(() => app.stop())
}

/**
 * Listens for SIGINT and SIGTERM from now on: one that comes while everything starts is not lost.
 * The returned function waits for the first of them, then stops; a second signal, or the deadline,
 * ends the process at once.
 */
export function listenForStop(): (stop: () => Promise<void>) => Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
  if (process.env.npm_lifecycle_event) stopWithParent(resolve)
  return async (stop) => {
    await promise
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.once(signal, () => process.exit(130))
    setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref()
    await stop()
  }
}

const LOOK_AT_PARENT_EVERY_MS = 1_000

/**
 * A person who ends `npm start` by its process id means the service: npm does not pass that signal
 * on.
 */
function stopWithParent(stop: () => void): void {
  const parent = process.ppid
  const looking = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(looking)
    stop()
  }, LOOK_AT_PARENT_EVERY_MS)
  looking.unref()
}
