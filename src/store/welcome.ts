import { LONGEST_WAIT_DAYS } from '../domain/delivery.ts'
import type { Refusal } from '../domain/reasons.ts'
import { DAY_MS, plus } from '../domain/time.ts'
import type { Tenant } from './engine/transaction.ts'
import { Prisma } from './generated/client.ts'
import { callingLane } from './lane.ts'
import { planDeliveries } from './outbox.ts'

/** A person opened the app: the welcomes that could not reach them are planned again. */
export async function reviveWelcomes(
  { tx, organisationId }: Tenant,
  personId: string,
  now: Date,
): Promise<void> {
  const expiresAt = plus(now, LONGEST_WAIT_DAYS * DAY_MS)
  await tx.sql.rows`
    with revived as (update "Delivery" set "state" = 'planned', "reason" = null,
        "notBefore" = null, "endedAt" = null, "expiresAt" = ${expiresAt}
      where "organisationId" = ${organisationId}::uuid and "personId" = ${personId}::uuid
        and "kind" = 'welcome' and "state" = 'failed'
        and "reason" = ${'notOpened' satisfies Refusal}
      returning "organisationId", "connectionId")
    select ${callingLane(Prisma.sql`"organisationId"`, Prisma.sql`"connectionId"`)} from revived
    where "connectionId" is not null group by "organisationId", "connectionId"`
  // Where the first one is no longer in the ledger: a member who has not accepted, and of whom no
  // welcome is on its way or sent.
  const waiting = await tx.prisma.rosterEntry.findMany({
    where: { organisationId, personId, role: 'member', agreedAt: null, group: { endedAt: null } },
    select: { groupId: true },
  })
  const known = await tx.prisma.delivery.findMany({
    where: {
      organisationId,
      personId,
      kind: 'welcome',
      state: { in: ['planned', 'sending', 'sent'] },
    },
    select: { groupId: true },
  })
  const missing = waiting.filter(({ groupId }) => !known.some((row) => row.groupId === groupId))
  const plans = missing.map(({ groupId }) => ({
    organisationId,
    key: `welcome ${groupId} reached ${now.getTime()}`,
    kind: 'welcome' as const,
    personId,
    groupId,
  }))
  await planDeliveries(tx, plans, now)
}
