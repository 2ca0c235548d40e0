/**
 * One run of `work` for everybody who asks while another is running. Everybody who asks gets a run
 * that began after they asked, so their own writes are in it.
 */
export function coalesce(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null
  let next: Promise<void> | null = null
  const start = (): Promise<void> => {
    const run = work().finally(() => {
      running = null
    })
    running = run
    return run
  }
  return () => {
    if (next) return next
    if (!running) return start()
    const before = running.catch(() => {})
    next = before.then(() => {
      next = null
      return start()
    })
    return next
  }
}
