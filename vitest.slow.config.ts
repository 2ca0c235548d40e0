import { defineConfig } from 'vitest/config'
import { SLOW } from './vitest.config.ts'

/** The slower suite: Chromium on the demo's page, and what happens after the service was off. */
export default defineConfig({
  test: {
    include: SLOW,
    globalSetup: ['test/global-setup.ts'],
    setupFiles: ['test/setup.ts'],
    pool: 'forks',
    maxWorkers: 3,
    testTimeout: 240_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 15_000 } },
  },
})
