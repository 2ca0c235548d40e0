import type { Measured } from './measured.ts'

/** Every bench, in the order of docs/measured.md. */
export const BENCHES = {
  ack: () => import('./ack.ts'),
  statements: () => import('./statements.ts'),
  cpu: () => import('./cpu.ts'),
  ballot: () => import('./ballot.ts'),
  release: () => import('./release.ts'),
  fanout: () => import('./fanout.ts'),
  summary: () => import('./summary.ts'),
  staff: () => import('./staff.ts'),
  tick: () => import('./tick.ts'),
  start: () => import('./start.ts'),
} satisfies Record<string, () => Promise<{ run: () => Promise<Measured> }>>

export type BenchName = keyof typeof BENCHES
