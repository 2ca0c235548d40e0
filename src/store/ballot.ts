import type { Role } from '../domain/access.ts'
import type { NoContactReason } from '../domain/contact.ts'
import { coalesce } from './engine/coalesce.ts'
import type { Database } from './engine/database.ts'
import type { Reader, SqlTx, Tenant } from './engine/transaction.ts'
import { Prisma } from './generated/client.ts'

/**
 * A check-in as somebody who answers it meets it. `unit` is null until it opened; `role` is the
 * person's own, null outside.
 */
export type AnsweredCheckIn = {
  id: string
  groupId: string
  state: 'planned' | 'open' | 'closed' | 'dropped'
  reason: string | null
  closesAt: Date
  timeZone: string
  contactHours: number | null
  /** Why there is nobody to ask; null: somebody is, or nobody said. */
  noContactReason: NoContactReason | null
  role: Role | null
  unit: {
    id: string
    publicKey: Uint8Array
    questionSetId: string
    questionSetVersion: number
    asksText: boolean
  } | null
}

/**
 * The check-in with its row locked, and a person's place in its group, in one statement. Null when
 * it does not exist. Only the check-in is as it is under the lock; whatever else could have changed
 * while waiting is looked at again by `listBoxes`.
 */
export async function lockForAnswer(
  { tx, organisationId }: Tenant<SqlTx>,
  id: string,
  personId: string,
): Promise<AnsweredCheckIn | null> {
  type Row = Omit<AnsweredCheckIn, 'unit'> & { unitId: string | null } & Omit<
      NonNullable<AnsweredCheckIn['unit']>,
      'id'
    >
  const wasRemoved = wasRemovedFrom(Prisma.sql`c."groupId"`, organisationId, personId)
  const [row] = await tx.sql.rows<Row>`
    select c."id"::text as "id", c."groupId"::text as "groupId", c."state"::text as "state",
      c."reason", c."closesAt", g."timeZone", g."contactHours",
      g."noContactReason", coalesce(r."role"::text, case when ${wasRemoved}
        then 'member' end) as "role", u."id"::text as "unitId", u."publicKey",
        u."questionSetId", u."questionSetVersion", u."asksText"
    from "CheckIn" c
    join "Group" g on g."organisationId" = c."organisationId" and g."id" = c."groupId"
    left join "ReleaseUnit" u on u."organisationId" = c."organisationId" and u."id" = c."unitId"
    left join "RosterEntry" r on r."organisationId" = c."organisationId"
      and r."groupId" = c."groupId"
      and r."personId" = ${personId}::uuid and g."endedAt" is null
    where c."organisationId" = ${organisationId}::uuid and c."id" = ${id}::uuid
    for update of c`
  if (!row) return null
  const { unitId, publicKey, questionSetId, questionSetVersion, asksText, ...checkIn } = row
  const unit =
    unitId === null ? null : { id: unitId, publicKey, questionSetId, questionSetVersion, asksText }
  return { ...checkIn, unit }
}

/**
 * Staff took them off the roster: for what had begun they are asked like everybody else, so that
 * nobody chooses by it whose answers count.
 */
const wasRemovedFrom = (
  groupId: Prisma.Sql,
  organisationId: string,
  personId: string,
) => Prisma.sql`exists (select from "Removal" gone
  where gone."organisationId" = ${organisationId}::uuid and gone."groupId" = ${groupId}
    and gone."personId" = ${personId}::uuid)`

/**
 * Every box of a check-in, by member, and whether a person is a member of the group now, or was one
 * when staff took them off: who left a moment ago has taken their answers with them. The caller
 * holds the check-in's lock.
 */
export async function listBoxes(
  { tx, organisationId }: Tenant<SqlTx>,
  checkIn: { id: string; groupId: string },
  personId: string,
): Promise<{ isMember: boolean; boxes: { memberId: string; box: Uint8Array }[] }> {
  const wasRemoved = wasRemovedFrom(Prisma.sql`${checkIn.groupId}::uuid`, organisationId, personId)
  const rows = await tx.sql.rows<{ memberId: string; box: Uint8Array; isMember: boolean }>`
    select b."memberId"::text as "memberId", b."box", ${wasRemoved} or exists (
        select 1 from "RosterEntry" r join "Group" g on g."organisationId" = r."organisationId"
          and g."id" = r."groupId"
        where r."organisationId" = ${organisationId}::uuid
          and r."groupId" = ${checkIn.groupId}::uuid
          and r."personId" = ${personId}::uuid and r."role" = 'member'
            and g."endedAt" is null) as "isMember"
    from "Ballot" b
    where b."organisationId" = ${organisationId}::uuid and b."checkInId" = ${checkIn.id}::uuid
    order by b."memberId"`
  const boxes = rows.map(({ memberId, box }) => ({ memberId, box }))
  return { isMember: rows[0]?.isMember ?? false, boxes }
}

export type BallotRow = { memberId: string; box: Uint8Array }

/** Makes a box for every member of a check-in's frozen roster. */
export async function createBallots(
  { tx, organisationId }: Tenant,
  { id, unitId }: { id: string; unitId: string },
  ballots: readonly BallotRow[],
): Promise<void> {
  await tx.prisma.ballot.createMany({
    data: ballots.map(({ memberId, box }) => ({
      organisationId,
      unitId,
      checkInId: id,
      memberId,
      box: Uint8Array.from(box),
    })),
  })
}

/** Deletes every box of a unit, or of check-ins. */
export async function deleteBallots(
  { tx, organisationId }: Tenant,
  of: { unitId: string } | { checkInId: { in: string[] } },
): Promise<void> {
  await tx.prisma.ballot.deleteMany({ where: { organisationId, ...of } })
}

/** Boxes of a person that are not counted yet, filled or not; in one group when it is named. */
export async function countBallotsOf(
  { tx, organisationId }: Tenant<Reader>,
  personId: string,
  groupId?: string,
): Promise<number> {
  const inGroup = groupId === undefined ? {} : { unit: { groupId } }
  return await tx.prisma.ballot.count({ where: { organisationId, memberId: personId, ...inGroup } })
}

/** Every box of a check-in, by member. The caller holds the check-in's lock. */
export async function listBallots(
  { tx, organisationId }: Tenant<Reader>,
  checkInId: string,
): Promise<BallotRow[]> {
  return await tx.prisma.ballot.findMany({
    where: { organisationId, checkInId },
    orderBy: { memberId: 'asc' },
    select: { memberId: true, box: true },
  })
}

/**
 * Everybody who was on the roster when the check-in opened and has not left since; staff may have
 * taken them off it.
 */
export async function listInvited(
  { tx, organisationId }: Tenant<Reader>,
  checkInId: string,
): Promise<string[]> {
  const rows = await tx.sql.rows<{ memberId: string }>`
    select b."memberId"::text as "memberId" from "Ballot" b
      join "CheckIn" c on c."organisationId" = b."organisationId" and c."id" = b."checkInId"
    where b."organisationId" = ${organisationId}::uuid and b."checkInId" = ${checkInId}::uuid
      and (exists (select from "RosterEntry" r where r."organisationId" = b."organisationId"
          and r."groupId" = c."groupId" and r."personId" = b."memberId" and r."role" = 'member')
        or exists (select from "Removal" gone where gone."organisationId" = b."organisationId"
          and gone."groupId" = c."groupId" and gone."personId" = b."memberId"))
    order by b."memberId"`
  return rows.map(({ memberId }) => memberId)
}

/** A check-in that is open for a member. */
export type Invitation = { id: string; groupId: string; closesAt: Date }

/** Check-ins of some groups that are open for a member: alike for who answered and who did not. */
export async function listInvitations(
  { tx, organisationId }: Tenant<Reader>,
  memberId: string,
  groupIds: readonly string[],
): Promise<Invitation[]> {
  return await tx.sql.rows<Invitation>`
    select c."id"::text as "id", c."groupId"::text as "groupId", c."closesAt"
    from "CheckIn" c join "Ballot" b on b."organisationId" = c."organisationId"
      and b."checkInId" = c."id" and b."memberId" = ${memberId}::uuid
    where c."organisationId" = ${organisationId}::uuid and c."state" = 'open'
      and c."groupId" = any(${groupIds}::uuid[])
    order by c."closesAt", c."id"`
}

/** Whether a member was on the roster when the check-in opened. */
export async function isInvited(
  { tx, organisationId }: Tenant<Reader>,
  checkInId: string,
  memberId: string,
): Promise<boolean> {
  return (await tx.prisma.ballot.count({ where: { organisationId, checkInId, memberId } })) > 0
}

/** Replaces every box of a check-in in one statement, so that all rows change alike. */
export async function replaceBallots(
  { tx, organisationId }: Tenant<SqlTx>,
  checkInId: string,
  ballots: readonly BallotRow[],
): Promise<void> {
  const values = ballots.map(
    ({ memberId, box }) => Prisma.sql`(${memberId}::uuid, ${Buffer.from(box)}::bytea)`,
  )
  const changed = await tx.sql.run`
    update "Ballot" set "box" = fresh."box"
      from (values ${Prisma.join(values)}) as fresh("memberId", "box")
    where "organisationId" = ${organisationId}::uuid and "checkInId" = ${checkInId}::uuid
      and "Ballot"."memberId" = fresh."memberId"`
  if (changed !== ballots.length)
    throw new Error(`re-wrapped ${changed} of ${ballots.length} ballots`)
}

export async function listUnitBallots(
  { tx, organisationId }: Tenant<Reader>,
  unitId: string,
): Promise<{ checkInId: string; memberId: string; box: Uint8Array }[]> {
  return await tx.prisma.ballot.findMany({
    where: { organisationId, unitId },
    select: { checkInId: true, memberId: true, box: true },
  })
}

const scrubs = new WeakMap<Database, () => Promise<void>>()

/**
 * Takes deleted ballots out of the table's pages, and on the embedded store out of the current log
 * file. Many units that are made at one minute share a run: two at once would only wait for each
 * other.
 */
export async function scrubBallots(database: Database): Promise<void> {
  const scrub = scrubs.get(database) ?? coalesce(() => scrubNow(database))
  scrubs.set(database, scrub)
  await scrub()
}

async function scrubNow(database: Database): Promise<void> {
  const { sql } = database.db
  await sql.run`vacuum "Ballot"`
  if (database.kind !== 'embedded') return
  await sql.run`select pg_switch_wal()`
  await sql.run`checkpoint`
}
