import type { Outgoing, Rate } from '../platform.ts'

/**
 * Microsoft's limits for one app (learn.microsoft.com, rate limits for bots): per tenant, and per
 * conversation.
 */
export function teamsRates({ workspaceId, recipient }: Outgoing): readonly Rate[] {
  const target = recipient.type === 'person' ? recipient.externalId : recipient.id
  const key = `teams ${workspaceId} to ${target}`
  return [
    { key, calls: 7, perMs: 1_000 },
    { key, calls: 8, perMs: 2_000 },
    { key, calls: 60, perMs: 30_000 },
  ]
}

export function workspaceRates(workspaceId: string): readonly Rate[] {
  return [{ key: `teams ${workspaceId} post`, calls: 50, perMs: 1_000 }]
}

/** Taken up at a time: a fifth of a second's worth. */
export const TEAMS_BATCH = 10
