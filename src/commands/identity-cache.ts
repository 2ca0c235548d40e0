import type { Incoming } from '../platform.ts'
import type { Actor, ConnectionRow } from '../store/access.ts'

/** Somebody as the store knew them a moment ago. */
export type Identity = { connection: ConnectionRow; actor: Actor }

export type IdentityCache = {
  /** The connection of a workspace, looked up when it was not within the last half minute; null when it is not connected. */
  connection(incoming: Incoming, look: () => Promise<ConnectionRow | null>): Promise<ConnectionRow | null>
  /** Who this is, when they were met within the last half minute and say nothing new of themselves; else null. */
  find(incoming: Incoming): Identity | null
  keep(incoming: Incoming, who: Identity): void
  /** After an organisation's settings changed: everybody meets the new ones. */
  forget(): void
}

/** Long enough for a few commands in a row; a connection or a language that changes is noticed soon after. */
const REMEMBER_MS = 30_000
/** Everybody of a large organisation who types within half a minute. */
const MOST = 10_000

/**
 * Remembers which organisation a workspace belongs to, which does not change, and who was met, for answers that are the same for everybody: those ask the store nothing. Never for anything that
 * depends on a role. In this process's memory alone. `wall` is the wall clock.
 */
export function createIdentityCache(wall: () => Date): IdentityCache {
  const connections = new Map<string, { connection: ConnectionRow; until: number }>()
  const met = new Map<string, { who: Identity; said: string; until: number }>()
  const keyOf = ({ platform, workspaceId, sender }: Incoming) => `${platform} ${workspaceId} ${sender.externalId}`
  return {
    async connection({ platform, workspaceId }, look) {
      const key = `${platform} ${workspaceId}`
      const known = connections.get(key)
      if (known && known.until > wall().getTime()) return known.connection
      const connection = await look()
      // Only what is there: a made-up workspace takes no place.
      if (connection) connections.set(key, { connection, until: wall().getTime() + REMEMBER_MS })
      return connection
    },
    find(incoming) {
      const known = met.get(keyOf(incoming))
      const isFresh = known !== undefined && known.until > wall().getTime()
      return isFresh && known.said === JSON.stringify(incoming.sender) ? known.who : null
    },
    forget() {
      connections.clear()
      met.clear()
    },
    keep(incoming, who) {
      const key = keyOf(incoming)
      met.delete(key)
      const oldest = met.keys().next().value
      if (met.size >= MOST && oldest !== undefined) met.delete(oldest)
      met.set(key, { who, said: JSON.stringify(incoming.sender), until: wall().getTime() + REMEMBER_MS })
    },
  }
}
