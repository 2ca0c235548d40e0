import { defineConfig } from 'vitest/config'

/**
 * The crash suite: processes and a database server are killed while messages go out. One file, one
 * thing at a time.
 */
export default defineConfig({
  test: {
    include: ['test/crash/**/*.test.ts'],
    globalSetup: ['test/global-setup.ts'],
    setupFiles: ['test/setup.ts'],
    pool: 'forks',
    maxWorkers: 1,
    testTimeout: 240_000,
    hookTimeout: 120_000,
  },
})
