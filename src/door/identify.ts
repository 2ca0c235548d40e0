import type { Command } from '../commands/command.ts'
import { contactWatch } from '../commands/contact-watch.ts'
import { reportUnreachable } from '../commands/delivery.ts'
import { runStep, type Services } from '../commands/services.ts'
import type { Texts } from '../content/load.ts'
import { UserError } from '../errors.ts'
import type { Incoming, Traits } from '../platform.ts'
import {
  type Actor,
  type ConnectionRow,
  ensureActor,
  findActor,
  findConnection,
} from '../store/access.ts'
import { reviveWelcomes } from '../store/welcome.ts'

/** The traits of the platform that a request came from. */
export function platformOf(services: Services, { platform }: Incoming): Traits {
  const known = services.platforms.get(platform)
  if (!known) throw new Error(`a request came from ${platform}, which is not served here`)
  return known
}

/**
 * Finds out who did it. First sight and new facts are kept, except around ballots: there not even
 * that somebody came is written.
 */
export async function identify(
  services: Services,
  texts: Texts,
  command: Command,
  incoming: Incoming,
): Promise<{ connection: ConnectionRow; actor: Actor; isNew: boolean }> {
  const { db } = services.database
  const known = command.isSameForAll ? services.identityCache.find(incoming) : null
  if (known) return { ...known, isNew: false }
  const { platform, workspaceId } = incoming
  const connection = await services.identityCache.connection(incoming, () =>
    findConnection(db, platform, workspaceId),
  )
  if (!connection) {
    services.onRejected(platform, { reason: 'workspace' })
    throw new UserError(texts.t('error.notConnected'))
  }
  if (command.isUntraced) {
    const actor = await findActor(db, connection, incoming.sender.externalId)
    if (!actor)
      throw new UserError(
        texts.t('error.notFound', { example: `${platformOf(services, incoming).prefix}help` }),
      )
    return { connection, actor, isNew: false }
  }
  const { actor, isNew } = await meet(services, connection, incoming.sender)
  if (command.isSameForAll) services.identityCache.keep(incoming, { connection, actor })
  return { connection, actor, isNew }
}

/**
 * Somebody took the app off: they are marked, facilitators of their groups hear how many are, and
 * who waits for them is told to others. Only adding it again takes the mark away.
 */
export async function takenOff(
  services: Services,
  { organisationId, personId }: Actor,
  connectionId: string,
): Promise<void> {
  const claimed = { personId, groupId: null, messageId: null }
  await runStep(services, reportUnreachable, organisationId, {
    claimed,
    connectionId,
    reason: 'blocked',
  })
}

/**
 * Makes somebody known, and sends what waited until they could be reached. With staff who are back,
 * who waits to be contacted is looked after at once.
 */
export async function meet(
  services: Services,
  connection: ConnectionRow,
  sender: Incoming['sender'],
): Promise<{ actor: Actor; isNew: boolean }> {
  const { db, transaction } = services.database
  const { actor, isNewlyReachable, isNew } = await ensureActor(db, connection, sender, {
    isHere: true,
    ...(services.newId ? { newId: services.newId } : {}),
  })
  if (isNewlyReachable) {
    const { organisationId, personId } = actor
    await transaction((tx) =>
      reviveWelcomes({ tx, organisationId }, personId, services.clock.now()),
    )
    if (actor.isStaff) await runStep(services, contactWatch, organisationId, 'requests')
  }
  return { actor, isNew }
}
