import cron from 'node-cron'

/** Half a minute late at most is on time for a reminder, and a claim costs one statement. */
const BEAT_MS = 30_000
/** The rule that node-cron wants of a task. It is never followed: nobody starts its calendar. */
const EVERY_HALF_MINUTE = '*/30 * * * * *'

/**
 * Runs `beat` at once and then every half minute, or every `everyMs`. A timer counts the time that
 * passes, so that it
 * does not matter what the host's clock shows, in which zone, or that somebody sets it; node-cron's
 * calendar stands still or spins where an hour comes twice (its issues 492 and 509). One that still
 * runs is not joined by another. `beat` must not throw.
 */
export function startBeat(
  beat: () => Promise<void>,
  everyMs: number = BEAT_MS,
): { stop(): Promise<void> } {
  let running: Promise<unknown> | null = null
  const task = cron.createTask(EVERY_HALF_MINUTE, beat)
  const run = () => {
    running ??= task.execute().finally(() => {
      running = null
    })
  }
  const timer = setInterval(run, everyMs)
  run()
  return {
    async stop() {
      clearInterval(timer)
      await running
      await task.destroy()
    },
  }
}
