import { runStep, type Services } from '../commands/services.ts'
import { placeDigests, placeGroup } from '../commands/zone-data.ts'
import { MINUTE_MS } from '../domain/time.ts'
import type { JobData } from '../store/engine/queue.ts'
import { isBehind, listRunning, sendBehind } from '../store/zone-data.ts'

/** The zone data of this runtime, such as "2025b"; null: it tells none, and nothing is compared. */
export const ZONE_DATA_HERE: string | null = process.versions.tz ?? null

/**
 * Jobs for all that is left are sent again after so long: one may have come to nothing, and
 * thousands of organisations take some minutes.
 */
const ROUND_MS = 10 * MINUTE_MS

/** Keeps planned instants by the zone data of this runtime. */
export type ZoneData = {
  /** Sends what is left to do, until nothing is. */
  run(): Promise<void>
  /** Makes an organisation's planned instants anew, a group a transaction. May be repeated. */
  place(data: JobData): Promise<void>
}

export function createZoneData(services: Services, version: string | null): ZoneData {
  let isDone = version === null
  return {
    async run() {
      if (isDone || version === null) return
      const round = Math.floor(services.clock.wall().getTime() / ROUND_MS)
      isDone = (await sendBehind(services.database, services.queue, version, round)) === 0
    },
    async place({ organisationId }) {
      if (version === null) return
      const tenant = { tx: services.database.db, organisationId }
      // A newer runtime was here meanwhile: this one knows less.
      if (!(await isBehind(tenant, version))) return
      let moved = 0
      for (const { id } of await listRunning(tenant))
        moved += await runStep(services, placeGroup, organisationId, { groupId: id, version }).then(
          (placed) => placed.moved,
          (error: unknown) => {
            // One group's trouble is not another's; it stays as it was planned.
            services.log.error('zones.failed', error, { group: id })
            return 0
          },
        )
      await runStep(services, placeDigests, organisationId, { version })
      if (moved > 0)
        services.log.warn('zones.moved', { organisation: organisationId, sessions: moved, version })
    },
  }
}
