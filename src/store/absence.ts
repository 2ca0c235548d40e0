import type { Reader, Tenant } from './engine/transaction.ts'

/** Staff are not there for contact requests in this time. Null `standInId`: nobody stands in. */
export type Absence = { from: Date; until: Date; standInId: string | null }

/** The absence of somebody that is or comes; null: there is none. */
export async function findAbsence(
  { tx, organisationId }: Tenant<Reader>,
  personId: string,
  now: Date,
): Promise<Absence | null> {
  const row = await tx.prisma.person.findUniqueOrThrow({
    where: { organisationId_id: { organisationId, id: personId } },
    select: { awayFrom: true, awayUntil: true, standInId: true },
  })
  const { awayFrom: from, awayUntil: until, standInId } = row
  return from && until && until > now ? { from, until, standInId } : null
}

/** Null: they are there. */
export async function saveAbsence(
  { tx, organisationId }: Tenant,
  personId: string,
  absence: Absence | null,
): Promise<void> {
  await tx.prisma.person.update({
    where: { organisationId_id: { organisationId, id: personId } },
    data: {
      awayFrom: absence?.from ?? null,
      awayUntil: absence?.until ?? null,
      standInId: absence?.standInId ?? null,
    },
  })
}
