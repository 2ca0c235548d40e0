import type { DigestTime } from '../domain/digest.ts'
import type { Reader, Tenant } from './engine/transaction.ts'
import { type Flag, toFlag } from './flag.ts'

/**
 * When and how a supervisor's digest comes. Null language: as on the platform; null connection:
 * wherever they are reached.
 */
export type DigestPlan = DigestTime & { language: string | null; connectionId: string | null }

export async function findDigestPlan(
  { tx, organisationId }: Tenant<Reader>,
  personId: string,
): Promise<DigestPlan | null> {
  return await tx.prisma.digestPlan.findUnique({
    where: { organisationId_personId: { organisationId, personId } },
    select: { weekday: true, localTime: true, timeZone: true, language: true, connectionId: true },
  })
}

/** When each supervisor's digest of an organisation comes. */
export async function listDigestPlans({
  tx,
  organisationId,
}: Tenant<Reader>): Promise<(DigestTime & { personId: string })[]> {
  return await tx.prisma.digestPlan.findMany({
    where: { organisationId },
    orderBy: { personId: 'asc' },
    select: { personId: true, weekday: true, localTime: true, timeZone: true },
  })
}

/** Makes one for each of some people who have none; returns whose they are. */
export async function addDigestPlans(
  { tx, organisationId }: Tenant,
  personIds: readonly string[],
  plan: DigestPlan,
): Promise<string[]> {
  if (personIds.length === 0) return []
  const made = await tx.prisma.digestPlan.createManyAndReturn({
    data: personIds.map((personId) => ({ organisationId, personId, ...plan })),
    skipDuplicates: true,
    select: { personId: true },
  })
  return made.map(({ personId }) => personId)
}

/** Makes it, or replaces the one that is there. */
export async function saveDigestPlan(
  { tx, organisationId }: Tenant,
  personId: string,
  plan: DigestPlan,
): Promise<void> {
  await tx.prisma.digestPlan.upsert({
    where: { organisationId_personId: { organisationId, personId } },
    create: { organisationId, personId, ...plan },
    update: plan,
  })
}

export type DigestRow = {
  id: string
  personId: string
  startsAt: Date
  endsAt: Date
  timeZone: string
}
const DIGEST_FIELDS = {
  id: true,
  personId: true,
  startsAt: true,
  endsAt: true,
  timeZone: true,
} as const

export async function findDigest(
  { tx, organisationId }: Tenant<Reader>,
  id: string,
): Promise<DigestRow | null> {
  return await tx.prisma.digest.findUnique({
    where: { organisationId_id: { organisationId, id } },
    select: DIGEST_FIELDS,
  })
}

/** The facts of a digest about how a group is set up. */
export type Standing = {
  groupId: string
  flag: Flag | null
  members: number
  drilledAt: Date | null
}

export async function listStanding(
  { tx, organisationId }: Tenant<Reader>,
  groupIds: readonly string[],
): Promise<Standing[]> {
  const rows = await tx.prisma.group.findMany({
    where: { organisationId, id: { in: [...groupIds] } },
    select: {
      id: true,
      flag: true,
      drilledAt: true,
      _count: { select: { roster: { where: { role: 'member' } } } },
    },
  })
  return rows.map(({ id, flag, drilledAt, _count }) => ({
    groupId: id,
    flag: toFlag(flag),
    drilledAt,
    members: _count.roster,
  }))
}
