import type { PlatformName } from '../platform.ts'
import type { Tx } from './engine/database.ts'

/** An organisation's connections, and why a platform takes nothing from us there (null: it does). */
export async function listConnections(
  db: Tx,
  organisationId: string,
): Promise<{ name: string; platform: PlatformName; trouble: string | null }[]> {
  return await db.connection.findMany({
    where: { organisationId },
    orderBy: { id: 'asc' },
    select: { name: true, platform: true, trouble: true },
  })
}
