import { defineConfig } from 'vitest/config'

/** Suites with a script of their own. */
const APART = [
  'test/crash/**/*.test.ts',
  'test/privacy/**/*.test.ts',
  'test/safety/**/*.test.ts',
  'test/security/**/*.test.ts',
]

/** Run by `npm run test:slow` instead, so that `npm test` stays under five minutes. */
export const SLOW = [
  'test/browser/**/*.test.ts',
  'test/cli/cli.test.ts',
  'test/jobs/downtime.test.ts',
]

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: [...SLOW, ...APART],
    globalSetup: ['test/global-setup.ts'],
    setupFiles: ['test/setup.ts'],
    // Two processes run file after file: loading the service for each took a quarter of the time.
    pool: 'forks',
    isolate: false,
    maxWorkers: 2,
    // Far above what any takes: a loaded machine must not turn a slow test into a failed one.
    testTimeout: 90_000,
    hookTimeout: 120_000,
  },
})
