import { LOOK_BACK_HOURS } from '../domain/limits.ts'
import { HOUR_MS, plus } from '../domain/time.ts'
import type { Tenant } from './engine/transaction.ts'

/**
 * Cancels a session that is ahead, or says of one that it did not take place; false when that was
 * done already, or it ended too long ago.
 */
export async function cancelSession(
  { tx, organisationId }: Tenant,
  groupId: string,
  id: string,
  now: Date,
): Promise<boolean> {
  const { count } = await tx.prisma.session.updateMany({
    where: {
      organisationId,
      groupId,
      id,
      state: 'planned',
      endsAt: { gt: plus(now, -LOOK_BACK_HOURS * HOUR_MS) },
    },
    data: { state: 'cancelled', isCalledOff: true, revision: { increment: 1 } },
  })
  return count === 1
}

/** Where a session is moved to. Null place or link: as before. */
export type Move = {
  movedTo: string
  startsAt: Date
  endsAt: Date
  place: string | null
  link: string | null
}

/** Moves a session; a cancelled one takes place again. */
export async function moveSession(
  { tx, organisationId }: Tenant,
  id: string,
  move: Move,
): Promise<void> {
  const { place, link, ...times } = move
  await tx.prisma.session.update({
    where: { organisationId_id: { organisationId, id } },
    data: {
      ...times,
      ...(place === null ? {} : { place }),
      ...(link === null ? {} : { link }),
      state: 'planned',
      isCalledOff: false,
      revision: { increment: 1 },
    },
  })
}

/** Writes how many came to a session that has begun; false when there is none such in the group. */
export async function setHeadcount(
  { tx, organisationId }: Tenant,
  { groupId, id }: { groupId: string; id: string },
  headcount: number,
  now: Date,
): Promise<boolean> {
  const { count } = await tx.prisma.session.updateMany({
    where: { organisationId, groupId, id, state: 'planned', startsAt: { lte: now } },
    data: { headcount },
  })
  return count === 1
}
