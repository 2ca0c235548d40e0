import { randomUUID } from 'node:crypto'
import type { Door } from '../commands/door.ts'
import type { Platform } from '../platform.ts'
import { takeBatch } from '../store/batch.ts'
import { findLane, type Lane, type LaneTo, leaseLane, listBusyLanes, releaseLane } from '../store/lane.ts'
import { deliverBatch } from './deliver.ts'
import { createGate, type Gate } from './gate.ts'
import { createPace } from './pace.ts'

/** Messages that one statement takes where the platform lets many go a second; a crash leaves so many in doubt at most. */
const MOST_IN_BATCH = 32
/** A pause that ends within this is waited for here; a longer one is the clock's. */
const LONGEST_NAP_MS = 60_000

export type Lanes = {
  /** Sends what a lane has; at once, or when what it does now is over. Resolves when it is empty, taken or paused. */
  wake(lane: Lane): Promise<void>
  /** Lanes of this process with something to send now. */
  listBusy(): Promise<readonly Lane[]>
  /** Lets running sends end; takes no more. */
  stop(): Promise<void>
}

/**
 * The ways out. Each connection is a lane of its own, so a slow or revoked workspace delays nobody else; a lease in the store
 * lets one process at a time send over it, so its pace holds across machines. `isUnpaced` is for the demo and the tests.
 */
export function createLanes(door: Door, platforms: readonly Platform[], isUnpaced: boolean): Lanes {
  const owner = (door.newId ?? randomUUID)()
  const { db } = door.database
  const pace = isUnpaced ? null : createPace(() => door.clock.wall().getTime())
  const running = new Map<string, { work: Promise<void>; isAgain: boolean }>()
  const naps = new Map<string, NodeJS.Timeout>()
  const known = new Map<string, LaneTo>()
  const gate = createGate(STATEMENTS_AT_ONCE)
  const posts = createGate(POSTS_AT_ONCE)
  let isStopping = false
  const platformOf = ({ platform, externalId }: LaneTo) =>
    platforms.find(({ name, serves }) => name === platform && serves(externalId))

  async function drain(lane: Lane): Promise<void> {
    const to = known.get(lane.connectionId) ?? (await gate(() => findLane(db, lane)))
    // A connection that this process has no credentials for is another process's to serve.
    const platform = to && platformOf(to)
    if (!platform) return
    known.set(lane.connectionId, to)
    const lease = await gate(() => leaseLane(db, lane, owner))
    if (lease.state === 'busy') return
    if (lease.state === 'paused') return nap(lane, lease.forMs)
    if (lease.isHandedOver) pace?.fill(platform.workspaceRates(to.externalId))
    const limit = pace ? platform.batch : MOST_IN_BATCH
    let leasedAt = door.clock.wall().getTime()
    while (!isStopping) {
      if (door.clock.wall().getTime() - leasedAt > RENEW_AFTER_MS) {
        if ((await gate(() => leaseLane(db, lane, owner))).state !== 'leased') return
        leasedAt = door.clock.wall().getTime()
      }
      const batch = await gate(() => takeBatch(db, lane, door.clock.now(), limit))
      if (batch.length === 0) break
      if (
        !(await deliverBatch(
          door,
          { platform, pace, gate, posts: limit > 1 ? posts : AT_WILL, lane, hasTrouble: lease.hasTrouble },
          batch,
        ))
      )
        break
      if (batch.length < limit) break
    }
    const inMs = await gate(() => releaseLane(db, lane, owner, door.clock.now()))
    if (inMs !== null) nap(lane, inMs)
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

  async function drainAgain(lane: Lane): Promise<void> {
    const state = running.get(lane.connectionId)
    do {
      if (state) state.isAgain = false
      await drain(lane).catch((error: unknown) =>
        door.log.error('lane.failed', error, { connection: lane.connectionId }),
      )
    } while (state?.isAgain && !isStopping)
    running.delete(lane.connectionId)
  }

  const lanes: Lanes = {
    async listBusy() {
      const busy = await listBusyLanes(db, door.clock.now())
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
      begun.work = drainAgain(lane)
      await begun.work
    },
    async stop() {
      isStopping = true
      pace?.stop()
      for (const timer of naps.values()) clearTimeout(timer)
      await Promise.all([...running.values()].map(({ work }) => work))
    },
  }
  return lanes
}

/** Of the ten connections that a process has to the store, so that requests and occurrences always find one. */
const STATEMENTS_AT_ONCE = 4

/**
 * Posts under way over all lanes that may send many a second: more only wait in the sockets, cost memory, and take the
 * turns of lanes that may send one a second, which do not queue here.
 */
const POSTS_AT_ONCE = 24

const AT_WILL: Gate = async (work) => await work()

/** Half of the lease. */
const RENEW_AFTER_MS = 15_000

/** Wakes every lane that has something due. */
export async function wakeDue(lanes: Lanes): Promise<void> {
  for (const lane of await lanes.listBusy()) void lanes.wake(lane)
}
