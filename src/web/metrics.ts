import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { HttpHandler } from '../platform.ts'

/**
 * The counters. Nothing about check-ins being opened or answered, and no label that names a person
 * or group.
 */
export type Metrics = {
  handle: HttpHandler
  commandDone(facts: { platform: string; verb: string; outcome: string; ms: number }): void
}

export function createMetrics(readPending: () => Promise<number>): Metrics {
  const registry = new Registry()
  const commands = new Counter({
    name: 'groupwell_commands_total',
    help: 'Commands by platform, verb and outcome.',
    labelNames: ['platform', 'verb', 'outcome'],
    registers: [registry],
  })
  const duration = new Histogram({
    name: 'groupwell_command_seconds',
    help: 'Time from parsed request to reply.',
    labelNames: ['platform'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2],
    registers: [registry],
  })
  new Gauge({
    name: 'groupwell_deliveries_pending',
    help: 'Messages that could be sent now.',
    registers: [registry],
    async collect() {
      this.set(await readPending())
    },
  })
  return {
    handle: async (_request, response) => {
      const body = await registry.metrics()
      response.writeHead(200, { 'content-type': registry.contentType }).end(body)
    },
    commandDone({ platform, verb, outcome, ms }) {
      commands.inc({ platform, verb, outcome })
      duration.observe({ platform }, ms / 1000)
    },
  }
}
