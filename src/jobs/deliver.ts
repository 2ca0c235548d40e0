import { prepareDelivery, recordDelivery } from '../commands/delivery.ts'
import { type Door, runStep } from '../commands/door.ts'
import type { Attempt } from '../domain/delivery.ts'
import { PlatformError } from '../errors.ts'
import type { Platform } from '../platform.ts'
import type { JobData } from '../store/queue.ts'

/** Sends one message: takes it from the ledger, sends it outside any transaction, writes how it went. */
export async function deliver(
  door: Door,
  platforms: readonly Platform[],
  { organisationId, id }: JobData,
): Promise<void> {
  const ready = await runStep(door, prepareDelivery, organisationId, {
    deliveryId: id,
    wall: door.clock.wall(),
    isServed: (address) =>
      platforms.some((platform) => platform.name === address.platform && platform.serves(address.workspaceId)),
  })
  if (!ready) return
  const platform = platforms.find(({ name, serves }) => name === ready.platform && serves(ready.outgoing.workspaceId))
  const attempt: Attempt = platform
    ? await tryToSend(door, platform, ready.outgoing)
    : { outcome: 'refused', isGone: false, retryAfterMs: null, reason: 'platformNotRunning' }
  await runStep(door, recordDelivery, organisationId, { row: ready.row, attempt, connectionId: ready.connectionId })
  door.log.info('delivery', {
    kind: ready.row.kind,
    delivery: id,
    outcome: attempt.outcome,
    reason: 'reason' in attempt ? attempt.reason : null,
  })
}

async function tryToSend(door: Door, platform: Platform, outgoing: Parameters<Platform['send']>[0]): Promise<Attempt> {
  try {
    await platform.send(outgoing)
    return { outcome: 'sent' }
  } catch (error) {
    if (!(error instanceof PlatformError)) {
      door.log.error('delivery.failed', error, { platform: platform.name })
      return { outcome: 'unknown', reason: 'unexpected' }
    }
    if (error.isUnknown) return { outcome: 'unknown', reason: error.message }
    return { outcome: 'refused', isGone: error.isGone, retryAfterMs: error.retryAfterMs, reason: error.message }
  }
}
