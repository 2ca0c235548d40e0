/** Places that so many may take at once; the others wait their turn, in order. */
export type Gate = {
  enter(): Promise<void>
  leave(): void
}

export function createGate(width: number): Gate {
  const waiting: (() => void)[] = []
  let open = width
  return {
    async enter() {
      if (open > 0) open -= 1
      else {
        const { promise, resolve } = Promise.withResolvers<void>()
        waiting.push(resolve)
        await promise
      }
    },
    leave() {
      const next = waiting.shift()
      if (next) next()
      else open += 1
    },
  }
}

/** Does something inside a gate. What takes longer than `longestMs` (of wall-clock time) goes on without its place. */
export async function within<T>(gate: Gate, work: () => Promise<T>, longestMs: number | null = null): Promise<T> {
  await gate.enter()
  let isInside = true
  const leave = () => {
    if (isInside) gate.leave()
    isInside = false
  }
  const timer = longestMs === null ? undefined : setTimeout(leave, longestMs)
  try {
    return await work()
  } finally {
    clearTimeout(timer)
    leave()
  }
}

/** Lets everybody in. */
export const WIDE_OPEN: Gate = { enter: async () => {}, leave: () => {} }
