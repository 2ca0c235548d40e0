import type { Texts } from '../content/load.ts'
import { type DeliveryKind, heldBack } from '../domain/delivery.ts'
import type { Drop } from '../domain/reasons.ts'
import type { Claimed } from '../store/batch.ts'
import { welcomeNotice } from '../views/agreement.ts'
import { headcountNotice } from '../views/attendance.ts'
import { checkInNotice } from '../views/checkin.ts'
import { contactNotice } from '../views/contact.ts'
import { digestNotice } from '../views/digest.ts'
import { goodbyeNotice, receiptNotice } from '../views/ending.ts'
import { messageNotice } from '../views/message.ts'
import { nobodyNotice } from '../views/nobody.ts'
import type { Notice } from '../views/notice.ts'
import { removedNotice } from '../views/removed.ts'
import { resultNotice, summaryNotice } from '../views/result.ts'
import { roleNotice } from '../views/role.ts'
import { problemNotice } from '../views/roster.ts'
import { changeNotice, reminderNotice } from '../views/session.ts'
import { winNotice } from '../views/win.ts'

/** A delivery's facts when it is about a running group. */
type InGroup = Claimed & { groupId: string; alias: string; timeZone: string }
/**
 * Makes a notice as of now, or null when it no longer applies: the person left, the session was
 * cancelled.
 */
type Compose<Facts = Claimed> = (texts: Texts, claimed: Facts, now: Date) => Notice | null

const isStaffOf = ({ role }: Claimed) => role === 'facilitator' || role === 'supervisor'

/** For notices about a group that runs. */
const inGroup =
  (composer: Compose<InGroup>): Compose =>
  (texts, claimed, now) => {
    const { groupId, alias, timeZone, hasEnded } = claimed
    if (groupId === null || alias === null || timeZone === null || hasEnded) return null
    return composer(texts, { ...claimed, groupId, alias, timeZone }, now)
  }

/** How each kind is made. A kind without a composer does not compile. */
export const COMPOSERS: Record<DeliveryKind, Compose> = {
  welcome: inGroup((texts, claimed) =>
    claimed.role === 'member' ? welcomeNotice(texts, groupIn(claimed)) : null,
  ),
  reminder: inGroup((texts, claimed, now) =>
    claimed.role &&
    claimed.role !== 'supervisor' &&
    isAhead(claimed) &&
    claimed.startsAt &&
    claimed.startsAt > now
      ? reminderNotice(texts, {
          ...sessionIn(claimed, claimed.startsAt, now),
          hasPlace: claimed.hasPlace,
        })
      : null,
  ),
  'session-cancelled': inGroup((texts, claimed, now) =>
    claimed.role && claimed.sessionState === 'cancelled' && claimed.startsAt
      ? changeNotice(texts, 'session-cancelled', {
          ...sessionIn(claimed, claimed.startsAt, now),
          hasPlace: false,
          isTakenBack: claimed.checkInId !== null,
        })
      : null,
  ),
  'session-moved': inGroup((texts, claimed, now) =>
    claimed.role && isAhead(claimed) && claimed.startsAt
      ? changeNotice(texts, 'session-moved', {
          ...sessionIn(claimed, claimed.startsAt, now),
          hasPlace: claimed.hasPlace,
        })
      : null,
  ),
  'session-ended': inGroup((texts, claimed) =>
    claimed.role === 'facilitator' && isAhead(claimed) && claimed.sessionId
      ? headcountNotice(texts, { alias: claimed.alias, sessionId: claimed.sessionId })
      : null,
  ),
  message: inGroup((texts, claimed) =>
    claimed.messageId &&
    claimed.messageState !== 'stopped' &&
    claimed.messageState !== 'draft' &&
    mayRead(claimed)
      ? messageNotice(texts, { alias: claimed.alias, messageId: claimed.messageId })
      : null,
  ),
  'check-in': inGroup((texts, claimed, now) => composeCheckIn(texts, claimed, now, 'check-in')),
  'check-in-nudge': inGroup((texts, claimed, now) =>
    composeCheckIn(texts, claimed, now, 'check-in-nudge'),
  ),
  'summary-notice': inGroup((texts, claimed) =>
    claimed.role === 'facilitator' ? summaryNotice(texts, groupIn(claimed)) : null,
  ),
  result: inGroup((texts, claimed) =>
    claimed.role === 'member' ? resultNotice(texts, groupIn(claimed)) : null,
  ),
  'contact-request': aboutContact('contact-request', ['waits', 'taken']),
  'contact-reminder': aboutContact('contact-reminder', ['waits', 'taken']),
  'contact-seen': aboutContact('contact-seen', ['taken']),
  'contact-closed': aboutContact('contact-closed', ['closed']),
  'contact-alone': aboutContact('contact-alone', ['waits']),
  'contact-nobody': (texts, { alias, groupId }) =>
    alias && groupId ? nobodyNotice(texts, { alias, id: groupId }) : null,
  'role-changed': (texts, { groupId, alias, hasEnded }) =>
    hasEnded ? null : roleNotice(texts, groupId && alias ? { id: groupId, alias } : null),
  'win-waiting': inGroup((texts, claimed) =>
    claimed.role === 'facilitator' ? winNotice(texts, 'win-waiting', groupIn(claimed)) : null,
  ),
  'win-declined': inGroup((texts, claimed) =>
    claimed.role === 'member' ? winNotice(texts, 'win-declined', groupIn(claimed)) : null,
  ),
  'delivery-problem': inGroup((texts, claimed) =>
    isStaffOf(claimed) && (claimed.unreachable > 0 || claimed.messageId)
      ? problemNotice(texts, { ...groupIn(claimed), count: claimed.unreachable })
      : null,
  ),
  'digest-notice': (texts, { digestId }) => (digestId ? digestNotice(texts, digestId) : null),
  'deletion-receipt': (texts, { receiptId }) =>
    receiptId ? receiptNotice(texts, receiptId) : null,
  // They have no place on the roster any more, unless somebody put them back.
  removed: inGroup((texts, claimed) =>
    claimed.role === null ? removedNotice(texts, groupIn(claimed)) : null,
  ),
  goodbye: (texts, { alias, role, groupId }) =>
    alias && role && groupId ? goodbyeNotice(texts, { alias, groupId }) : null,
}

/** A session that was not cancelled. Its time is looked at by the ledger's own expiry. */
const isAhead = ({ sessionState }: Claimed): boolean => sessionState === 'planned'

/** A channel's notice has no role; a person's needs one. */
const mayRead = ({ personId, role, channelId }: Claimed): boolean =>
  personId ? role !== null : channelId !== null

/**
 * A request outlives its group's end and the places of its people: whoever it was planned for may
 * open it, and opening looks again.
 */
function aboutContact(
  kind: Parameters<typeof contactNotice>[1],
  states: readonly Claimed['contactState'][],
): Compose {
  return (texts, { contactId, alias, contactState }) =>
    contactId && alias && states.includes(contactState)
      ? contactNotice(texts, kind, { id: contactId, alias })
      : null
}

const groupIn = ({ groupId, alias }: InGroup) => ({ id: groupId, alias })
const sessionIn = ({ alias, timeZone, sessionId }: InGroup, startsAt: Date, now: Date) => ({
  alias,
  timeZone,
  startsAt,
  sessionId: sessionId ?? '',
  now,
})

function composeCheckIn(
  texts: Texts,
  claimed: InGroup,
  now: Date,
  kind: 'check-in' | 'check-in-nudge',
): Notice | null {
  const { checkInId, checkInState, closesAt, alias, timeZone, role, groupId } = claimed
  const contactGroupId = claimed.contactHours === null ? null : groupId
  if (role !== 'member' || !checkInId || checkInState !== 'open' || !closesAt) return null
  return checkInNotice(texts, { checkInId, alias, closesAt, timeZone, now, contactGroupId }, kind)
}

/** Makes the notice to send, or says why nothing is sent. */
export function compose(
  texts: Texts,
  claimed: Claimed,
  now: Date,
): { notice: Notice } | { dropped: Drop } {
  if (claimed.expiresAt && now >= claimed.expiresAt) return { dropped: 'tooLate' }
  const held = heldBack(claimed.kind, claimed)
  if (held) return { dropped: held }
  const notice = COMPOSERS[claimed.kind](texts, claimed, now)
  return notice ? { notice } : { dropped: 'noLongerApplies' }
}
