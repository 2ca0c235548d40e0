import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { HttpHandler } from '../platform.ts'
import type { Signals } from '../store/signals.ts'
import { within } from '../within.ts'

/**
 * The counters. Nothing about check-ins being opened or answered, and no label that names a person
 * or group.
 */
export type Metrics = {
  handle: HttpHandler
  /** A request that no command was run for. */
  requestRejected(platform: string, reason: string): void
  commandDone(facts: { platform: string; verb: string; outcome: string; ms: number }): void
  /** One attempt to send a notice, or why none was made. */
  delivered(platform: string, outcome: string, reason: string): void
  jobFailed(queue: string): void
  /** The clock has looked for what is due. */
  ticked(): void
  /** How long ago that was, in ms; before the first time, since the start. */
  tickAgeMs(): number
}

/** The sources of what is read when somebody asks; each may fail, and the others are told. */
export type Sources = {
  signals(): Promise<Signals>
  /** Free room where keys are written, in bytes. */
  keyRoom(): Promise<number>
  /** The wall clock, in ms. */
  wallMs(): number
}

/** A store that does not answer by then is told as one that is away. */
const READ_WITHIN_MS = 2_000

export function createMetrics(sources: Sources): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  const commands = new Counter({
    name: 'groupwell_commands_total',
    help: 'Commands by platform, verb and outcome.',
    labelNames: ['platform', 'verb', 'outcome'],
    registers,
  })
  const duration = new Histogram({
    name: 'groupwell_command_seconds',
    help: 'Time from parsed request to reply.',
    labelNames: ['platform'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2],
    registers,
  })
  const rejected = new Counter({
    name: 'groupwell_requests_rejected_total',
    help: 'Requests that no command was run for, by platform and reason.',
    labelNames: ['platform', 'reason'],
    registers,
  })
  const deliveries = new Counter({
    name: 'groupwell_deliveries_total',
    help: 'Attempts to send a message, by platform, outcome and reason.',
    labelNames: ['platform', 'outcome', 'reason'],
    registers,
  })
  const failures = new Counter({
    name: 'groupwell_job_failures_total',
    help: 'Jobs that failed and are tried again, by queue.',
    labelNames: ['queue'],
    registers,
  })
  let tickedAtMs = sources.wallMs()
  const tickAgeMs = () => sources.wallMs() - tickedAtMs
  new Gauge({
    name: 'groupwell_tick_age_seconds',
    help: 'Time since the clock last looked for what is due: half a minute at most.',
    registers,
    collect() {
      this.set(tickAgeMs() / 1_000)
    },
  })
  const readAll = storeGauges(registry, sources)
  return {
    handle: async (_request, response) => {
      await readAll()
      const body = await registry.metrics()
      response.writeHead(200, { 'content-type': registry.contentType }).end(body)
    },
    requestRejected: (platform, reason) => rejected.inc({ platform, reason }),
    commandDone({ platform, verb, outcome, ms }) {
      commands.inc({ platform, verb, outcome })
      duration.observe({ platform }, ms / 1000)
    },
    delivered: (platform, outcome, reason) => deliveries.inc({ platform, outcome, reason }),
    jobFailed: (queue) => failures.inc({ queue }),
    ticked() {
      tickedAtMs = sources.wallMs()
    },
    tickAgeMs,
  }
}

type Plain = Exclude<keyof Signals, 'troubled'>
const STORE_GAUGES: Readonly<Record<Plain, { name: string; help: string }>> = {
  overdueSeconds: {
    name: 'groupwell_overdue_seconds',
    help: 'How long the oldest thing that is due has waited.',
  },
  pending: { name: 'groupwell_deliveries_pending', help: 'Messages that could be sent now.' },
  retrying: {
    name: 'groupwell_deliveries_retrying',
    help: 'Messages that wait for another attempt.',
  },
  waitingSeconds: {
    name: 'groupwell_delivery_wait_seconds',
    help: 'How long the oldest message has waited that could go out or be tried again.',
  },
  making: { name: 'groupwell_units_making', help: 'Results that are being made.' },
  makingSeconds: {
    name: 'groupwell_units_making_seconds',
    help: 'How long ago the oldest check-in closed whose result is not made.',
  },
  waitingForKey: {
    name: 'groupwell_units_waiting_for_key',
    help: 'Results whose key cannot be read.',
  },
  lost: { name: 'groupwell_units_lost', help: 'Results that are kept as lost.' },
  clockOffsetSeconds: {
    name: 'groupwell_clock_offset_seconds',
    help: 'Clock of this host less that of the store.',
  },
}

/** Gauges of what the store says; the last that it said stands while it is away. */
function storeGauges(registry: Registry, sources: Sources): () => Promise<void> {
  const registers = [registry]
  const gauges = Object.fromEntries(
    Object.entries(STORE_GAUGES).map(([key, { name, help }]) => [
      key,
      new Gauge({ name, help, registers }),
    ]),
  ) as Record<Plain, Gauge>
  const troubled = new Gauge({
    name: 'groupwell_connections_troubled',
    help: 'Workspaces and tenants that take nothing, by platform.',
    labelNames: ['platform'],
    registers,
  })
  const up = new Gauge({
    name: 'groupwell_store_up',
    help: 'Whether the store answered just now.',
    registers,
  })
  const room = new Gauge({
    name: 'groupwell_key_room_bytes',
    help: 'Free room where keys are written; NaN: it cannot be read.',
    registers,
  })
  return async () => {
    const [signals, free] = await Promise.all([
      within(READ_WITHIN_MS, sources.signals()).catch(() => null),
      within(READ_WITHIN_MS, sources.keyRoom()).catch(() => null),
    ])
    up.set(signals ? 1 : 0)
    room.set(free ?? Number.NaN)
    if (!signals) return
    for (const key of Object.keys(gauges) as Plain[]) gauges[key].set(signals[key])
    for (const { platform, count } of signals.troubled) troubled.set({ platform }, count)
  }
}
