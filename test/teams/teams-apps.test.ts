import { afterAll, vi } from 'vitest'

// The whole Teams suite once more, on the other library.
vi.stubEnv('TEST_TEAMS_TRANSPORT', 'teams-apps')
afterAll(() => void vi.unstubAllEnvs())
await import('./teams.test.ts')
await import('./first-contact.test.ts')
await import('./tokens.test.ts')
