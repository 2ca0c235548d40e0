import type { EarlierCheckIn } from '../domain/checkin.ts'
import { type BallotRow, createBallots } from './ballot.ts'
import type { Reader, Tenant } from './engine/transaction.ts'
import { Prisma } from './generated/client.ts'

export type CheckInRow = {
  id: string
  groupId: string
  sessionId: string | null
  planId: string | null
  unitId: string | null
  questionSetId: string
  audience: 'shared' | 'staff'
  unitSize: number
  /** Members who are asked, and how many of them came since the one before; null until it opens. */
  asked: number | null
  newcomers: number | null
  /** More answers than usual before anything is shown; null: as many. */
  leastAnswers: number | null
  asksText: boolean
  opensAt: Date
  closesAt: Date
  state: 'planned' | 'open' | 'closed' | 'dropped'
  /** The reason why it did not open, was taken back, or ended early; null: nothing of these. */
  reason: string | null
}
const CHECK_IN_FIELDS = {
  id: true,
  groupId: true,
  sessionId: true,
  planId: true,
  unitId: true,
  questionSetId: true,
  audience: true,
  unitSize: true,
  asked: true,
  newcomers: true,
  leastAnswers: true,
  asksText: true,
  opensAt: true,
  closesAt: true,
  state: true,
  reason: true,
} as const

export type NewCheckIn = Omit<
  CheckInRow,
  'groupId' | 'unitId' | 'state' | 'reason' | 'asked' | 'newcomers'
>

export async function createCheckIns(
  { tx, organisationId }: Tenant,
  groupId: string,
  checkIns: readonly NewCheckIn[],
): Promise<void> {
  await tx.prisma.checkIn.createMany({
    data: checkIns.map((checkIn) => ({ organisationId, groupId, ...checkIn })),
  })
}

export async function findCheckIn(
  { tx, organisationId }: Tenant<Reader>,
  id: string,
): Promise<CheckInRow | null> {
  return await tx.prisma.checkIn.findUnique({
    where: { organisationId_id: { organisationId, id } },
    select: CHECK_IN_FIELDS,
  })
}

/** The same columns for hand-written statements, where the check-in is `c`. */
const CHECK_IN_COLUMNS = Prisma.raw(
  Object.keys(CHECK_IN_FIELDS)
    .map((name) => `c."${name}"`)
    .join(', '),
)

/**
 * The check-in with its row locked: opening, answering and closing happen one at a time. Null when
 * it does not exist.
 */
export async function lockCheckIn(
  { tx, organisationId }: Tenant,
  id: string,
): Promise<CheckInRow | null> {
  const rows = await tx.sql.rows<CheckInRow>`
    select ${CHECK_IN_COLUMNS} from "CheckIn" c
    where c."organisationId" = ${organisationId}::uuid and c."id" = ${id}::uuid for update`
  return rows[0] ?? null
}

/** Check-ins of a group that are open now. */
export async function listOpen(
  { tx, organisationId }: Tenant<Reader>,
  groupId: string,
): Promise<CheckInRow[]> {
  return await tx.prisma.checkIn.findMany({
    where: { organisationId, groupId, state: 'open' },
    select: CHECK_IN_FIELDS,
  })
}

/**
 * The next planned check-in of a group after an instant, of one plan when it is named; null when
 * there is none.
 */
export async function nextPlanned(
  { tx, organisationId }: Tenant<Reader>,
  groupId: string,
  after: Date,
  planId?: string,
): Promise<CheckInRow | null> {
  return await tx.prisma.checkIn.findFirst({
    where: {
      organisationId,
      groupId,
      state: 'planned',
      opensAt: { gt: after },
      ...(planId ? { planId } : {}),
    },
    orderBy: { opensAt: 'asc' },
    select: CHECK_IN_FIELDS,
  })
}

/**
 * The group's latest check-in of each question set that has come to something (closed or dropped),
 * the newest first. `at` is its session's start, or when it was opened by hand.
 */
export async function listLatest(
  { tx, organisationId }: Tenant<Reader>,
  groupId: string,
): Promise<(CheckInRow & { at: Date })[]> {
  // Sets are few: each step finds the next one's name, and its latest check-in by the index.
  return await tx.sql.rows<CheckInRow & { at: Date }>`
    with recursive asked("questionSetId") as (
      (select min("questionSetId") from "CheckIn"
        where "organisationId" = ${organisationId}::uuid and "groupId" = ${groupId}::uuid)
      union all
      select (select min(c."questionSetId") from "CheckIn" c
        where c."organisationId" = ${organisationId}::uuid and c."groupId" = ${groupId}::uuid
          and c."questionSetId" > asked."questionSetId")
      from asked where asked."questionSetId" is not null)
    select latest.* from asked cross join lateral (
      select ${CHECK_IN_COLUMNS}, coalesce(s."startsAt", c."opensAt") as "at"
      from "CheckIn" c left join "Session" s on s."organisationId" = c."organisationId"
        and s."id" = c."sessionId"
      where c."organisationId" = ${organisationId}::uuid and c."groupId" = ${groupId}::uuid
        and c."questionSetId" = asked."questionSetId" and c."state" in ('closed', 'dropped')
      order by c."opensAt" desc, c."id" limit 1) latest
    order by latest."opensAt" desc, latest."id"`
}

/**
 * Check-ins of groups that were dropped and would have opened in a window, or that were taken back
 * in it, by group; a group without any is not in it.
 */
export async function countDropped(
  { tx, organisationId }: Tenant<Reader>,
  groupIds: readonly string[],
  { startsAt, endsAt }: { startsAt: Date; endsAt: Date },
): Promise<Map<string, number>> {
  const within = { gte: startsAt, lt: endsAt }
  const rows = await tx.prisma.checkIn.groupBy({
    by: ['groupId'],
    where: {
      organisationId,
      groupId: { in: [...groupIds] },
      state: 'dropped',
      OR: [{ takenBackAt: null, opensAt: within }, { takenBackAt: within }],
    },
    _count: true,
  })
  return new Map(rows.map(({ groupId, _count }) => [groupId, _count]))
}

export async function dropCheckIn(
  { tx, organisationId }: Tenant,
  id: string,
  reason: string,
): Promise<void> {
  await tx.prisma.checkIn.update({
    where: { organisationId_id: { organisationId, id } },
    data: { state: 'dropped', reason },
  })
}

/** Opens a check-in in its unit, with one box for every member of the frozen roster. */
export async function openCheckIn(
  tenant: Tenant,
  checkIn: { id: string; closesAt: Date; unitId: string; newcomers: number },
  ballots: readonly BallotRow[],
): Promise<void> {
  const { tx, organisationId } = tenant
  await tx.prisma.checkIn.update({
    where: { organisationId_id: { organisationId, id: checkIn.id } },
    data: {
      state: 'open',
      unitId: checkIn.unitId,
      closesAt: checkIn.closesAt,
      asked: ballots.length,
      newcomers: checkIn.newcomers,
    },
  })
  await createBallots(tenant, checkIn, ballots)
}

export async function closeCheckIn({ tx, organisationId }: Tenant, id: string): Promise<void> {
  await tx.prisma.checkIn.update({
    where: { organisationId_id: { organisationId, id } },
    data: { state: 'closed' },
  })
}

/**
 * Check-ins of groups that opened or stay planned, with the set and unit of each. Dropped ones
 * asked nobody.
 */
export async function listAsked(
  { tx, organisationId }: Tenant<Reader>,
  groupIds: readonly string[],
): Promise<(EarlierCheckIn & Asked)[]> {
  return await tx.prisma.checkIn.findMany({
    where: {
      organisationId,
      groupId: { in: [...groupIds] },
      state: { in: ['planned', 'open', 'closed'] },
    },
    select: {
      groupId: true,
      planId: true,
      sessionId: true,
      opensAt: true,
      questionSetId: true,
      audience: true,
      unitId: true,
    },
  })
}

/** A check-in by what it asks and whom its result is for. */
type Asked = {
  groupId: string
  questionSetId: string
  audience: 'shared' | 'staff'
  unitId: string | null
}
