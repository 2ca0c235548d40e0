import type { Services } from './commands/services.ts'
import type { Config } from './config.ts'
import { meet, takenOff } from './door/identify.ts'
import { run } from './door/run.ts'
import { messageOf, SetupError } from './errors.ts'
import {
  type Count,
  PLATFORM_TITLES,
  type Platform,
  PlatformError,
  type PlatformName,
  type Workspace,
} from './platform.ts'
import { ensureActor, ensureConnection, findActor, findConnection } from './store/access.ts'
import { listWorkspaces, ownStore, strangeWorkspace } from './store/owner.ts'
import { makeAdmin } from './store/people.ts'
import type { CreateSdk, LocalAuthority } from './teams/transport.ts'

/**
 * Loads only what is set up: each platform's library takes its share of memory and of the start.
 */
export async function createPlatforms(
  config: Config,
  services: Services,
  { authority, count }: { authority: LocalAuthority | null; count: Count | null },
): Promise<Platform[]> {
  const { t } = services.content.textsFor(null)
  const onIncoming = (incoming: Parameters<typeof run>[1]) => run(services, incoming)
  const platforms: Platform[] = []
  if (config.slack) {
    const { createSlack } = await import('./slack/platform.ts')
    platforms.push(
      createSlack(config.slack, {
        onIncoming,
        onRejected: services.onRejected,
        log: services.log,
        say: (key) => t(key),
        wall: services.clock.wall,
      }),
    )
  }
  if (config.teams) {
    const { createTeams } = await import('./teams/platform.ts')
    const { createTransport } = await import('./teams/transport.ts')
    const createSdk = await sdkOf(config.teams.transport)
    const transport = createTransport(config.teams, createSdk, authority, services.clock.wall)
    const { db } = services.database
    const onAdded = async (tenantId: string, person: Parameters<typeof meet>[2]) => {
      const connection = await findConnection(db, 'teams', tenantId)
      if (connection) await meet(services, connection, person)
    }
    const onRemoved = async (tenantId: string, externalId: string) => {
      const connection = await findConnection(db, 'teams', tenantId)
      const actor = connection && (await findActor(db, connection, externalId))
      if (actor) await takenOff(services, actor, connection.id)
    }
    platforms.push(
      createTeams(config.teams.tenantId, transport, {
        onIncoming,
        onRejected: services.onRejected,
        onAdded,
        onRemoved,
        count,
        log: services.log,
        say: (key, language) => services.content.textsFor(language).t(key),
      }),
    )
  }
  return platforms
}

/** The library that verifies for Teams; the other one is not loaded. */
async function sdkOf(name: 'botbuilder' | 'teams-apps'): Promise<CreateSdk> {
  return name === 'botbuilder'
    ? (await import('./teams/botbuilder.ts')).createBotbuilder
    : (await import('./teams/teams-apps.ts')).createTeamsApps
}

/** Platforms that could not start; `run` tries them again. */
export type LateStarts = { run(): Promise<void> }

/**
 * Makes sure of the organisation, its connections and the first admin of each. A platform that is
 * not there, or that refuses credentials which it took before, does not keep the service from
 * starting: it is tried again at each tick. Throws SetupError when the settings are wrong.
 */
export async function connect(
  config: Config,
  services: Services,
  platforms: readonly Platform[],
): Promise<LateStarts> {
  const { db } = services.database
  const { name, country } = config.organisation
  if (!country)
    throw new SetupError(
      'ORGANISATION_COUNTRY: needed, because members see its help lines. Example: DE',
    )
  const organisationId = await ownStore(db, { name, country }, services.clock.now())
  const known = await listWorkspaces(db, organisationId)
  const join = async (platform: Platform, workspace: Workspace): Promise<void> => {
    const now = await listWorkspaces(db, organisationId)
    refuseStranger(now, platforms, { platform: platform.name, ...workspace })
    await joinWorkspace(services, organisationId, {
      platform: platform.name,
      ...workspace,
      firstAdmin: config[platform.name]?.firstAdmin ?? null,
    })
  }
  const late = new Map<Platform, string>()
  const started: [Platform, Workspace][] = []
  for (const platform of platforms) {
    const reason = await platform.start().then(
      (workspace) => void started.push([platform, workspace]),
      (error: unknown) => reasonToWait(error, platform, known),
    )
    if (!reason) continue
    late.set(platform, reason)
    services.log.warn('platform.down', { platform: platform.name, reason })
  }
  // The known ones first: they show whose the settings are before a new one is let in.
  const isKnown = ([{ name }, { externalId }]: (typeof started)[number]) =>
    known.some((one) => one.platform === name && one.externalId === externalId)
  for (const one of started.toSorted((x, y) => Number(isKnown(y)) - Number(isKnown(x))))
    await join(...one)
  return { run: () => startLate(services, late, join) }
}

/**
 * A new workspace is taken at the very first start, and as the first of its platform where this
 * process serves one that the store knows: then the settings are the same operator's, and one of
 * two platforms was down before. Throws SetupError for any other.
 */
function refuseStranger(
  known: readonly { platform: PlatformName; externalId: string }[],
  platforms: readonly Platform[],
  { platform, externalId }: { platform: PlatformName; externalId: string },
): void {
  if (known.length === 0) return
  if (known.some((one) => one.platform === platform && one.externalId === externalId)) return
  const isFirst = known.every((one) => one.platform !== platform)
  const servesKnown = platforms.some(({ name, serves }) =>
    known.some((one) => one.platform === name && serves(one.externalId)),
  )
  if (!isFirst || !servesKnown) throw strangeWorkspace(platform, externalId)
}

/**
 * The reason for which a platform's start is tried again later. Throws when waiting does not help:
 * the settings are wrong, or a platform that nobody reached before refuses its credentials.
 */
function reasonToWait(
  error: unknown,
  { name }: Platform,
  known: readonly { platform: string }[],
): string {
  if (!(error instanceof PlatformError)) throw error
  const { outcome, reason } = error.attempt
  const wasThere = known.some(({ platform }) => platform === name)
  if (wasThere || outcome !== 'noWorkspace') return reason
  throw new SetupError(
    `${PLATFORM_TITLES[name]} refuses the credentials and says “${error.code}”. See .env.example for where they stand.`,
  )
}

async function startLate(
  { log }: Services,
  late: Map<Platform, string>,
  join: (platform: Platform, workspace: Workspace) => Promise<void>,
): Promise<void> {
  for (const [platform, before] of late) {
    const started = platform.start().then((workspace) => join(platform, workspace))
    const reason = await started.then(
      () => null,
      (error: unknown) =>
        error instanceof PlatformError ? error.attempt.reason : messageOf(error),
    )
    if (reason === null) {
      late.delete(platform)
      log.info('platform.up', { platform: platform.name })
    } else if (reason !== before) {
      late.set(platform, reason)
      log.warn('platform.down', { platform: platform.name, reason })
    }
  }
}

/** A workspace's connection under its present name, and its first admin. */
async function joinWorkspace(
  { database: { db }, newId }: Services,
  organisationId: string,
  { firstAdmin, ...workspace }: Workspace & { platform: PlatformName; firstAdmin: string | null },
): Promise<void> {
  const connection = await ensureConnection({ tx: db, organisationId }, workspace)
  if (!firstAdmin) return
  const person = { externalId: firstAdmin }
  const { actor } = await ensureActor(db, connection, person, newId ? { newId } : {})
  await makeAdmin({ tx: db, organisationId }, actor.personId)
}
