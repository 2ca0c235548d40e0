import type { Tenant } from './engine/transaction.ts'
import type { ContactSettings } from './group.ts'

/** Settles who is there for a group's contact requests, and when. */
export async function saveContactSettings(
  { tx, organisationId }: Tenant,
  id: string,
  settings: ContactSettings,
): Promise<void> {
  await tx.prisma.group.update({
    where: { organisationId_id: { organisationId, id } },
    data: { ...settings, staffedTimes: [...settings.staffedTimes] },
  })
}

/** A drill has come through all of its steps. */
export async function markDrilled(
  { tx, organisationId }: Tenant,
  id: string,
  at: Date,
): Promise<void> {
  await tx.prisma.group.update({
    where: { organisationId_id: { organisationId, id } },
    data: { drilledAt: at },
  })
}
