import type { Rate } from '../pace.ts'
import type { SlackState, SlackWorkspace } from './state.ts'
import type { Json } from './wire.ts'

/** One method of the Web API. */
export type Method = {
  /** The scope that the call needs; null for none. */
  scope: string | null | ((state: SlackState, args: Json) => string | null)
  /** How often one workspace may call it (docs.slack.dev/apis/web-api/rate-limits). */
  tier: Tier
  /** Counted for each value of this argument besides. */
  perChannel?: Rate
  /** `workspace` is the one that the token is for. */
  run(state: SlackState, workspace: SlackWorkspace, args: Json): Json
}
export type Tier = 'tier2' | 'tier3' | 'tier4' | 'special'

/** Slack promises "so many and a little more" a minute; the simulator takes exactly so many. */
export const TIERS: Record<Tier, Rate> = {
  tier2: { calls: 20, perMs: 60_000 },
  tier3: { calls: 50, perMs: 60_000 },
  tier4: { calls: 100, perMs: 60_000 },
  special: { calls: 300, perMs: 60_000 },
}
