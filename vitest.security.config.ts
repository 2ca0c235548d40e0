import { defineConfig } from 'vitest/config'

/**
 * The security suite: strangers and insiders, a file for each row of the threat model that the privacy suite does
 * not hold.
 */
export default defineConfig({
  test: {
    include: ['test/security/**/*.test.ts'],
    globalSetup: ['test/global-setup.ts'],
    setupFiles: ['test/setup.ts'],
    pool: 'forks',
    isolate: false,
    maxWorkers: 3,
    testTimeout: 180_000,
    hookTimeout: 120_000,
  },
})
