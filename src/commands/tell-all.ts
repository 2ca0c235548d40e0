import type { DeliveryPlan } from '../store/outbox.ts'
import { listRoster } from '../store/roster.ts'
import type { Base } from './command.ts'

/**
 * One notice to each member and facilitator about a changed session; useless once it would have
 * begun.
 */
export async function tellAll(
  base: Base,
  { id, groupId }: { id: string; groupId: string },
  kind: 'session-cancelled' | 'session-moved',
  expiresAt: Date,
): Promise<DeliveryPlan[]> {
  const { newId } = base
  const change = newId()
  const roster = await listRoster(base, groupId)
  return roster
    .filter((entry) => entry.role !== 'supervisor' && !entry.isBot && !entry.isDeactivated)
    .map(({ personId }) => ({
      key: `${kind} ${id} ${change}`,
      kind,
      personId,
      groupId,
      sessionId: id,
      expiresAt,
    }))
}
