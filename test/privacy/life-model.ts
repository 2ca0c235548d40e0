/**
 * The results that a run of check-ins of one plan should come to, in the simplest words: no store, no boxes, no
 * keys.
 */
const K = 6
const LEAST_MEMBERS = 6

export type CheckIn = {
  opensAt: number
  closesAt: number
  state: 'planned' | 'open' | 'closed' | 'dropped'
  /** The frozen roster with each member's last answers; null: none. */
  answers: Map<string, number | null>
}
export type Unit = { checkIns: CheckIn[]; isClosed: boolean }
export type Model = {
  now: number
  /** Each with when they joined. */
  members: Map<string, number>
  /** Taken off by staff: asked no more, but in what had begun to its end. */
  takenOff: Set<string>
  /** The sessions that were held: start and end. */
  sessions: readonly { startsAt: number; endsAt: number }[]
  checkIns: CheckIn[]
  units: Unit[]
  unitSize: number
}

/** Time passes; everything that fell due meanwhile happens now. */
export function advance(model: Model, to: number): void {
  model.now = to
  const due = model.checkIns.filter(({ state, opensAt }) => state === 'planned' && opensAt <= to)
  for (const checkIn of model.checkIns)
    if (checkIn.state === 'open' && checkIn.closesAt <= to) checkIn.state = 'closed'
  for (const checkIn of due) {
    const next = model.checkIns.find(
      ({ state, opensAt }) => state === 'planned' && opensAt > checkIn.opensAt,
    )
    const closesAt =
      to > checkIn.opensAt ? to + (checkIn.closesAt - checkIn.opensAt) : checkIn.closesAt
    const asked = askable(model)
    const isOpened =
      (next === undefined || closesAt <= next.opensAt) && asked.length >= LEAST_MEMBERS
    checkIn.state = isOpened ? 'open' : 'dropped'
    if (!isOpened) continue
    checkIn.closesAt = closesAt
    checkIn.answers = new Map(asked.map((member) => [member, null]))
    const running = model.units.find(
      ({ isClosed, checkIns }) => !isClosed && checkIns.length < model.unitSize,
    )
    if (running) running.checkIns.push(checkIn)
    else model.units.push({ checkIns: [checkIn], isClosed: false })
  }
  const hasMore = model.checkIns.some(({ state }) => state === 'planned')
  for (const unit of model.units)
    if (
      unit.checkIns.every(({ state }) => state === 'closed') &&
      (unit.checkIns.length === model.unitSize || !hasMore)
    )
      unit.isClosed = true
}

/** Members who were there before the first check-in, or at a session that was held. */
function askable({ now, members, checkIns, sessions }: Model): string[] {
  const begun = checkIns.filter(({ state }) => state === 'open' || state === 'closed')
  return [...members]
    .filter(
      ([, joinedAt]) =>
        !begun.some(({ opensAt }) => opensAt < joinedAt) ||
        sessions.some(({ startsAt, endsAt }) => startsAt >= joinedAt && endsAt <= now),
    )
    .map(([member]) => member)
}

/** Whether it is taken; the last answers of a member count. */
export function submit(
  model: Model,
  checkIn: CheckIn,
  member: string,
  value: number | null,
): boolean {
  const isOpen = checkIn.state === 'open' && model.now < checkIn.closesAt
  const mayAnswer = model.members.has(member) || model.takenOff.has(member)
  if (!isOpen || !mayAnswer || !checkIn.answers.has(member)) return false
  checkIn.answers.set(member, value)
  return true
}

/**
 * A member who leaves takes along what is not counted yet, and is forgotten: somebody of the same
 * name who comes later is another person.
 */
export function leave(model: Model, member: string): void {
  model.members.delete(member)
  for (const { answers } of model.checkIns) {
    if (!answers.has(member)) continue
    const unit = model.units.find(({ checkIns }) => checkIns.some((one) => one.answers === answers))
    const left = unit?.isClosed ? (answers.get(member) ?? null) : null
    answers.delete(member)
    answers.set(`${member}, who left`, left)
  }
}

/** Staff take somebody off: nothing that has begun changes by it. */
export function takeOff(model: Model, member: string): void {
  model.members.delete(member)
  model.takenOff.add(member)
}

/** Somebody is put on the roster, or put back. */
export function join(model: Model, member: string): void {
  model.takenOff.delete(member)
  if (!model.members.has(member)) model.members.set(member, model.now)
}

/**
 * The figures that a closed unit publishes: null below k. Each member counts once, with the mean of their own
 * check-ins.
 */
export function publish({ checkIns }: Unit): object | null {
  const members = new Set(checkIns.flatMap(({ answers }) => [...answers.keys()]))
  const means = [...members].flatMap((member) => {
    const own = checkIns
      .map(({ answers }) => answers.get(member) ?? null)
      .filter((value) => value !== null)
    return own.length === 0
      ? []
      : [own.reduce((sum, value) => sum + (value - 1) / 4, 0) / own.length]
  })
  if (means.length < K) return null
  return {
    invited: members.size,
    answered: means.length,
    totalMilli: means.reduce((sum, mean) => sum + Math.round(mean * 1000), 0),
    low: means.filter((mean) => mean <= 0.375).length,
    high: means.filter((mean) => mean >= 0.625).length,
  }
}
