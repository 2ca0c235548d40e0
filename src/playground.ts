import type { Services } from './commands/services.ts'
import { meet, takenOff } from './door/identify.ts'
import { findCommand } from './door/registry.ts'
import { run } from './door/run.ts'
import type { Platform } from './platform.ts'
import { ensureConnection, findActor } from './store/access.ts'
import { makeThrowaway } from './store/organisation.ts'
import { makeAdmin, setStaff } from './store/people.ts'
import { createPlayground, PLAYGROUND_TENANT } from './teams/playground.ts'

const NAME = 'Playground'

/**
 * Opens /api/playground with an organisation of its own, in which everybody who comes may do
 * everything.
 */
export async function openPlayground(services: Services, country: string): Promise<Platform> {
  const { database, clock, content, log } = services
  const organisationId = await makeThrowaway(database.db, { name: NAME, country }, clock.now())
  const workspace = { platform: 'teams', externalId: PLAYGROUND_TENANT, name: NAME } as const
  const connection = await ensureConnection({ tx: database.db, organisationId }, workspace)
  const letIn = async (person: Parameters<typeof meet>[2]) => {
    const { actor } = await meet(services, connection, person)
    const { personId, isAdmin } = actor
    if (isAdmin) return
    await makeAdmin({ tx: database.db, organisationId }, personId)
    await setStaff({ tx: database.db, organisationId }, [personId], true)
  }
  return createPlayground({
    onIncoming: async (incoming) => {
      // Around a check-in not even that somebody came is written, here as elsewhere.
      if (!findCommand(incoming.verb)?.isUntraced) await letIn(incoming.sender)
      return await run(services, incoming)
    },
    onRejected: services.onRejected,
    onAdded: async (_tenant, person) => await letIn(person),
    onRemoved: async (_tenant, externalId) => {
      const actor = await findActor(database.db, connection, externalId)
      if (actor) await takenOff(services, actor, connection.id)
    },
    log,
    count: null,
    say: (key, language) => content.textsFor(language).t(key),
  })
}
