import type { Services } from '../commands/services.ts'
import type { Platform } from '../platform.ts'
import { claimBatch } from '../store/batch.ts'
import {
  findLane,
  hearLanes,
  type Lane,
  type LaneTo,
  leaseLane,
  listBusyLanes,
  releaseLane,
} from '../store/lane.ts'
import { deliverBatch, type Losses } from './deliver.ts'
import type { RateLimiter } from './rate-limit.ts'
import { createSemaphore, WIDE_OPEN } from './semaphore.ts'

/** Notices that one statement takes where no pace is kept. */
const UNPACED_BATCH = 20
/** A pause that ends within this is waited for here; a longer one is the clock's. */
const LONGEST_NAP_MS = 60_000

export type Lanes = {
  /**
   * Sends what a lane has; at once, or when what it does now is over. Resolves when it is empty,
   * taken or paused.
   */
  wake(lane: Lane): Promise<void>
  /** Wakes lanes of this process from now on when any process has something for them. */
  listen(): Promise<void>
  /** Lanes that this process is at. */
  countRunning(): number
  /** Lanes of this process with something to send now. */
  listBusy(): Promise<readonly Lane[]>
  /** Lets running sends end; takes no more. */
  stop(): Promise<void>
}

/**
 * The ways out. Each connection is a lane of its own, so a slow or revoked workspace delays nobody
 * else; a lease in the store lets one process at a time, its `owner`, send over it, so its pace
 * holds across machines. No `rateLimiter`: for platforms that keep no limits.
 */
export function createLanes(
  services: Services,
  platforms: readonly Platform[],
  { rateLimiter, owner }: { rateLimiter: RateLimiter | null; owner: string },
): Lanes {
  const { db } = services.database
  const running = new Map<string, { work: Promise<void>; isAgain: boolean }>()
  const naps = new Map<string, NodeJS.Timeout>()
  const known = new Map<string, LaneTo>()
  const losses = new Map<string, Losses>()
  const statements = createSemaphore(STATEMENTS_AT_ONCE)
  const batches = createSemaphore(BATCHES_AT_ONCE)
  let isStopping = false
  let deafen = async () => {}
  const platformOf = ({ platform, externalId }: LaneTo) =>
    platforms.find(({ name, serves }) => name === platform && serves(externalId))

  async function sendWaiting(lane: Lane): Promise<void> {
    const to = known.get(lane.connectionId) ?? (await statements.within(() => findLane(db, lane)))
    if (!to) return
    known.set(lane.connectionId, to)
    // A connection that this process has no credentials for is another process's to serve.
    const platform = platformOf(to)
    if (!platform) return
    const lease = await statements.within(() => leaseLane(db, lane, owner))
    if (lease.state === 'busy') return
    if (lease.state === 'paused') return nap(lane, lease.forMs)
    const way = wayOf(platform, to, lease)
    if (lease.isHandedOver) rateLimiter?.fill(way.rates())
    try {
      await sendAll(lane, way)
    } finally {
      const inMs = await statements.within(() => releaseLane(db, lane, owner, services.clock.now()))
      if (inMs !== null) nap(lane, inMs)
    }
  }

  function wayOf(platform: Platform, to: LaneTo, { hasTrouble }: { hasTrouble: boolean }) {
    const width = rateLimiter ? platform.batch : UNPACED_BATCH
    const places = width > 1 ? batches : WIDE_OPEN
    const rates = () => platform.workspaceRates(to.externalId)
    const lost = losses.get(to.connectionId) ?? { inARow: 0, forbidden: new Set() }
    losses.set(to.connectionId, lost)
    return { platform, rateLimiter, statements, lane: to, hasTrouble, lost, width, places, rates }
  }

  /**
   * Sends until there is nothing left or nothing may be sent. A notice is claimed only when its
   * place is free and its turn is `LEAD_MS` away: what stands in `sending` is on the wire or about
   * to be, so a crash leaves no more than that in doubt.
   */
  async function sendAll(lane: Lane, way: ReturnType<typeof wayOf>): Promise<void> {
    let leasedAt = services.clock.wall().getTime()
    while (!isStopping) {
      if (services.clock.wall().getTime() - leasedAt > RENEW_AFTER_MS) {
        if ((await statements.within(() => leaseLane(db, lane, owner))).state !== 'leased') return
        leasedAt = services.clock.wall().getTime()
      }
      const room = rateLimiter ? await rateLimiter.room(way.rates(), way.width, LEAD_MS) : way.width
      const claimAndSend = async () => {
        const batch = await statements.within(() =>
          claimBatch(db, lane, services.clock.now(), room),
        )
        return (
          batch.length > 0 && (await deliverBatch(services, way, batch)) && batch.length === room
        )
      }
      if (room === 0 || !(await way.places.within(claimAndSend, LONGEST_PLACE_MS))) return
    }
  }

  function nap(lane: Lane, ms: number): void {
    if (isStopping || ms > LONGEST_NAP_MS || naps.has(lane.connectionId)) return
    naps.set(
      lane.connectionId,
      setTimeout(
        () => {
          naps.delete(lane.connectionId)
          void lanes.wake(lane)
        },
        Math.max(0, Math.ceil(ms)),
      ),
    )
  }

  async function keepSending(lane: Lane): Promise<void> {
    const state = running.get(lane.connectionId)
    do {
      if (state) state.isAgain = false
      await sendWaiting(lane).catch((error: unknown) =>
        services.log.error('lane.failed', error, { connection: lane.connectionId }),
      )
    } while (state?.isAgain && !isStopping)
    running.delete(lane.connectionId)
  }

  const lanes: Lanes = {
    async listen() {
      deafen = await hearLanes(services.database, (lane) => void lanes.wake(lane))
    },
    countRunning: () => running.size,
    async listBusy() {
      const busy = await listBusyLanes(db, services.clock.now())
      return busy.filter((lane) => platformOf(lane) !== undefined)
    },
    async wake(lane) {
      if (isStopping) return
      const state = running.get(lane.connectionId)
      if (state) {
        state.isAgain = true
        return await state.work
      }
      const begun = { work: Promise.resolve(), isAgain: false }
      running.set(lane.connectionId, begun)
      begun.work = keepSending(lane)
      await begun.work
    },
    async stop() {
      isStopping = true
      rateLimiter?.stop()
      for (const timer of naps.values()) clearTimeout(timer)
      await Promise.all([...running.values()].map(({ work }) => work))
      await deafen()
    },
  }
  return lanes
}

/**
 * Of the ten connections that a process has to the store, so that requests and occurrences always
 * find one.
 */
const STATEMENTS_AT_ONCE = 6

/**
 * Batches under way over all lanes that may send many a second: more only wait in the sockets, cost
 * memory, and make lanes that may send one a second, which do not queue here, miss theirs.
 */
const BATCHES_AT_ONCE = 8
/**
 * A batch that hangs keeps its place no longer, so that those behind it do not wait for somebody
 * else's trouble.
 */
const LONGEST_PLACE_MS = 500

/**
 * A notice is claimed so long before its turn: about what claiming costs when the store is busy.
 */
const LEAD_MS = 100

/** Half of the lease. */
const RENEW_AFTER_MS = 15_000

/** Wakes every lane that has something due. */
export async function wakeDue(lanes: Lanes): Promise<void> {
  for (const lane of await lanes.listBusy()) void lanes.wake(lane)
}
