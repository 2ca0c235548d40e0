import type { Reader, Tenant } from './engine/transaction.ts'

/** Notices by which people know of a session. */
const ANNOUNCING = ['reminder', 'session-moved', 'session-cancelled']

/**
 * Those of some sessions of which anybody was told anything, or may have been. The ledger forgets
 * (`domain/retention.ts`), long after a session's own reminders.
 */
export async function listAnnounced(
  { tx, organisationId }: Tenant<Reader>,
  sessionIds: readonly string[],
): Promise<Set<string>> {
  if (sessionIds.length === 0) return new Set()
  const rows = await tx.prisma.delivery.findMany({
    where: {
      organisationId,
      sessionId: { in: [...sessionIds] },
      kind: { in: ANNOUNCING },
      OR: [{ state: { in: ['sending', 'sent'] } }, { lostAnswers: { gt: 0 } }],
    },
    distinct: ['sessionId'],
    select: { sessionId: true },
  })
  return new Set(rows.flatMap(({ sessionId }) => sessionId ?? []))
}
