import type { Tenant } from './engine/transaction.ts'
import { Prisma } from './generated/client.ts'

/**
 * Takes a row's lock until the transaction ends: what changes it happens one at a time. Rows that
 * point at it can still be made meanwhile. False when there is no such row.
 */
export async function lockRow(
  { tx, organisationId }: Tenant,
  table: 'Group' | 'Message' | 'ReleaseUnit' | 'ContactRequest',
  id: string,
): Promise<boolean> {
  const rows = await tx.sql.rows`select 1 from ${Prisma.raw(`"${table}"`)}
    where "organisationId" = ${organisationId}::uuid and "id" = ${id}::uuid for no key update`
  return rows.length > 0
}
