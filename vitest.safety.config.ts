import { defineConfig } from 'vitest/config'

/** The hazards of docs/safety.md, played to their end, and a property that holds in any order of things. */
export default defineConfig({
  test: {
    include: ['test/safety/**/*.test.ts'],
    globalSetup: ['test/global-setup.ts'],
    setupFiles: ['test/setup.ts'],
    pool: 'forks',
    isolate: false,
    maxWorkers: 3,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
})
