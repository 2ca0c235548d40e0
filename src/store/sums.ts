import type { Reader, Tenant } from './engine/transaction.ts'

/** Keeps a unit's sums for later comparisons. `destroyOn`: a day. */
export async function saveSums(
  { tx, organisationId }: Tenant,
  { unitId, sealed, destroyOn }: { unitId: string; sealed: Uint8Array; destroyOn: Date },
): Promise<void> {
  await tx.prisma.sealedSums.create({
    data: { organisationId, id: unitId, sealed: Uint8Array.from(sealed), destroyOn },
  })
}

/** The sealed sums of units; one that has none any more is not in it. */
export async function listSums(
  { tx, organisationId }: Tenant<Reader>,
  unitIds: readonly string[],
): Promise<Map<string, Uint8Array>> {
  const rows = await tx.prisma.sealedSums.findMany({
    where: { organisationId, id: { in: [...unitIds] } },
    select: { id: true, sealed: true },
  })
  return new Map(rows.map(({ id, sealed }) => [id, sealed]))
}

/** Enough for a middle value: a sample of units by their ids, and groups among theirs. */
const SAMPLE = { units: 1_000, groups: 60 } as const

/**
 * Of other groups of the organisation, or a sample of them, the sealed sums of their latest units
 * of the same questions and for the same people: a list a group, newest first. Those with one unit
 * are left out.
 */
export async function listSumsOfOthers(
  { tx, organisationId }: Tenant<Reader>,
  { groupId, questionSetId, questionSetVersion, audience, most }: SumsOfOthers,
): Promise<{ unitId: string; sealed: Uint8Array }[][]> {
  const rows = await tx.sql.rows<{ unitId: string; groupId: string; sealed: Uint8Array }>`
    with sample as (
      select "groupId" from (
        select u."groupId" from "SealedSums" s join "ReleaseUnit" u
          on u."organisationId" = s."organisationId" and u."id" = s."id"
        where s."organisationId" = ${organisationId}::uuid and u."groupId" <> ${groupId}::uuid
          and u."questionSetId" = ${questionSetId}
          and u."questionSetVersion" = ${questionSetVersion}
          and u."audience" = ${audience}::"Audience"
        order by s."id" limit ${SAMPLE.units}) units
      group by "groupId" having count(*) > 1 limit ${SAMPLE.groups})
    select latest."id"::text as "unitId", sample."groupId"::text as "groupId", latest."sealed"
    from sample cross join lateral (
      select u."id", s."sealed", (
        select max(c."closesAt") from "CheckIn" c
        where c."organisationId" = u."organisationId" and c."unitId" = u."id") as "closedAt"
      from "ReleaseUnit" u join "SealedSums" s
        on s."organisationId" = u."organisationId" and s."id" = u."id"
      where u."organisationId" = ${organisationId}::uuid and u."groupId" = sample."groupId"
        and u."questionSetId" = ${questionSetId}
        and u."questionSetVersion" = ${questionSetVersion}
        and u."audience" = ${audience}::"Audience"
      order by 3 desc limit ${most}) latest
    order by sample."groupId", latest."closedAt" desc`
  return [...Map.groupBy(rows, (row) => row.groupId).values()]
}

/** `most`: units of each group. */
type SumsOfOthers = {
  groupId: string
  questionSetId: string
  questionSetVersion: number
  audience: 'shared' | 'staff'
  most: number
}

/** Destroys the sums of units. */
export async function destroySums(
  { tx, organisationId }: Tenant,
  unitIds: readonly string[],
): Promise<void> {
  await tx.prisma.sealedSums.deleteMany({ where: { organisationId, id: { in: [...unitIds] } } })
}
