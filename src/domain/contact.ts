import { DAY_MS, plus } from './time.ts'

/** The steps that a request to be contacted goes up, from the nearest to the last. */
export const RUNGS = ['facilitators', 'backup', 'supervisors', 'safety'] as const
export type Rung = (typeof RUNGS)[number]

/** A request is for the facilitators and everybody behind them, or only for those behind them. */
export const ADDRESSEES = ['facilitators', 'others'] as const
export type Addressee = (typeof ADDRESSEES)[number]

/** How a request ends. Only the member takes it back. */
const OUTCOMES = ['reached', 'tried', 'handedOver'] as const
export type Outcome = (typeof OUTCOMES)[number] | 'withdrawn'

/** Why a group has nobody to ask: what its check-ins say in place of the offer. */
export const NO_CONTACT_REASONS = ['ward', 'clinic', 'otherLine'] as const
export type NoContactReason = (typeof NO_CONTACT_REASONS)[number]

/**
 * Whether check-ins of a group open: where people may be in crisis only with somebody to ask for
 * and a backup, or with a reason that the form tells.
 */
export const mayOpenCheckIns = (
  needsContact: boolean,
  settings: {
    contactHours: number | null
    backupId: string | null
    noContactReason: NoContactReason | null
  },
): boolean =>
  !needsContact ||
  (settings.contactHours !== null && settings.backupId !== null) ||
  settings.noContactReason !== null

/**
 * Somebody on a step. `canBeReached`: notices reach an account of theirs, as far as we know.
 * `standInId`: a colleague who is there for them while they are away; null: nobody.
 */
export type Helper = {
  personId: string
  rung: Rung
  canBeReached: boolean
  isAway: boolean
  /** Null: they are there, or did not say until when. */
  awayUntil: Date | null
  standInId: string | null
}

/** The steps of an addressee, in order. */
const rungsOf = (addressee: Addressee): readonly Rung[] =>
  addressee === 'facilitators' ? RUNGS : ['supervisors', 'safety']

/** The person who is there in a helper's place; null: nobody. */
const presentFor = ({ personId, canBeReached, isAway, standInId }: Helper): string | null =>
  isAway ? standInId : canBeReached ? personId : null

/** People who are there on some steps, each once: present themselves, or by a stand-in. */
export function whoIsThere(helpers: readonly Helper[], rungs: readonly Rung[]): string[] {
  const there = helpers
    .filter(({ rung }) => rungs.includes(rung))
    .flatMap((helper) => presentFor(helper) ?? [])
  return [...new Set(there)]
}

/**
 * The people of an addressee's steps. A request that goes past the facilitators never comes to them
 * or their backup, also not as somebody's stand-in or in another part that they have.
 */
function helpersFor(helpers: readonly Helper[], addressee: Addressee): readonly Helper[] {
  if (addressee === 'facilitators') return helpers
  const avoided = avoidedBy(helpers)
  return helpers
    .filter(({ personId }) => !avoided.has(personId))
    .map((helper) => ({
      ...helper,
      standInId: helper.standInId && !avoided.has(helper.standInId) ? helper.standInId : null,
    }))
}

/** People whom a request that goes past the facilitators must not reach. */
export const avoidedBy = (helpers: readonly Helper[]): ReadonlySet<string> =>
  new Set(
    helpers
      .filter(({ rung }) => rung === 'facilitators' || rung === 'backup')
      .map(({ personId }) => personId),
  )

/** Steps on which somebody is there: the way of a request, as its form tells it. */
export function pathOf(helpers: readonly Helper[], addressee: Addressee): Rung[] {
  const own = helpersFor(helpers, addressee)
  return rungsOf(addressee).filter((rung) => whoIsThere(own, [rung]).length > 0)
}

/**
 * Ways on which a request meets nobody: the one that is offered to all, where requests are
 * taken, and those on which somebody waits.
 */
export const unheardOn = (
  helpers: readonly Helper[],
  isOffered: boolean,
  waiting: readonly Addressee[],
): Addressee[] =>
  ADDRESSEES.filter(
    (one) =>
      ((isOffered && one === 'facilitators') || waiting.includes(one)) &&
      pathOf(helpers, one).length === 0,
  )

/**
 * People who may read a request that has come up to a step, whether they are there or not, and
 * those who stand in for them.
 */
export function whoMayRead(
  helpers: readonly Helper[],
  request: Pick<OpenRequest, 'addressee' | 'rung' | 'holderId'>,
): string[] {
  const reached = reachedBy(request)
  const readers = helpersFor(helpers, request.addressee)
    .filter(({ rung }) => reached.includes(rung))
    .flatMap(({ personId, isAway, standInId }) =>
      isAway && standInId ? [personId, standInId] : [personId],
    )
  const { holderId } = request
  const mayHold =
    holderId !== null && (request.addressee === 'facilitators' || !avoidedBy(helpers).has(holderId))
  return [...new Set(mayHold ? [...readers, holderId] : readers)]
}

function reachedBy({ addressee, rung }: Pick<OpenRequest, 'addressee' | 'rung'>): Rung[] {
  return rungsOf(addressee).filter((one) => RUNGS.indexOf(one) <= RUNGS.indexOf(rung))
}

/**
 * A request that nobody has closed. `rungAt`: since when its highest step is told. `holderId`: the
 * person who has taken it, at `seenAt`; null: nobody.
 */
export type OpenRequest = {
  addressee: Addressee
  rung: Rung
  rungAt: Date
  createdAt: Date
  dueAt: Date
  holderId: string | null
  seenAt: Date | null
}

/** Taken, and not closed after so long: the next step is told. */
const HELD_DAYS = 3
/** From one step to the last, where the promised time does not say: no longer than a day. */
const LAST_STEP_MS = DAY_MS
/** Nobody is there: looked at again after so long. */
const ALONE_MS = 60 * 60_000

/** The outcome of a look at an open request. */
export type Look = {
  rung: Rung
  rungAt: Date
  /** Its holder, unless they are not there any more. */
  holderId: string | null
  /** Everybody in front of whom it stands: each is told once. */
  told: string[]
  /** Those who are reminded today: its holder, or, where it did not go up today, all. */
  reminded: string[]
  /** The day of the reminder, counted from the asking; 0: the first, without one. */
  day: number
  /** Nobody is there on any step. */
  isAlone: boolean
  /** When to look again. */
  nextAt: Date
}

/**
 * Looks at an open request: goes up a step where nobody is there or its time is over, and says who
 * has to know. Of several steps that are due, after a downtime, all are taken.
 */
export function lookAt(request: OpenRequest, everybody: readonly Helper[], now: Date): Look {
  const helpers = helpersFor(everybody, request.addressee)
  const holderId = request.holderId && isThere(helpers, request.holderId) ? request.holderId : null
  const state = { ...request, holderId }
  const steps = pathOf(helpers, request.addressee)
  let next = nextStep(steps, state.rung)
  while (next) {
    const isEmpty = whoIsThere(helpers, reachedBy(state)).length === 0 && holderId === null
    if (!isEmpty && now < raiseAt(state, next)) break
    state.rung = next
    state.rungAt = now
    next = nextStep(steps, state.rung)
  }
  const there = whoIsThere(helpers, reachedBy(state))
  const told = [...new Set(holderId ? [...there, holderId] : there)]
  const isAlone = told.length === 0
  // Only people who are away: better one of them than nobody.
  const last = isAlone
    ? helpers.filter(
        ({ rung, canBeReached }) => canBeReached && rungsOf(state.addressee).includes(rung),
      )
    : []
  if (last.length > 0)
    state.rung = RUNGS.findLast((one) => last.some(({ rung }) => rung === one)) ?? state.rung
  const standsBefore = isAlone ? last.map(({ personId }) => personId) : told
  const day = Math.max(0, Math.floor((now.getTime() - request.createdAt.getTime()) / DAY_MS))
  const looks = [
    plus(request.createdAt, (day + 1) * DAY_MS),
    ...(next ? [raiseAt(state, next)] : []),
    ...(isAlone ? [plus(now, ALONE_MS)] : []),
  ].filter((at) => at > now)
  const today = plus(request.createdAt, day * DAY_MS)
  const isTakenToday = request.seenAt !== null && request.seenAt >= today
  // On a day on which it went up somebody has just been told.
  const reminded = holderId ? [holderId] : state.rungAt >= today ? [] : standsBefore
  return {
    rung: state.rung,
    rungAt: state.rungAt,
    holderId,
    told: standsBefore,
    reminded: day === 0 || isTakenToday ? [] : reminded,
    day,
    isAlone,
    nextAt: new Date(Math.min(...looks.map((at) => at.getTime()))),
  }
}

/** Somebody who took it stays its holder while a notice can reach them or a stand-in is there. */
const isThere = (helpers: readonly Helper[], personId: string): boolean =>
  whoIsThere(helpers, RUNGS).includes(personId)

const nextStep = (steps: readonly Rung[], rung: Rung): Rung | null =>
  steps.find((one) => RUNGS.indexOf(one) > RUNGS.indexOf(rung)) ?? null

/**
 * When the next step is told. Not taken: the backup at half of the promised time, so that the
 * promise can still be kept; the supervisors, or who comes in their place, when it is over. Taken:
 * some days later, a step a day.
 */
function raiseAt(request: OpenRequest, next: Rung): Date {
  const { addressee, rung, rungAt, createdAt, dueAt, holderId, seenAt } = request
  if (holderId !== null && seenAt !== null) {
    const first = plus(seenAt, HELD_DAYS * DAY_MS)
    return rungAt >= first ? plus(rungAt, DAY_MS) : first
  }
  const promised = Math.max(0, dueAt.getTime() - createdAt.getTime())
  if (next === 'backup') return plus(createdAt, promised / 2)
  if (next === 'safety' && rung === 'supervisors' && addressee === 'facilitators') {
    const later = plus(rungAt, Math.min(promised, LAST_STEP_MS))
    return later > dueAt ? later : dueAt
  }
  return dueAt
}
