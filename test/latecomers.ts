import type { PlatformName } from '../src/platform.ts'
import { ensureActor, findConnection } from '../src/store/access.ts'
import type { Played } from './played.ts'

/**
 * Puts more members on the roster of the only group, as people who were there from its beginning and
 * have used the service; returns their ids on the platform. The simulated platform does not know
 * them: they are asked and answer, and get no notices.
 */
export async function addMembers(
  { db, app, workspaces }: Pick<Played, 'db' | 'app' | 'workspaces'>,
  platform: PlatformName,
  externalIds: readonly string[],
): Promise<void> {
  const store = app.services.database.db
  const connection = await findConnection(store, platform, workspaces[platform])
  if (!connection) throw new Error('not connected')
  const { organisationId } = connection
  const group = await db.group.findFirstOrThrow({ where: { organisationId } })
  for (const externalId of externalIds) {
    const { newId } = app.services
    const met = { isHere: true, ...(newId ? { newId } : {}) }
    const { actor } = await ensureActor(store, connection, { externalId }, met)
    const entry = {
      organisationId,
      groupId: group.id,
      personId: actor.personId,
      role: 'member' as const,
      joinedAt: group.createdAt,
    }
    await db.rosterEntry.createMany({ data: [entry], skipDuplicates: true })
  }
}
