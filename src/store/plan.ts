import type { Timing } from '../domain/checkin.ts'
import type { Stage } from '../domain/stage.ts'
import type { Reader, Tenant } from './engine/transaction.ts'

/** One plan of what a group is asked around its sessions. */
export type PlanRow = {
  id: string
  questionSetId: string
  timing: Timing
  openHours: number
  everyNth: number
  audience: 'shared' | 'staff'
  /** More answers than usual before anything is shown; null: as many. */
  leastAnswers: number | null
  asksText: boolean
  stages: Stage[]
}
const PLAN_FIELDS = {
  id: true,
  questionSetId: true,
  timing: true,
  openHours: true,
  everyNth: true,
  audience: true,
  leastAnswers: true,
  asksText: true,
  stages: true,
} as const

export async function createPlans(
  { tx, organisationId }: Tenant,
  groupId: string,
  plans: readonly PlanRow[],
  now: Date,
): Promise<void> {
  await tx.prisma.checkInPlan.createMany({
    data: plans.map((plan) => ({ organisationId, groupId, createdAt: now, ...plan })),
  })
}

/** The plans of a group that are not stopped, the oldest first. */
export async function listPlans(
  { tx, organisationId }: Tenant<Reader>,
  groupId: string,
): Promise<PlanRow[]> {
  const rows = await tx.prisma.checkInPlan.findMany({
    where: { organisationId, groupId, isStopped: false },
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
    select: PLAN_FIELDS,
  })
  return rows.map((row) => ({ ...row, stages: row.stages as Stage[] }))
}

/** A plan that runs, with its group; null when there is none. */
export async function findPlan(
  { tx, organisationId }: Tenant<Reader>,
  id: string,
): Promise<(PlanRow & { groupId: string }) | null> {
  const row = await tx.prisma.checkInPlan.findFirst({
    where: { organisationId, id, isStopped: false },
    select: { ...PLAN_FIELDS, groupId: true },
  })
  return row && { ...row, stages: row.stages as Stage[] }
}

/** False when there is no such plan that runs. */
export async function stopPlan(
  { tx, organisationId }: Tenant,
  groupId: string,
  id: string,
): Promise<boolean> {
  const { count } = await tx.prisma.checkInPlan.updateMany({
    where: { organisationId, groupId, id, isStopped: false },
    data: { isStopped: true },
  })
  return count === 1
}
