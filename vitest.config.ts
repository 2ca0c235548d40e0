import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Needs Chromium, and a script of its own: npm run test:browser.
    exclude: ['test/browser/**'],
    globalSetup: ['test/global-setup.ts'],
    // Each file is its own process: the embedded store sets V8 flags, and tests kill and start processes of their own.
    pool: 'forks',
    maxWorkers: 2,
    // Far above what any takes: a loaded machine must not turn a slow test into a failed one.
    testTimeout: 90_000,
    hookTimeout: 120_000,
  },
})
