import { LRUCache } from 'lru-cache'
import type { Incoming } from '../platform.ts'
import type { Actor, ConnectionRow } from '../store/access.ts'

/** Somebody as the store knew them a moment ago. */
type Identity = { connection: ConnectionRow; actor: Actor }

export type IdentityCache = {
  /**
   * A workspace's connection, looked up when it was not within the last half minute; null: not
   * connected.
   */
  connection(
    incoming: Incoming,
    look: () => Promise<ConnectionRow | null>,
  ): Promise<ConnectionRow | null>
  /**
   * The person, when they were met within the last half minute and say nothing new of themselves;
   * else null.
   */
  find(incoming: Incoming): Identity | null
  keep(incoming: Incoming, identity: Identity): void
  /** After an organisation's settings changed: everybody meets the new ones. */
  forget(): void
}

/**
 * Long enough for a few commands in a row; a connection or a language that changes is noticed soon
 * after.
 */
const REMEMBER_MS = 30_000
/** Everybody of a large organisation who types within half a minute. */
const MOST = 10_000

/**
 * Remembers which organisation a workspace belongs to, which does not change, and who was met, for
 * answers that are the same for everybody: those ask the store nothing. Never for anything that
 * depends on a role. In this process's memory alone. `wall` is the wall clock.
 */
export function createIdentityCache(wall: () => Date): IdentityCache {
  // Its clock is ours, asked each time: tests set it.
  const limits = {
    max: MOST,
    ttl: REMEMBER_MS,
    ttlResolution: 0,
    perf: { now: () => wall().getTime() },
  }
  const connections = new LRUCache<string, ConnectionRow>(limits)
  const met = new LRUCache<string, { identity: Identity; said: string }>(limits)
  const workspaceOf = ({ platform, workspaceId }: Incoming) => `${platform} ${workspaceId}`
  const personOf = (incoming: Incoming) => `${workspaceOf(incoming)} ${incoming.sender.externalId}`
  return {
    async connection(incoming, look) {
      const known = connections.get(workspaceOf(incoming))
      if (known) return known
      const connection = await look()
      // Only what is there: a made-up workspace takes no place.
      if (connection) connections.set(workspaceOf(incoming), connection)
      return connection
    },
    find(incoming) {
      const known = met.get(personOf(incoming))
      return known?.said === JSON.stringify(incoming.sender) ? known.identity : null
    },
    keep(incoming, identity) {
      met.set(personOf(incoming), { identity, said: JSON.stringify(incoming.sender) })
    },
    forget() {
      connections.clear()
      met.clear()
    },
  }
}
