import { defineConfig } from 'vitest/config'

/**
 * A store of many organisations, made inside the server. LARGE=1: 5,000 of them and ten million
 * rows in the ledger; left out, a twentieth of that.
 */
export default defineConfig({
  test: {
    include: ['test/large/**/*.test.ts'],
    globalSetup: ['test/global-setup.ts'],
    setupFiles: ['test/setup.ts'],
    pool: 'forks',
    maxWorkers: 1,
    testTimeout: 1_800_000,
    hookTimeout: 3_600_000,
  },
})
