import { afterAll, vi } from 'vitest'

// The whole Teams suite once more, on the other library. Under names of their own: a worker that has
// run these files has them in memory, and would find no tests in them.
vi.stubEnv('TEST_TEAMS_TRANSPORT', 'teams-apps')
afterAll(() => void vi.unstubAllEnvs())
for (const file of ['teams', 'first-contact', 'tokens'])
  await import(/* @vite-ignore */ `./${file}.test.ts?on=teams-apps`)
