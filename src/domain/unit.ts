import { z } from 'zod'

const count = z.int().min(0)
/** A unit's release as it was counted: what the child process prints, and what is sealed. */
export const releaseSchema = z.object({
  invited: count,
  answered: count,
  tallies: z.array(
    z.object({
      subject: z.string(),
      answers: count,
      ballots: count.optional(),
      totalMilli: count,
      low: count,
      high: count,
    }),
  ),
})

const unitSchema = z.object({
  state: z.enum(['released', 'withheld', 'lost']),
  k: count,
  /** The group's count of joins and leaves when it opened. */
  rosterChanges: count,
  /** Changes that a page with it may tell; left out: the most of a page. */
  statements: z.int().min(1).optional(),
  /** Nobody joined or left while it was open. */
  isSteady: z.boolean(),
  /** Null unless it met its own k. */
  release: releaseSchema.nullable(),
})

/** A unit as it was counted, for the moment in which the gate decides what is shown of it. */
export type UnitResult = z.infer<typeof unitSchema>

/** Reads one that was kept for a comparison. Throws when it is none. */
export const readUnit = (kept: unknown): UnitResult => unitSchema.parse(kept)
