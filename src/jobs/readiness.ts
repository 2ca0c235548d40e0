import type { Services } from '../commands/services.ts'
import { MINUTE_MS } from '../domain/time.ts'
import { areKeysHere } from '../store/installation.ts'
import { probeStore, type StoreTrouble } from '../store/probe.ts'
import { within } from '../within.ts'

/**
 * Why this process should get no requests now: the store, its clock (platforms refuse, or it has
 * not looked for what is due for minutes), or its keys.
 */
export type NotReady = StoreTrouble | 'clock' | 'keys'

/** The state of the clock: how far it is off, and how long ago it looked for what is due. */
export type ClockState = { aheadMs: number; tickAgeMs: number }

/** Probes come every second or two from several sides: they share a look. */
const LOOK_EVERY_MS = 1_000
/** A store or key store that does not answer by then is away. */
const LOOK_WITHIN_MS = 2_000
/** Slack's own rule for requests, and the SDK's for tokens of Microsoft. */
const MOST_OFF_MS = 5 * MINUTE_MS
/** The clock looks twice a minute. */
const OLDEST_TICK_MS = 5 * MINUTE_MS
/** A key takes a block; below this nothing can be opened soon. */
const LEAST_ROOM_BYTES = 1_000_000

/** A look at all that a process needs; null: it is ready. It changes a row of its own alone. */
export function createReadiness(
  services: Services,
  clockState: () => ClockState,
  keyRoom: () => Promise<number>,
): () => Promise<NotReady | null> {
  const { database, ballotKeys } = services
  let last: { atMs: number; look: Promise<NotReady | null> } | null = null
  async function look(): Promise<NotReady | null> {
    const away = (): StoreTrouble => 'store'
    const trouble = await within(LOOK_WITHIN_MS, probeStore(database.db)).catch(away)
    if (trouble !== null) return trouble
    const { aheadMs, tickAgeMs } = clockState()
    if (Math.abs(aheadMs) > MOST_OFF_MS || tickAgeMs > OLDEST_TICK_MS) return 'clock'
    const hasKeys = async () =>
      (await areKeysHere(database.db, await ballotKeys.keyStore.id())) &&
      (await keyRoom()) >= LEAST_ROOM_BYTES
    return (await within(LOOK_WITHIN_MS, hasKeys()).catch(() => false)) ? null : 'keys'
  }
  return async () => {
    const nowMs = performance.now()
    if (!last || nowMs - last.atMs > LOOK_EVERY_MS) last = { atMs: nowMs, look: look() }
    return await last.look
  }
}
