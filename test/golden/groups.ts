import { randomUUID } from 'node:crypto'
import type { Played } from '../played.ts'
import { publish } from '../released.ts'

const HOUR_MS = 3_600_000
const WEEK_MS = 7 * 24 * HOUR_MS
/**
 * The first session of every programme here: Tuesday 3 March 2026, 16:30 to 18:00 in London and in
 * UTC.
 */
const FIRST = Date.parse('2026-03-03T16:30:00Z')
/** A moment of a week's programme, counted in hours from that week's session. */
export const inWeek = (week: number, hours: number) =>
  new Date(FIRST + week * WEEK_MS + hours * HOUR_MS)

/**
 * One result. `answers` of the scale when fewer than answered at all; `low` and `high` members in
 * those bands.
 */
type Result = {
  week: number
  mean: number
  answered?: number
  invited?: number
  answers?: number
  low?: number
  high?: number
  state?: 'released' | 'withheld' | 'lost'
  /** The group's count of joins and leaves by then. */
  roster?: number
  /** Left out: pulse, version 2, shared with members. */
  set?: 'ons4'
  version?: number
  audience?: 'shared' | 'staff'
  /** A second check-in of its unit would close later: the unit is still open. */
  isOpen?: boolean
  /** Its check-in never opened. */
  isDropped?: boolean
}
export type GroupFacts = {
  alias: string
  members?: number
  sessions?: number
  cancelled?: readonly number[]
  headcounts?: Readonly<Record<number, number>>
  results?: readonly Result[]
  contactHours?: number | null
  flag?: 'talk' | null
  hasBackup?: boolean
}

/**
 * A group of the cast's facilitator and supervisor, written into the store as its programme would
 * have left it.
 */
export async function writeGroup(
  world: Pick<Played, 'db' | 'app'>,
  facts: GroupFacts,
): Promise<string> {
  const { db } = world
  const { id: organisationId } = await db.organisation.findFirstOrThrow()
  const [groupId, scheduleId] = [randomUUID(), randomUUID()]
  const { alias, members = 8, sessions = 12, cancelled = [], headcounts = {}, results = [] } = facts
  const own = { organisationId, groupId }
  await db.group.create({
    data: {
      organisationId,
      id: groupId,
      kind: 'therapeutic-support',
      alias,
      timeZone: 'Europe/London',
      createdAt: new Date(FIRST - WEEK_MS),
      contactHours: facts.contactHours ?? null,
      flag: facts.flag ?? null,
    },
  })
  if (facts.hasBackup) {
    const { personId } = await db.account.findFirstOrThrow({ where: { externalId: 'USUPERVISOR' } })
    await db.group.updateMany({ where: { id: groupId }, data: { backupId: personId } })
  }
  for (const [externalId, role] of [
    ['UFACILITATOR', 'facilitator'],
    ['USUPERVISOR', 'supervisor'],
  ] as const) {
    const { personId } = await db.account.findFirstOrThrow({ where: { externalId } })
    await db.rosterEntry.create({ data: { ...own, personId, role, joinedAt: new Date(FIRST) } })
    await db.person.update({
      where: { organisationId_id: { organisationId: own.organisationId, id: personId } },
      data: { isStaff: true },
    })
  }
  const people = Array.from({ length: members }, () => randomUUID())
  await db.person.createMany({ data: people.map((id) => ({ organisationId, id })) })
  await db.rosterEntry.createMany({
    data: people.map((personId) => ({
      ...own,
      personId,
      role: 'member' as const,
      agreedAt: new Date(FIRST),
      joinedAt: new Date(FIRST),
    })),
  })
  const rule = {
    rule: 'FREQ=WEEKLY',
    localStart: '2026-03-03T16:30',
    timeZone: 'Europe/London',
    durationMinutes: 90,
  }
  await db.schedule.create({ data: { ...own, id: scheduleId, ...rule } })
  await db.session.createMany({
    data: Array.from({ length: sessions }, (_, week) => ({
      ...own,
      id: randomUUID(),
      scheduleId,
      originalLocalStart: `week ${week}`,
      startsAt: inWeek(week, 0),
      endsAt: inWeek(week, 1.5),
      state: cancelled.includes(week) ? ('cancelled' as const) : ('planned' as const),
      headcount: headcounts[week] ?? null,
    })),
  })
  for (const result of results.toSorted((a, b) => a.week - b.week))
    await writeResult(world, { organisationId, groupId }, members, result)
  return groupId
}

async function writeResult(
  { db, app }: Pick<Played, 'db' | 'app'>,
  own: { organisationId: string; groupId: string },
  members: number,
  result: Result,
): Promise<void> {
  const {
    week,
    mean,
    answered = members,
    invited = members,
    answers = answered,
    low = 0,
    high = 0,
    state = 'released',
  } = result
  const { set = 'pulse', version = set === 'pulse' ? 2 : 1, audience = 'shared' } = result
  const unitId = randomUUID()
  const about = { ...own, questionSetId: set, audience }
  const frozen = { questionSetVersion: version, k: 6, publicKey: Buffer.alloc(32), isCleaned: true }
  const { isOpen = false, isDropped = false, roster = 0 } = result
  const unit = {
    ...frozen,
    checkInCount: isOpen ? 2 : 1,
    state: isOpen ? ('open' as const) : state === 'released' ? ('closing' as const) : state,
    rosterChanges: roster,
    rosterChangesAtClose: isOpen ? null : roster,
  }
  if (!isDropped) await db.releaseUnit.create({ data: { ...about, ...unit, id: unitId } })
  const session = await db.session.findFirstOrThrow({
    where: { ...own, startsAt: inWeek(week, 0) },
  })
  const times = { opensAt: inWeek(week, 1.5), closesAt: inWeek(week, 49.5) }
  await db.checkIn.create({
    data: isDropped
      ? {
          ...about,
          ...times,
          id: randomUUID(),
          sessionId: session.id,
          state: 'dropped',
          reason: 'tooFewMembers',
        }
      : { ...about, ...times, id: randomUUID(), sessionId: session.id, unitId, state: 'closed' },
  })
  if (state !== 'released' || isOpen || isDropped) return
  const { organisationId } = own
  const scales = set === 'pulse' ? ['climate'] : ['satisfied', 'worthwhile', 'happy', 'anxious']
  const tally = {
    answers,
    ballots: answers,
    totalMilli: Math.round(mean * answers * 1000),
    low,
    high,
  }
  const tallies = scales.map((scale) => ({ subject: `scale:${scale}`, ...tally }))
  const release = { invited, answered, tallies }
  await publish(app.services, { organisationId, unitId }, release, inWeek(week, 50))
}
