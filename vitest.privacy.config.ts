import { defineConfig } from 'vitest/config'

/**
 * The privacy suite: attacks on what is stored and on what is shown, each with a control that must
 * fail.
 */
export default defineConfig({
  test: {
    include: ['test/privacy/**/*.test.ts'],
    globalSetup: ['test/global-setup.ts'],
    setupFiles: ['test/setup.ts'],
    pool: 'forks',
    isolate: false,
    maxWorkers: 3,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
})
