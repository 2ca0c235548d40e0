import type { Services } from '../commands/services.ts'
import { MINUTE_MS } from '../domain/time.ts'
import { areKeysHere } from '../store/installation.ts'
import { probeStore, type StoreTrouble } from '../store/probe.ts'
import { within } from '../within.ts'

/**
 * Why this process should get no requests now: its store, or a clock by which platforms' requests
 * are refused.
 */
type NotReady = StoreTrouble | 'clock'

/**
 * A trouble that needs a person, and that requests do not need to end: whoever asks for help or
 * wants to leave must not find the door shut for it. `keys`: KEY_DIR is away, another's or full.
 * `tick`: nothing has looked for what is due.
 */
type Trouble = 'keys' | 'tick'

type Readiness = { notReady: NotReady | null; trouble: Trouble | null }

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

/** A look at all that a process needs. It changes a row of its own alone. */
export function createReadiness(
  services: Services,
  clockState: () => ClockState,
  keyRoom: () => Promise<number>,
): () => Promise<Readiness> {
  const { database, ballotKeys } = services
  const probe = shared(() => probeStore(database.db))
  const hasKeys = shared(
    async () =>
      (await areKeysHere(database.db, await ballotKeys.keyStore.id())) &&
      (await keyRoom()) >= LEAST_ROOM_BYTES,
  )
  return async () => {
    const away = (): StoreTrouble => 'store'
    const { aheadMs, tickAgeMs } = clockState()
    const store = await within(LOOK_WITHIN_MS, probe()).catch(away)
    const notReady = store ?? (Math.abs(aheadMs) > MOST_OFF_MS ? 'clock' : null)
    if (notReady !== null) return { notReady, trouble: null }
    if (tickAgeMs > OLDEST_TICK_MS) return { notReady, trouble: 'tick' }
    const isThere = await within(LOOK_WITHIN_MS, hasKeys()).catch(() => false)
    return { notReady, trouble: isThere ? null : 'keys' }
  }
}

/** One look for everybody who asks while it runs, and for a moment after. */
function shared<T>(look: () => Promise<T>): () => Promise<T> {
  let last: { endedAtMs: number | null; result: Promise<T> } | null = null
  return async () => {
    const isOld = last?.endedAtMs && performance.now() - last.endedAtMs > LOOK_EVERY_MS
    if (!last || isOld) {
      const own: NonNullable<typeof last> = { endedAtMs: null, result: look() }
      const end = () => {
        own.endedAtMs = performance.now()
      }
      own.result.then(end, end)
      last = own
    }
    return await last.result
  }
}
