import { deleteBallots, listInvited } from './ballot.ts'
import type { CheckInRow } from './checkin.ts'
import type { Reader, Tenant } from './engine/transaction.ts'
import { KEY_LOST } from './unit.ts'

/**
 * Check-ins that ask about a session, after it. One before it asks about the days before. One whose
 * time is over is closed, whether the clock has been there or not. One that lost its key was never
 * answered.
 */
export async function listAfterSession(
  { tx, organisationId }: Tenant<Reader>,
  sessionId: string,
  now: Date,
): Promise<Pick<CheckInRow, 'id' | 'state' | 'unitId'>[]> {
  return await tx.sql.rows<Pick<CheckInRow, 'id' | 'state' | 'unitId'>>`
    select c."id"::text as "id", c."unitId"::text as "unitId",
      case when c."state" = 'open' and c."closesAt" <= ${now} then 'closed'
        when c."reason" = ${KEY_LOST} then 'dropped' else c."state"::text end as "state"
    from "CheckIn" c join "Session" s on s."organisationId" = c."organisationId"
      and s."id" = c."sessionId"
    where c."organisationId" = ${organisationId}::uuid and c."sessionId" = ${sessionId}::uuid
      and c."opensAt" >= s."startsAt"`
}

/**
 * Takes back the check-ins after a session: those that did not open do not, and open ones end with
 * every answer in them deleted unread. A unit that has no other goes too: `unitIds`, whose keys are
 * to be destroyed. Nothing happens when one has closed: `isAnswered`. `checkInId` is one that was
 * open, null: none was; `asked` are those whom it asked.
 */
export async function takeBackCheckIns(
  tenant: Tenant,
  { sessionId, groupId, now }: { sessionId: string; groupId: string; now: Date },
): Promise<{ isAnswered: boolean; checkInId: string | null; unitIds: string[]; asked: string[] }> {
  const { tx, organisationId } = tenant
  // An answer that is on its way holds the row until it is in; after this none gets in.
  await tx.sql.rows`select c."id" from "CheckIn" c
    where c."organisationId" = ${organisationId}::uuid and c."sessionId" = ${sessionId}::uuid
    order by c."id" for update`
  const after = await listAfterSession(tenant, sessionId, now)
  if (after.some(({ state }) => state === 'closed'))
    return { isAnswered: true, checkInId: null, unitIds: [], asked: [] }
  const open = after.filter(({ state }) => state === 'open')
  const ids = open.map(({ id }) => id)
  const asked = new Set<string>()
  for (const id of ids) for (const person of await listInvited(tenant, id)) asked.add(person)
  await deleteBallots(tenant, { checkInId: { in: ids } })
  await tx.prisma.checkIn.updateMany({
    where: { organisationId, sessionId, id: { in: after.map(({ id }) => id) }, state: 'planned' },
    data: { state: 'dropped', reason: 'notHeld' },
  })
  await tx.prisma.checkIn.updateMany({
    where: { organisationId, id: { in: ids } },
    data: {
      state: 'dropped',
      reason: 'notHeld',
      takenBackAt: now,
      unitId: null,
      asked: null,
      newcomers: null,
    },
  })
  const alone = {
    organisationId,
    groupId,
    state: 'open' as const,
    id: { in: open.flatMap(({ unitId }) => unitId ?? []) },
    checkIns: { none: {} },
  }
  const units = await tx.prisma.releaseUnit.findMany({ where: alone, select: { id: true } })
  await tx.prisma.releaseUnit.deleteMany({ where: alone })
  return {
    isAnswered: false,
    checkInId: ids[0] ?? null,
    unitIds: units.map(({ id }) => id),
    asked: [...asked],
  }
}
