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
  settings: { contactHours: number | null; noContactReason: NoContactReason | null },
  hasBackup: boolean,
): boolean =>
  !needsContact ||
  (settings.contactHours !== null && hasBackup) ||
  settings.noContactReason !== null

/**
 * Whether somebody stands in who does not lead the group: who leads it is no backup of their own.
 */
export const hasBackupOf = (helpers: readonly Helper[]): boolean =>
  helpers.some(
    ({ rung, personId }) =>
      rung === 'backup' &&
      !helpers.some((one) => one.rung === 'facilitators' && one.personId === personId),
  )

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
export const rungsOf = (addressee: Addressee): readonly Rung[] =>
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

/** A request as far as its way goes. `avoidedIds`: whom it must not reach, as it was made. */
export type Way = { addressee: Addressee; avoidedIds: readonly string[] }

/** The way of a request that is only being made. */
export const newWay = (addressee: Addressee): Way => ({ addressee, avoidedIds: [] })

/**
 * The people of a request's steps. One that goes past the facilitators never comes to them or their
 * backup, also not as somebody's stand-in or in another part: to those of its making, so that
 * nobody comes to it, or is taken from it, by a part that changes later.
 */
export function helpersFor(
  helpers: readonly Helper[],
  { addressee, avoidedIds }: Way,
): readonly Helper[] {
  if (addressee === 'facilitators') return helpers
  const avoided = avoidedIds.length > 0 ? new Set(avoidedIds) : avoidedBy(helpers)
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

/**
 * Steps on which somebody is there who was on none before: the way of a request, as its form tells
 * it. Somebody who stands on two of them is one person.
 */
export function pathOf(helpers: readonly Helper[], way: Way): Rung[] {
  const own = helpersFor(helpers, way)
  const before = new Set<string>()
  return rungsOf(way.addressee).filter((rung) => {
    const fresh = whoIsThere(own, [rung]).filter((personId) => !before.has(personId))
    for (const personId of fresh) before.add(personId)
    return fresh.length > 0
  })
}

/**
 * Addressees for whom a request meets nobody: the one that is offered to all, where requests are
 * taken, and those of requests that wait.
 */
export const unheardOn = (
  helpers: readonly Helper[],
  isOffered: boolean,
  waiting: readonly Way[],
): Addressee[] => {
  const ways = [...(isOffered ? [newWay('facilitators')] : []), ...waiting]
  const unheard = ways.filter((way) => pathOf(helpers, way).length === 0)
  return ADDRESSEES.filter((one) => unheard.some(({ addressee }) => addressee === one))
}

/** The step to which a request is raised past those who lead the group; the last, where none is. */
export const raisedRung = (helpers: readonly Helper[], way: Way): Rung =>
  pathOf(helpers, way).find(isAbove) ?? 'safety'

/**
 * People who may read a request that has come up to a step, whether they are there or not, and
 * those who stand in for them.
 */
export function whoMayRead(
  helpers: readonly Helper[],
  request: Pick<OpenRequest, 'addressee' | 'avoidedIds' | 'rung' | 'holderId'>,
): string[] {
  const reached = reachedBy(request)
  const own = helpersFor(helpers, request)
  const readers = own
    .filter(({ rung }) => reached.includes(rung))
    .flatMap(({ personId, isAway, standInId }) =>
      isAway && standInId ? [personId, standInId] : [personId],
    )
  const { holderId, addressee, avoidedIds } = request
  const mayHold =
    holderId !== null &&
    (addressee === 'facilitators' ||
      !(avoidedIds.length > 0 ? new Set(avoidedIds) : avoidedBy(helpers)).has(holderId))
  return [...new Set(mayHold ? [...readers, holderId] : readers)]
}

const isAbove = (rung: Rung): boolean => RUNGS.indexOf(rung) >= RUNGS.indexOf('supervisors')

/**
 * Whether somebody who reads a request may close it. One that its member opened again is closed by
 * who has taken it anew. One whose member staff took off the list is closed above those who lead
 * the group, where anybody is: who could have hidden it does not end it.
 */
export function mayClose(
  helpers: readonly Helper[],
  request: { round: number; holderId: string | null; isClosedAbove: boolean },
  personId: string,
): boolean {
  if (request.round > 1 && request.holderId !== personId) return false
  if (!request.isClosedAbove || !helpers.some(({ rung }) => isAbove(rung))) return true
  const own = helpers.filter(
    (one) => one.personId === personId || (one.isAway && one.standInId === personId),
  )
  return own.length === 0 || own.some(({ rung }) => isAbove(rung))
}

/** Steps to which a request has come, in order. */
export function reachedBy({ addressee, rung }: Pick<OpenRequest, 'addressee' | 'rung'>): Rung[] {
  return rungsOf(addressee).filter((one) => RUNGS.indexOf(one) <= RUNGS.indexOf(rung))
}

/**
 * A request that nobody has closed. `rungAt`: since when its highest step is told. `holderId`: the
 * person who has taken it, at `seenAt`; null: nobody.
 */
export type OpenRequest = Way & {
  rung: Rung
  rungAt: Date
  createdAt: Date
  dueAt: Date
  holderId: string | null
  seenAt: Date | null
}
