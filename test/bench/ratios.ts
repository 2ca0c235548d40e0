import { run as runAck } from './ack.ts'
import { run as runBallot } from './ballot.ts'
import { ratioOf, recordedRatios } from './record.ts'

/** A ratio that has lost more than this share of the recorded one is a regression. */
const MOST_LOST = 1 / 5
/** More than the bare other side was chance, and nothing to keep up. */
const leastOf = (recorded: number): number => Math.min(1, recorded) * (1 - MOST_LOST)
/** A disturbed run does not decide: each ratio is the best of so many tries. */
const TRIES = 3

/**
 * The short form for CI: the ratios to bare SDKs and a raw client beside those on record. False
 * when one has fallen by more than a fifth, at every try.
 */
export async function runRatios(): Promise<boolean> {
  const recorded = recordedRatios()
  const best = new Map<string, number>()
  const fallen = () => [...best].filter(([run, ratio]) => ratio < leastOf(recorded.get(run) ?? 0))
  for (let tries = 0; tries === 0 || (tries < TRIES && fallen().length > 0); tries += 1) {
    const measured = [await runAck({ isShort: true }), await runBallot({ isShort: true })]
    for (const [run, ratio] of measured.flatMap(({ rows }) => rows.flatMap(ratioOf)))
      best.set(run, Math.max(ratio, best.get(run) ?? 0))
  }
  for (const [run, ratio] of best)
    process.stdout.write(`ratio of ${run}: ${ratio}, recorded ${recorded.get(run) ?? 'not yet'}\n`)
  for (const [run] of fallen()) process.stdout.write(`FALLEN by more than a fifth: ${run}\n`)
  return fallen().length === 0
}
