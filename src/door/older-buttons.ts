import { z } from 'zod'
import type { Services } from '../commands/services.ts'
import type { Incoming } from '../platform.ts'
import { findConnection } from '../store/access.ts'
import { findCheckIn } from '../store/checkin.ts'

/**
 * Buttons stay in people's chats for as long as what they are about. One of before 24 November 2026
 * says `checkin` and means the answering of that check-in: the verb has become the plans of a
 * group.
 */
export async function asMeant(services: Services, incoming: Incoming): Promise<Incoming> {
  if (incoming.via !== 'button' || incoming.verb !== 'checkin') return incoming
  const id = z.uuid().safeParse(incoming.input.id)
  if (!id.success) return incoming
  const { platform, workspaceId } = incoming
  const { db } = services.database
  const connection = await services.identityCache.connection(incoming, () =>
    findConnection(db, platform, workspaceId),
  )
  const isCheckIn =
    connection &&
    (await findCheckIn({ tx: db, organisationId: connection.organisationId }, id.data))
  return isCheckIn ? { ...incoming, verb: 'checkin.answer' } : incoming
}
