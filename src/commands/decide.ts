import type { Keyring } from '../ballot/keyring.ts'
import { openText, sealText } from '../ballot/secret-text.ts'
import type { QuestionSet } from '../content/load.ts'
import { learnNoise, type Noise } from '../domain/change.ts'
import { disclose, storedOf } from '../domain/disclosure.ts'
import { MOST_EARLIER_UNITS, NOISE_DAYS, SUMS_DAYS } from '../domain/retention.ts'
import type { Release } from '../domain/tally.ts'
import { DAY_MS, plus } from '../domain/time.ts'
import { discloseCourse, storedCourseOf } from '../domain/together.ts'
import { readUnit, type UnitResult } from '../domain/unit.ts'
import { getNoise, saveNoise } from '../store/noise.ts'
import type { Making } from '../store/release.ts'
import { listResults, type ResultRow } from '../store/result.ts'
import { destroySums, listSums, listSumsOfOthers, saveSums } from '../store/sums.ts'
import { courseName, programmeNow } from './closing.ts'
import type { Base } from './command.ts'
import { isComparable, MOST_RESULTS } from './results.ts'

/** The gate's decision on a unit, and the sums for later comparisons: sealed, each with a day. */
export type Decision = {
  shown: object
  isAfterHidden: boolean
  course: Uint8Array | null
  keepSums(): Promise<void>
}

/**
 * Lets the gate decide, once, what is shown of a unit that met its k: beside those before it, and
 * beside the first of its programme.
 */
export async function decide(
  base: Base,
  unitId: string,
  making: Making,
  release: Release,
): Promise<Decision> {
  const { content, ballotKeys } = base
  const { keyring } = ballotKeys
  const set = content.questionSet(making.questionSetId, making.questionSetVersion)
  const earlier = await listEarlier(base, making)
  const released = earlier.filter(({ state }) => state === 'released')
  const before = released.slice(0, MOST_EARLIER_UNITS)
  const first = await firstOfProgramme(base, earlier)
  const sums = await listSums(
    base,
    [...before, ...(first ? [first] : [])].map((row) => row.unitId),
  )
  const resultOf = (row: ResultRow | undefined): UnitResult | null => {
    const sealed = row && sums.get(row.unitId)
    return sealed ? openSums(keyring, row.unitId, sealed) : null
  }
  const { k, rosterChanges, isSteady, statements } = making
  // The counts alone: words of members came with them, and are kept elsewhere and for less long.
  const unit = readUnit({ state: 'released', k, rosterChanges, isSteady, statements, release })
  const start = resultOf(first)
  const noise = await noiseOf(base, making, set)
  const course = start && discloseCourse(set, start, unit, noise)
  return {
    shown: storedOf(
      disclose(
        set,
        unit,
        before.flatMap((row) => resultOf(row) ?? []),
        noise,
      ),
    ),
    isAfterHidden: earlier.length > 0 && before.length === 0,
    course:
      course && first
        ? sealText(
            keyring,
            courseName(unitId),
            JSON.stringify({ from: first.unitId, ...storedCourseOf(course) }),
          )
        : null,
    async keepSums() {
      const sealed = sealText(keyring, sumsOf(unitId), JSON.stringify(unit))
      const days = first ? SUMS_DAYS.usual : SUMS_DAYS.firstOfProgramme
      await saveSums(base, { unitId, sealed, destroyOn: plus(making.closedAt, days * DAY_MS) })
      // Of its own audience: results for members are not set beside others, and keep theirs.
      const own = released.filter(({ audience }) => audience === making.audience)
      const over = own.slice(MOST_EARLIER_UNITS - 1).filter((row) => row !== first)
      await destroySums(
        base,
        over.map((row) => row.unitId),
      )
    },
  }
}

/**
 * Reads how far these questions move by themselves, as it was learnt last, or learns it from other
 * groups' latest results. It stands for a season: learnt anew with each result, it would tell an
 * owner of made-up groups what another one answered, a step at a time.
 */
async function noiseOf(base: Base, making: Making, set: QuestionSet): Promise<Noise> {
  const kept = await getNoise(base, making)
  if (kept && base.now < plus(kept.learntOn, NOISE_DAYS * DAY_MS)) return kept.noise
  const noise = await learnFrom(base, making, set)
  if (noise.size === 0) return kept?.noise ?? noise
  await saveNoise(base, making, { noise, learntOn: base.now })
  return noise
}

async function learnFrom(base: Base, making: Making, set: QuestionSet): Promise<Noise> {
  const groups = await listSumsOfOthers(base, { ...making, most: MOST_EARLIER_UNITS })
  const { keyring } = base.ballotKeys
  return learnNoise(
    set,
    groups.map((own) =>
      own.flatMap(({ unitId, sealed }) => openSums(keyring, unitId, sealed) ?? []),
    ),
  )
}

const sumsOf = (unitId: string): string => `sums ${unitId}`

/**
 * The units before this one that it may be set beside, newest first. A set that was changed
 * meanwhile asks something else, and ends the row.
 */
async function listEarlier(base: Base, making: Making): Promise<ResultRow[]> {
  const { groupId, questionSetId, closedAt } = making
  const rows = await listResults(base, [groupId], {
    closedBefore: closedAt,
    limit: MOST_RESULTS,
    questionSetId,
  })
  const comparable = rows.filter((row) => isComparable(row, making))
  const end = comparable.findIndex(
    ({ questionSetVersion }) => questionSetVersion !== making.questionSetVersion,
  )
  return end === -1 ? comparable : comparable.slice(0, end)
}

/** The first that the running programme published; undefined: this one would be it. */
async function firstOfProgramme(
  base: Base,
  earlier: readonly ResultRow[],
): Promise<ResultRow | undefined> {
  const groupId = earlier[0]?.groupId
  const programme = groupId ? await programmeNow(base, groupId) : null
  return programme === null
    ? undefined
    : earlier.findLast(
        ({ state, sessionAt }) => state === 'released' && sessionAt >= programme.startsAt,
      )
}

/**
 * A unit's sums; null when their secret was put away, or somebody changed the row: then there is
 * nothing to compare with, and no result waits for it.
 */
function openSums(keyring: Keyring, unitId: string, sealed: Uint8Array): UnitResult | null {
  try {
    return readUnit(JSON.parse(openText(keyring, sumsOf(unitId), sealed)))
  } catch {
    return null
  }
}
