/** One line of a bench's table: the same columns in all of them. */
export type Row = Readonly<Record<string, string | number | null>>

/** A goal, what was reached, and whether that is enough. */
export type Goal = { goal: string; reached: string | number; isMet: boolean }

/** The figures of a bench. `about` says in a sentence what was measured, for docs/measured.md. */
export type Measured = { about: string; rows: readonly Row[]; goals: readonly Goal[] }

/** A figure may be this much or more. */
export const atLeast = (goal: string, least: number, reached: number): Goal => ({
  goal: `${goal}: at least ${least}`,
  reached,
  isMet: reached >= least,
})

/** A figure may be this much or less. */
export const atMost = (goal: string, most: number, reached: number): Goal => ({
  goal: `${goal}: at most ${most}`,
  reached,
  isMet: reached <= most,
})

export const round = (value: number, digits = 0): number =>
  Math.round(value * 10 ** digits) / 10 ** digits

/** The value in the middle: one disturbed round does not decide. NaN of none. */
export const middle = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

/** The value below which so great a share lies. 0 of none. */
export const percentile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? 0
