import type { Services } from './commands/services.ts'
import type { Config } from './config.ts'
import { meet } from './door/identify.ts'
import { run } from './door/run.ts'
import { SetupError } from './errors.ts'
import type { Platform } from './platform.ts'
import { ensureActor, ensureConnection, findConnection } from './store/access.ts'
import { ensureOrganisation } from './store/organisation.ts'
import { makeAdmin } from './store/people.ts'
import type { LocalAuthority } from './teams/transport.ts'

/**
 * Loads only what is set up: each platform's library takes its share of memory and of the start.
 */
export async function createPlatforms(
  config: Config,
  services: Services,
  authority: LocalAuthority | null,
): Promise<Platform[]> {
  const { t } = services.content.textsFor(null)
  const onIncoming = (incoming: Parameters<typeof run>[1]) => run(services, incoming)
  const platforms: Platform[] = []
  if (config.slack) {
    const { createSlack } = await import('./slack/platform.ts')
    platforms.push(
      createSlack(config.slack, {
        onIncoming,
        log: services.log,
        say: (key) => t(key),
        wall: services.clock.wall,
      }),
    )
  }
  if (config.teams) {
    const { createTeams } = await import('./teams/platform.ts')
    const { createTransport } = await import('./teams/transport.ts')
    const transport = createTransport(config.teams, authority, services.clock.wall)
    const onSeen = async (tenantId: string, person: Parameters<typeof meet>[2]) => {
      const connection = await findConnection(services.database.db, 'teams', tenantId)
      if (connection) await meet(services, connection, person)
    }
    platforms.push(
      createTeams(config.teams.tenantId, transport, {
        onIncoming,
        onSeen,
        log: services.log,
        say: (key) => t(key),
      }),
    )
  }
  return platforms
}

/** Makes sure of the organisation, its connections and the first admin of each. */
export async function connect(
  config: Config,
  { database: { db }, clock, newId }: Services,
  platforms: readonly Platform[],
): Promise<void> {
  const { name, country } = config.organisation
  if (!country)
    throw new SetupError(
      'ORGANISATION_COUNTRY: needed, because members see its help lines. Example: DE',
    )
  const organisationId = await ensureOrganisation(db, { name, country }, clock.now())
  for (const platform of platforms) {
    const workspace = await platform.start()
    const connection = await ensureConnection(
      { tx: db, organisationId },
      { platform: platform.name, ...workspace },
    )
    const externalId = config[platform.name]?.firstAdmin
    if (!externalId) continue
    const { actor } = await ensureActor(db, connection, { externalId }, newId ? { newId } : {})
    await makeAdmin({ tx: db, organisationId }, actor.personId)
  }
}
