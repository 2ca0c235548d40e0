import { reportUnreachable } from '../commands/delivery.ts'
import { runStep, type Services } from '../commands/services.ts'
import { DAY_MS, MINUTE_MS, plus } from '../domain/time.ts'
import { messageOf } from '../errors.ts'
import type { Platform } from '../platform.ts'
import { ensureAccount, findConnection } from '../store/access.ts'
import {
  clearClosed,
  listToLookAt,
  listUntroubled,
  markLookedAt,
  type ToLookAt,
} from '../store/looks.ts'

/** So many a minute over all connections: far below what any platform takes. */
const A_MINUTE = 20

/**
 * Looks up once a day everybody who has a part in a running group: Slack takes messages to a closed
 * account and says nothing, and Teams tells names of those alone who have opened the app.
 */
export type AccountLooks = { run(): Promise<void> }

export function createAccountLooks(
  services: Services,
  platforms: readonly Platform[],
): AccountLooks {
  let lookedAt = Number.NEGATIVE_INFINITY
  return {
    async run() {
      const now = services.clock.now().getTime()
      if (Math.abs(now - lookedAt) < MINUTE_MS) return
      lookedAt = now
      const { db } = services.database
      const since = plus(services.clock.now(), -DAY_MS)
      // Those of other processes are theirs to look at.
      const served = (await listUntroubled(db)).filter(({ platform, externalId }) =>
        platforms.some(({ name, serves }) => name === platform && serves(externalId)),
      )
      const ids = served.map(({ id }) => id)
      for (const one of await listToLookAt(db, ids, since, A_MINUTE))
        await look(services, platforms, one).catch((error: unknown) =>
          services.log.warn('account.look', { reason: messageOf(error).slice(0, 100) }),
        )
    },
  }
}

async function look(
  services: Services,
  platforms: readonly Platform[],
  one: ToLookAt,
): Promise<void> {
  const { database, clock } = services
  const { db } = database
  const { organisationId, personId, connectionId } = one
  const platform = platforms.find(
    ({ name, serves }) => name === one.platform && serves(one.workspaceId),
  )
  const known = platform ? await platform.describe(one.workspaceId, one.externalId, one.near) : null
  await markLookedAt({ tx: db, organisationId }, one.id, clock.now())
  const connection = known && (await findConnection(db, one.platform, one.workspaceId))
  if (!connection) return
  await ensureAccount(db, connection, known)
  if (one.isDeactivated && known.isDeactivated === false)
    await clearClosed({ tx: db, organisationId }, one.id)
  if (known.isDeactivated && !one.isDeactivated)
    await runStep(services, reportUnreachable, organisationId, {
      claimed: { personId, groupId: null, messageId: null },
      connectionId,
      reason: 'accountClosed',
    })
}
