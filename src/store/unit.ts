import type { Reader, Tenant } from './engine/transaction.ts'
import { lockRow } from './lock-row.ts'

/** A release unit as it is frozen when its first check-in opens. `publicKey` is raw X25519. */
export type NewUnit = {
  id: string
  groupId: string
  questionSetId: string
  questionSetVersion: number
  k: number
  audience: 'shared' | 'staff'
  publicKey: Uint8Array
  rosterChanges: number
  /** Changes that a page with it may tell. */
  statements: number
  checkInCount: number
  asksText: boolean
}

export type UnitRow = Omit<NewUnit, 'rosterChanges' | 'statements' | 'checkInCount'> & {
  state: 'open' | 'closing' | 'released' | 'withheld' | 'lost'
  isCleaned: boolean
}

export async function createUnit({ tx, organisationId }: Tenant, unit: NewUnit): Promise<void> {
  await tx.prisma.releaseUnit.create({
    data: { organisationId, ...unit, publicKey: Uint8Array.from(unit.publicKey) },
  })
}

/** The plan's unit that takes one more check-in, with its row locked; null when it has none. */
export async function lockRunningUnit(tenant: Tenant, planId: string): Promise<UnitRow | null> {
  const { tx, organisationId } = tenant
  const rows = await tx.sql.rows<{ id: string }>`
    select u."id"::text as "id" from "ReleaseUnit" u
    where u."organisationId" = ${organisationId}::uuid and u."state" = 'open'
      and exists (select 1 from "CheckIn" c
        where c."organisationId" = u."organisationId" and c."unitId" = u."id"
          and c."planId" = ${planId}::uuid)
      and (select count(*) from "CheckIn" c where c."organisationId" = u."organisationId"
        and c."unitId" = u."id") < u."checkInCount"
    limit 1 for update of u`
  return rows[0] ? await getUnit(tenant, rows[0].id) : null
}

/** Whether a unit still takes answers, with its row locked: nothing closes it meanwhile. */
export async function lockUnit(tenant: Tenant, id: string): Promise<UnitRow | null> {
  return (await lockRow(tenant, 'ReleaseUnit', id)) ? await getUnit(tenant, id) : null
}

/**
 * Starts closing every unit of a group that gets no more answers: none of its check-ins is open,
 * and it has all of them or its plan has none left. Returns the units that are to be made now.
 */
export async function closeUnits(
  { tx, organisationId }: Tenant,
  groupId: string,
): Promise<string[]> {
  const rows = await tx.sql.rows<{ id: string }>`
    update "ReleaseUnit" u set "state" = 'closing', "rosterChangesAtClose" = g."rosterChanges"
    from "Group" g
    where g."organisationId" = u."organisationId" and g."id" = u."groupId"
      and u."organisationId" = ${organisationId}::uuid and u."groupId" = ${groupId}::uuid
      and u."state" = 'open'
      and not exists (select 1 from "CheckIn" c
        where c."organisationId" = u."organisationId" and c."unitId" = u."id"
          and c."state" = 'open')
      and ((select count(*) from "CheckIn" c where c."organisationId" = u."organisationId"
        and c."unitId" = u."id") >= u."checkInCount"
        or not exists (select 1 from "CheckIn" mine join "CheckIn" next
            on next."organisationId" = mine."organisationId" and next."planId" = mine."planId"
              and next."state" = 'planned'
          where mine."organisationId" = u."organisationId" and mine."unitId" = u."id"))
    returning u."id"::text as "id"`
  return rows.map(({ id }) => id)
}

/**
 * Closes a unit whose key is gone, and the check-ins of it that are open; false when it is not
 * open any more.
 */
export async function closeForLostKey(tenant: Tenant, unitId: string, now: Date): Promise<boolean> {
  const { tx, organisationId } = tenant
  // An answer that is on its way holds its check-in until it is in.
  await tx.sql.rows`select c."id" from "CheckIn" c
    where c."organisationId" = ${organisationId}::uuid and c."unitId" = ${unitId}::uuid
    order by c."id" for update`
  const unit = await lockUnit(tenant, unitId)
  if (unit?.state !== 'open') return false
  await tx.sql.run`
    update "ReleaseUnit" u set "state" = 'closing', "rosterChangesAtClose" = g."rosterChanges"
    from "Group" g where g."organisationId" = u."organisationId" and g."id" = u."groupId"
      and u."organisationId" = ${organisationId}::uuid and u."id" = ${unitId}::uuid`
  await tx.prisma.checkIn.updateMany({
    where: { organisationId, unitId, state: 'open' },
    data: { state: 'closed', reason: KEY_LOST, closesAt: now },
  })
  return true
}

/** The reason of a check-in that ended because its key was gone. */
export const KEY_LOST = 'keyLost'

/** A unit that must be there. Throws when it is not. */
export async function getUnit(tenant: Tenant<Reader>, id: string): Promise<UnitRow> {
  const unit = await findUnit(tenant, id)
  if (!unit) throw new Error(`unit ${id} is not there`)
  return unit
}

/** A unit; null when it is gone, with a check-in that was taken back or with its group. */
export async function findUnit(
  { tx, organisationId }: Tenant<Reader>,
  id: string,
): Promise<UnitRow | null> {
  return await tx.prisma.releaseUnit.findUnique({
    where: { organisationId_id: { organisationId, id } },
    select: {
      id: true,
      groupId: true,
      questionSetId: true,
      questionSetVersion: true,
      k: true,
      audience: true,
      publicKey: true,
      asksText: true,
      state: true,
      isCleaned: true,
    },
  })
}

/**
 * Units of a group that still take answers, with the plan that each belongs to and how many more
 * check-ins it takes.
 */
export async function listOpenUnits(
  { tx, organisationId }: Tenant<Reader>,
  groupId: string,
): Promise<{ id: string; planId: string | null; room: number }[]> {
  return await tx.sql.rows<{ id: string; planId: string | null; room: number }>`
    select u."id"::text as "id", min(c."planId"::text) as "planId",
      greatest(0, u."checkInCount" - count(c."id"))::int as "room"
    from "ReleaseUnit" u left join "CheckIn" c on c."organisationId" = u."organisationId"
      and c."unitId" = u."id"
    where u."organisationId" = ${organisationId}::uuid and u."groupId" = ${groupId}::uuid
      and u."state" = 'open' group by u."organisationId", u."id"`
}

/**
 * Every check-in of a group whose answers are still sealed under a living key: open, or closed in a
 * unit that takes more.
 */
export async function listUnmade(
  { tx, organisationId }: Tenant<Reader>,
  groupId: string,
): Promise<string[]> {
  const rows = await tx.prisma.checkIn.findMany({
    where: { organisationId, groupId, unit: { state: 'open' } },
    orderBy: { id: 'asc' },
    select: { id: true },
  })
  return rows.map(({ id }) => id)
}
