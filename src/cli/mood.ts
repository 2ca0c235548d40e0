/** A small repeatable generator (mulberry32), so that a seed gives the same story again. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/**
 * How a group's week was, on the steps of the questions: most weeks are good, some are mixed, some
 * are hard.
 */
export function moodOf(drawn: number): number {
  return drawn < 0.25 ? 1.7 : drawn < 0.5 ? 3 : 4.3
}

/** One answer in that mood. */
export function answerIn(mood: number, drawn: number): number {
  return Math.min(5, Math.max(1, Math.round(mood + (drawn - 0.5) * 2)))
}
