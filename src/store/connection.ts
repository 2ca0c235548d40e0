import { type Reason, toReason } from '../domain/reasons.ts'
import type { PlatformName } from '../platform.ts'
import type { Reader, Tenant } from './engine/transaction.ts'

/**
 * An organisation's connections, and why a platform takes nothing from us there (null: it does).
 */
export async function listConnections({
  tx,
  organisationId,
}: Tenant<Reader>): Promise<{ name: string; platform: PlatformName; trouble: Reason | null }[]> {
  const rows = await tx.prisma.connection.findMany({
    where: { organisationId },
    orderBy: { id: 'asc' },
    select: { name: true, platform: true, trouble: true },
  })
  return rows.map((row) => ({
    ...row,
    trouble: row.trouble === null ? null : toReason(row.trouble),
  }))
}
