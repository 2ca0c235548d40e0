import type { Finding, Opener } from '../content/load.ts'
import type { QuestionSet } from '../content/question-set.ts'
import {
  type Band,
  type Disclosed,
  type DisclosedScale,
  type ResponseBand,
  responseBand,
} from './disclosure.ts'
import type { Stage } from './stage.ts'
import { DAY_MS } from './time.ts'

/** From the most pressing. */
const PRESSING: readonly Finding[] = ['lower', 'low', 'apart', 'middle', 'none', 'higher', 'high']

/** A band as good or bad news: on some scales high is worse. */
function goodness(
  set: QuestionSet,
  { scaleId, band }: Pick<DisclosedScale, 'scaleId' | 'band'>,
): Exclude<Band, 'mixed'> {
  if (band === 'mixed') return 'middle'
  if (!isWorse(set, scaleId) || band === 'middle' || band === 'apart') return band
  return band === 'low' ? 'high' : 'low'
}

const isWorse = (set: QuestionSet, scaleId: string) =>
  set.scales.find(({ id }) => id === scaleId)?.highIs === 'worse'

/**
 * The most pressing that a group's results say: what moved for the worse, then what is low, and so
 * on. `none`: nothing is shown.
 */
export function findingOf(results: readonly { set: QuestionSet; disclosed: Disclosed }[]): Finding {
  const found = results.flatMap(({ set, disclosed }) =>
    disclosed.kind === 'shown' ? disclosed.scales.flatMap((scale) => findingsOf(set, scale)) : [],
  )
  return PRESSING.find((finding) => found.includes(finding)) ?? 'none'
}

function findingsOf(set: QuestionSet, scale: DisclosedScale): Finding[] {
  const level = goodness(set, scale)
  if (scale.change !== 'higher' && scale.change !== 'lower') return [level]
  const isBetter = (scale.change === 'higher') !== isWorse(set, scale.scaleId)
  return [level, isBetter ? 'higher' : 'lower']
}

/**
 * One thing to open the next session with, by stage and finding; the session's number turns them
 * over, so that the same one does not come twice running where there are several. Null while the
 * programme is planned.
 */
export function openerFor(
  openers: readonly Opener[],
  stage: Stage,
  finding: Finding,
  sessionNumber: number,
): Opener | null {
  if (stage === 'planning') return null
  const fitting = openers.filter(
    ({ stages, findings }) => stages.includes(stage) && findings.includes(finding),
  )
  return fitting[sessionNumber % Math.max(1, fitting.length)] ?? null
}

/** Attendance beside the roster: bands, as everywhere. Null without a headcount or a member. */
export function attendanceBand(
  headcounts: readonly number[],
  members: number,
): ResponseBand | null {
  if (headcounts.length === 0 || members === 0) return null
  const came = headcounts.reduce((sum, one) => sum + one, 0)
  return responseBand(came, headcounts.length * members)
}

/** Two sessions further apart belong to two programmes: longer than any holidays. */
const LONGEST_PAUSE_MS = 84 * DAY_MS

type Ended = { startsAt: Date; endsAt: Date; state: 'planned' | 'cancelled' }

/**
 * The latest programme among a group's ended sessions, in order, whatever schedules they come from:
 * from the last that took place back to a long pause, and what was cancelled soon after. Null: none
 * took place.
 */
export function programmeOf(
  ended: readonly Ended[],
): { startsAt: Date; held: number; cancelled: number } | null {
  const lastHeld = ended.findLastIndex(({ state }) => state === 'planned')
  const isAfterPause = (index: number) => {
    const [before, one] = [ended[index - 1], ended[index]]
    return before && one
      ? one.startsAt.getTime() - before.endsAt.getTime() > LONGEST_PAUSE_MS
      : false
  }
  const first = ended.findLastIndex((_, index) => index <= lastHeld && isAfterPause(index))
  const after = ended.findIndex((_, index) => index > lastHeld && isAfterPause(index))
  const own = ended.slice(Math.max(0, first), after === -1 ? undefined : after)
  const startsAt = own[0]?.startsAt
  if (lastHeld === -1 || !startsAt) return null
  const held = own.filter(({ state }) => state === 'planned').length
  return { startsAt, held, cancelled: own.length - held }
}
