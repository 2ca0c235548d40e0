import pLimit from 'p-limit'

/** Places that so many may take at once; the others wait their turn, in order. */
export type Semaphore = {
  /**
   * Does something in a place. Work that takes longer than `longestMs` (of wall-clock time) goes on
   * without it.
   */
  within<T>(work: () => Promise<T>, longestMs?: number): Promise<T>
}

export function createSemaphore(width: number): Semaphore {
  const places = pLimit(width)
  return {
    async within(work, longestMs) {
      if (longestMs === undefined) return await places(work)
      const { promise: entered, resolve: enter } = Promise.withResolvers<void>()
      const { promise: left, resolve: leave } = Promise.withResolvers<void>()
      void places(async () => {
        enter()
        await left
      })
      await entered
      const patience = setTimeout(leave, longestMs)
      try {
        return await work()
      } finally {
        clearTimeout(patience)
        leave()
      }
    },
  }
}

/** Lets everybody in. */
export const WIDE_OPEN: Semaphore = { within: (work) => work() }
