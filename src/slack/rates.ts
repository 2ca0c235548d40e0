import type { Outgoing, Rate } from '../platform.ts'
import { toDirectChannel } from './calls.ts'

/**
 * Slack takes one message a second in a channel, and "several hundred" a minute over a workspace
 * (docs.slack.dev, rate limits).
 */
export function slackRates({ workspaceId, recipient }: Outgoing): readonly Rate[] {
  const target = recipient.type === 'person' ? recipient.externalId : recipient.id
  const toTarget = { key: `slack ${workspaceId} to ${target}`, calls: 1, perMs: 1_000 }
  // conversations.open is tier 3: fifty a minute.
  const isOpening = recipient.type === 'person' && toDirectChannel(recipient.address) === null
  const opening = { key: `slack ${workspaceId} open`, calls: 1, perMs: 1_200 }
  return [toTarget, ...(isOpening ? [opening] : [])]
}

/** Messages a second over a workspace: three hundred a minute at first, up to six hundred. */
const PER_SECOND = { first: 5, least: 1, most: 10 } as const
/** One more a second after so many seconds' worth that Slack took without a wish for patience. */
const RAISE_AFTER_SECONDS = 5
/** Messages that were on their way together are refused together: that is one wish. */
const ONE_WISH_MS = 5_000

/** How much a workspace takes is Slack's to say: what it answers raises and lowers our pace. */
export type SlackPace = {
  workspaceRates(workspaceId: string): readonly Rate[]
  /** It took one. */
  took(workspaceId: string): void
  /** It asked for patience: half as many from now on. */
  tooMany(workspaceId: string): void
}

/** `steadyMs` counts on, whatever a clock is set to. */
export function createSlackPace(steadyMs: () => number = () => performance.now()): SlackPace {
  type Pace = { perSecond: number; taken: number; loweredAt: number }
  const paces = new Map<string, Pace>()
  const of = (workspaceId: string) => {
    const known = paces.get(workspaceId) ?? {
      perSecond: PER_SECOND.first,
      taken: 0,
      loweredAt: Number.NEGATIVE_INFINITY,
    }
    paces.set(workspaceId, known)
    return known
  }
  return {
    workspaceRates: (workspaceId) => [
      { key: `slack ${workspaceId} post`, calls: of(workspaceId).perSecond, perMs: 1_000 },
    ],
    took(workspaceId) {
      const pace = of(workspaceId)
      pace.taken += 1
      if (pace.taken < pace.perSecond * RAISE_AFTER_SECONDS) return
      pace.perSecond = Math.min(PER_SECOND.most, pace.perSecond + 1)
      pace.taken = 0
    },
    tooMany(workspaceId) {
      const pace = of(workspaceId)
      if (steadyMs() - pace.loweredAt < ONE_WISH_MS) return
      pace.loweredAt = steadyMs()
      pace.perSecond = Math.max(PER_SECOND.least, Math.floor(pace.perSecond / 2))
      pace.taken = 0
    },
  }
}

/** Taken up at a time: a second's worth at first. */
export const SLACK_BATCH = 5
