import type { Texts } from '../content/load.ts'
import { type DeliveryKind, heldBack } from '../domain/delivery.ts'
import type { Taken } from '../store/batch.ts'
import { welcomeNotice } from '../views/agreement.ts'
import { headcountNotice } from '../views/attendance.ts'
import { checkInNotice } from '../views/checkin.ts'
import { contactNotice } from '../views/contact.ts'
import { digestNotice } from '../views/digest.ts'
import { goodbyeNotice, receiptNotice } from '../views/ending.ts'
import { messageNotice } from '../views/message.ts'
import type { Notice } from '../views/notice.ts'
import { problemNotice } from '../views/roster.ts'
import { changeNotice, reminderNotice } from '../views/session.ts'
import { resultNotice, summaryNotice } from '../views/summary.ts'
import { winNotice } from '../views/win.ts'

/** A message's facts when it is about a running group. */
type InGroup = Taken & { groupId: string; alias: string; timeZone: string }
/** Makes a message as of now, or null when it no longer applies: the person left, the session was cancelled. */
type Compose = (texts: Texts, taken: InGroup, now: Date) => Notice | null
type ComposeAlone = (texts: Texts, taken: Taken) => Notice | null

const isStaffOf = ({ role }: Taken) => role === 'facilitator' || role === 'supervisor'

/** Messages about a group that runs. */
const IN_GROUP: Partial<Record<DeliveryKind, Compose>> = {
  welcome: (texts, taken) => (taken.role === 'member' ? welcomeNotice(texts, groupIn(taken)) : null),
  reminder: (texts, taken, now) =>
    taken.role && taken.role !== 'supervisor' && isAhead(taken) && taken.startsAt && taken.startsAt > now
      ? reminderNotice(texts, { ...sessionIn(taken, taken.startsAt, now), hasPlace: taken.hasPlace })
      : null,
  'session-cancelled': (texts, taken, now) =>
    taken.role && taken.sessionState === 'cancelled' && taken.startsAt
      ? changeNotice(texts, 'session-cancelled', { ...sessionIn(taken, taken.startsAt, now), hasPlace: false })
      : null,
  'session-moved': (texts, taken, now) =>
    taken.role && isAhead(taken) && taken.startsAt
      ? changeNotice(texts, 'session-moved', { ...sessionIn(taken, taken.startsAt, now), hasPlace: taken.hasPlace })
      : null,
  'session-ended': (texts, taken) =>
    taken.role === 'facilitator' && isAhead(taken) && taken.sessionId
      ? headcountNotice(texts, { alias: taken.alias, sessionId: taken.sessionId })
      : null,
  message: (texts, taken) =>
    taken.messageId && taken.messageState !== 'stopped' && taken.messageState !== 'draft' && mayRead(taken)
      ? messageNotice(texts, { alias: taken.alias, messageId: taken.messageId })
      : null,
  'check-in': (texts, taken, now) => composeCheckIn(texts, taken, now, 'check-in'),
  'check-in-nudge': (texts, taken, now) => composeCheckIn(texts, taken, now, 'check-in-nudge'),
  'summary-notice': (texts, taken) => (taken.role === 'facilitator' ? summaryNotice(texts, groupIn(taken)) : null),
  result: (texts, taken) => (taken.role === 'member' ? resultNotice(texts, groupIn(taken)) : null),
  // The backup has no place on the roster: whoever it was planned for may open it, and opening looks again.
  'contact-request': (texts, taken) =>
    taken.contactId && !taken.isContactSeen ? contactNotice(texts, 'contact-request', inContact(taken)) : null,
  'contact-seen': (texts, taken) =>
    taken.contactId && taken.isContactSeen ? contactNotice(texts, 'contact-seen', inContact(taken)) : null,
  'contact-overdue': (texts, taken) =>
    taken.contactId && !taken.isContactSeen ? contactNotice(texts, 'contact-overdue', inContact(taken)) : null,
  'win-waiting': (texts, taken) =>
    taken.role === 'facilitator' ? winNotice(texts, 'win-waiting', groupIn(taken)) : null,
  'win-declined': (texts, taken) => (taken.role === 'member' ? winNotice(texts, 'win-declined', groupIn(taken)) : null),
  'delivery-problem': (texts, taken) =>
    isStaffOf(taken) && (taken.unreachable > 0 || taken.messageId)
      ? problemNotice(texts, { ...groupIn(taken), count: taken.unreachable })
      : null,
}

/** Messages that need no running group. */
const ALONE: Partial<Record<DeliveryKind, ComposeAlone>> = {
  'digest-notice': (texts, { digestId }) => (digestId ? digestNotice(texts, digestId) : null),
  'deletion-receipt': (texts, { receiptId }) => (receiptId ? receiptNotice(texts, receiptId) : null),
  goodbye: (texts, { alias, role, groupId }) =>
    alias && role && groupId ? goodbyeNotice(texts, { alias, groupId }) : null,
}

/** A session that was not cancelled. Its time is looked at by the ledger's own expiry. */
const isAhead = ({ sessionState }: Taken): boolean => sessionState === 'planned'

/** A channel's message has no role; a person's needs one. */
const mayRead = ({ personId, role, channelId }: Taken): boolean => (personId ? role !== null : channelId !== null)

const inContact = ({ contactId, alias }: InGroup) => ({ id: contactId ?? '', alias })
const groupIn = ({ groupId, alias }: InGroup) => ({ id: groupId, alias })
const sessionIn = ({ alias, timeZone, sessionId }: InGroup, startsAt: Date, now: Date) => ({
  alias,
  timeZone,
  startsAt,
  sessionId: sessionId ?? '',
  now,
})

function composeCheckIn(texts: Texts, taken: InGroup, now: Date, kind: 'check-in' | 'check-in-nudge'): Notice | null {
  const { checkInId, checkInState, closesAt, alias, timeZone, role, groupId } = taken
  const contactGroupId = taken.contactHours === null ? null : groupId
  if (role !== 'member' || !checkInId || checkInState !== 'open' || !closesAt) return null
  return checkInNotice(texts, { checkInId, alias, closesAt, timeZone, now, contactGroupId }, kind)
}

/** What to send, or why nothing is sent. */
export function compose(texts: Texts, taken: Taken, now: Date): { notice: Notice } | { dropped: string } {
  if (taken.expiresAt && now >= taken.expiresAt) return { dropped: 'tooLate' }
  const held = heldBack(taken.kind, taken)
  if (held) return { dropped: held }
  const alone = ALONE[taken.kind]?.(texts, taken) ?? null
  const { groupId, alias, timeZone } = taken
  const inGroup =
    groupId !== null && alias !== null && timeZone !== null && !taken.hasEnded
      ? (IN_GROUP[taken.kind]?.(texts, { ...taken, groupId, alias, timeZone }, now) ?? null)
      : null
  const notice = alone ?? inGroup
  return notice ? { notice } : { dropped: 'noLongerApplies' }
}
