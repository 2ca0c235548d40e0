import type { Content } from '../content/load.ts'
import { sendAt } from '../domain/delivery.ts'
import { afterQuiet, readQuiet } from '../domain/quiet.ts'
import type { Drop, Refusal } from '../domain/reasons.ts'
import { DAY_MS } from '../domain/time.ts'
import { ownZone } from '../domain/zone.ts'
import type { Outgoing } from '../platform.ts'
import type { Claimed } from '../store/batch.ts'
import type { DeliveryPlan } from '../store/outbox.ts'
import { markUnreachable } from '../store/people.ts'
import { listGroupsOf, listStaffOf } from '../store/roster.ts'
import { step } from './command.ts'
import { lookAgain, together } from './contact-path.ts'
import { compose } from './notices.ts'

/**
 * A notice ready to go, or why it does not go, or when it may: quiet hours may have begun while it
 * waited.
 */
export function prepare(
  content: Content,
  claimed: Claimed,
  now: Date,
): { outgoing: Outgoing } | { dropped: Drop } | { later: Date } {
  const texts = content.textsFor(claimed.language)
  const composed = compose(texts, claimed, now)
  if ('dropped' in composed) return composed
  const { language } = texts
  const at = sendAt(claimed.kind, now, afterQuiet(now, quietOf(claimed)), claimed.expiresAt)
  if (at === null) return { dropped: 'quietHours' }
  if (at > now) return { later: at }
  const { workspaceId, externalId, address, channelId, channelAddress } = claimed
  if (claimed.personId === null) {
    if (!channelId) return { dropped: 'noChannel' }
    return {
      outgoing: {
        workspaceId,
        recipient: { type: 'channel', id: channelId, address: channelAddress },
        language,
        ...composed,
      },
    }
  }
  if (externalId === null) return { dropped: 'noAccount' }
  return {
    outgoing: {
      workspaceId,
      recipient: { type: 'person', externalId, address },
      language,
      ...composed,
    },
  }
}

const quietOf = ({ quietFrom, quietUntil, personZone, groupZone }: Claimed) =>
  readQuiet(quietFrom, quietUntil, ownZone(personZone, groupZone).timeZone)

/**
 * Somebody, or a group's channel, cannot be reached any more: it is marked, and the facilitators of
 * the groups concerned are told how many, once a day. Where a group has no facilitator who can be
 * reached, its supervisors are.
 */
export const reportUnreachable = step<
  {
    claimed: Pick<Claimed, 'personId' | 'groupId' | 'messageId'>
    connectionId: string
    reason: Refusal
  },
  null
>({
  verb: 'delivery.unreachable',
  access: { who: 'system' },
  run: async (base, { claimed, connectionId, reason }) => {
    const { now } = base
    if (claimed.personId) await markUnreachable(base, connectionId, claimed.personId, reason)
    const groupIds = claimed.personId
      ? await listGroupsOf(base, claimed.personId)
      : [claimed.groupId ?? '']
    const day = Math.floor(now.getTime() / DAY_MS)
    const deliveries: DeliveryPlan[] = []
    for (const groupId of groupIds) {
      const about = claimed.personId
        ? {}
        : claimed.messageId
          ? { messageId: claimed.messageId }
          : {}
      for (const personId of await listStaffOf(base, groupId))
        deliveries.push({
          key: `problem ${groupId} ${claimed.personId ? 'people' : 'channel'} ${day}`,
          kind: 'delivery-problem',
          personId,
          groupId,
          ...about,
        })
    }
    // Requests that stand before them go to the next who is there.
    return { ...together([await lookAgain(base), { deliveries }]), result: null }
  },
})
