/** So many calls in so many milliseconds. */
export type Rate = { calls: number; perMs: number }

export type Pace = {
  /**
   * Turns the limits on; a new simulator does not mind. `everyCall`: a stricter one for every
   * method.
   */
  enforce(isEnforced: boolean, everyCall?: Rate): void
  /** That stricter limit; null when the platform's own hold. */
  everyCall(): Rate | null
  /** Counts a call; whole seconds to wait when it is one too many, else null. */
  take(key: string, rates: readonly Rate[]): number | null
}

/** Sliding windows on the wall clock, as the platforms count. A refused call is not counted. */
export function createPace(wallMs: () => number): Pace {
  const calls = new Map<string, number[]>()
  let isOn = false
  let strict: Rate | null = null
  return {
    everyCall: () => strict,
    enforce: (isEnforced, everyCall) => {
      isOn = isEnforced
      strict = everyCall ?? null
      calls.clear()
    },
    take(key, rates) {
      if (!isOn) return null
      const at = wallMs()
      const known = calls.get(key) ?? []
      for (const { calls: most, perMs } of rates) {
        const within = known.filter((earlier) => earlier > at - perMs)
        const oldest = within.at(-most)
        if (within.length >= most && oldest !== undefined)
          return Math.max(1, Math.ceil((oldest + perMs - at) / 1000))
      }
      const longest = Math.max(...rates.map(({ perMs }) => perMs))
      calls.set(key, [...known.filter((earlier) => earlier > at - longest), at])
      return null
    },
  }
}
