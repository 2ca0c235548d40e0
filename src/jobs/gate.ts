/** Places that so many may take at once; the others wait their turn, in order. */
export type Gate = {
  enter(): Promise<void>
  /** A place if there is one this moment. */
  tryEnter(): boolean
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
    tryEnter() {
      if (open === 0) return false
      open -= 1
      return true
    },
    leave() {
      const next = waiting.shift()
      if (next) next()
      else open += 1
    },
  }
}

/** Does something inside a gate. */
export async function within<T>(gate: Gate, work: () => Promise<T>): Promise<T> {
  await gate.enter()
  try {
    return await work()
  } finally {
    gate.leave()
  }
}

/** Lets everybody in. */
export const WIDE_OPEN: Gate = { enter: async () => {}, tryEnter: () => true, leave: () => {} }
