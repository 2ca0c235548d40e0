import type { Release } from './tally.ts'

/** A unit as the store has it. `release` is null unless it met its own k. */
export type UnitResult = {
  state: 'released' | 'withheld' | 'lost'
  k: number
  rosterChanges: number
  release: Release | null
}
