/** Lets so many things happen at once; the others wait their turn, in order. */
export type Gate = <T>(work: () => Promise<T>) => Promise<T>

export function createGate(width: number): Gate {
  const waiting: (() => void)[] = []
  let open = width
  return async (work) => {
    if (open > 0) open -= 1
    else {
      const { promise, resolve } = Promise.withResolvers<void>()
      waiting.push(resolve)
      await promise
    }
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else open += 1
    }
  }
}
