import { defineConfig } from 'vitest/config'

/** Suites with a script of their own. */
const APART = [
  'test/chaos/**/*.test.ts',
  'test/crash/**/*.test.ts',
  'test/large/**/*.test.ts',
  'test/privacy/**/*.test.ts',
  'test/safety/**/*.test.ts',
  'test/security/**/*.test.ts',
]

/** Run by `npm run test:slow` instead, so that `npm test` stays under four minutes. */
export const SLOW = [
  'test/browser/**/*.test.ts',
  'test/cli/check-blocks.test.ts',
  'test/cli/cli.test.ts',
  'test/commands/course.test.ts',
  'test/commands/life.test.ts',
  'test/commands/meanwhile.test.ts',
  'test/domain/contact.test.ts',
  'test/door/busy-checkin.test.ts',
  'test/door/twice.test.ts',
  'test/golden/screens.test.ts',
  'test/jobs/beat.test.ts',
  'test/jobs/downtime.test.ts',
  'test/jobs/faults.test.ts',
  'test/jobs/faults-at-pace.test.ts',
  'test/jobs/keys.test.ts',
  'test/jobs/learnt.test.ts',
  'test/jobs/readiness.test.ts',
  'test/jobs/signals.test.ts',
  'test/jobs/store-clock.test.ts',
  'test/jobs/told.test.ts',
  'test/jobs/zone-data.test.ts',
  'test/store/engine/frozen.test.ts',
  'test/store/engine/pooler.test.ts',
  'test/store/engine/thrown-out.test.ts',
  'test/store/upgrades.test.ts',
]

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: [...SLOW, ...APART],
    globalSetup: ['test/global-setup.ts'],
    setupFiles: ['test/setup.ts'],
    // Processes run file after file: loading the service for each took a quarter of the time. A
    // third one uses what two leave of two cores while they wait for the server.
    pool: 'forks',
    isolate: false,
    maxWorkers: 3,
    // Far above what any takes: a loaded machine must not turn a slow test into a failed one.
    testTimeout: 240_000,
    hookTimeout: 120_000,
  },
})
