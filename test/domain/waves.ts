import type { Waves } from '../../src/domain/statistics.ts'

/** A wave beside one earlier, of the same people, one check-in each, means as they are. */
export const waves = (facts: { before: number; now: number; members: number }): Waves => ({
  now: { answers: facts.now, ballots: facts.now, members: facts.members },
  earlier: [{ answers: facts.before, ballots: facts.before, members: facts.members }],
  rosterChanges: 0,
  roundedTo: 0,
})
