import { defineConfig } from 'vitest/config'

/**
 * The tests that kill mutants of the ballot, the gate and the statistics: Stryker runs it once for each (npm
 * run test:mutation).
 */
export default defineConfig({
  test: {
    include: [
      'test/ballot/**/*.test.ts',
      'test/domain/{change,course,disclosure}.test.ts',
      'test/domain/gate-edges.test.ts',
    ],
    // No store is needed; the helpers ask whether there is one.
    provide: { hasPostgres: false, embeddedTemplate: '', postgresTemplate: '', isMutating: true },
    // One process for all of it: starting more takes longer than the tests.
    pool: 'threads',
    isolate: false,
    maxWorkers: 1,
    testTimeout: 10_000,
  },
})
