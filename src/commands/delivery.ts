import type { Attempt } from '../domain/delivery.ts'
import type { Outgoing, PlatformName } from '../platform.ts'
import { findRole, getGroup } from '../store/group.ts'
import {
  type Address,
  beginDelivery,
  type DeliveryRow,
  dropDelivery,
  endDelivery,
  findAddress,
  postponeDelivery,
} from '../store/outbox.ts'
import { composeCheckIn } from './checkin.ts'
import { step } from './command.ts'
import { composeDigest } from './digest.ts'
import { composeWelcome } from './group.ts'
import type { Messages } from './messages.ts'
import { composeReminder } from './session.ts'
import { composeSummaryNotice } from './summary.ts'

export const MESSAGES: Messages = {
  welcome: composeWelcome,
  reminder: composeReminder,
  'check-in': composeCheckIn,
  'check-in-nudge': composeCheckIn,
  'digest-notice': composeDigest,
  'summary-notice': composeSummaryNotice,
}

/** A connection that this process has no credentials for is another process's to serve. */
const NOT_SERVED_WAIT_MS = 30_000

export type Ready = { row: DeliveryRow; platform: PlatformName; connectionId: string; outgoing: Outgoing }

/** Takes a message out of the ledger and makes it as of now; null when there is nothing to send. */
export const prepareDelivery = step<
  { deliveryId: string; wall: Date; isServed: (address: Address) => boolean },
  Ready | null
>({
  verb: 'delivery.begin',
  access: { who: 'system' },
  run: async (base, { deliveryId, wall, isServed }) => {
    const { tx, now, organisationId, content } = base
    const row = await beginDelivery(tx, organisationId, deliveryId)
    if (!row) return { result: null }
    const drop = async (reason: string) => {
      await dropDelivery(tx, organisationId, deliveryId, reason)
      return { result: null }
    }
    if (row.expiresAt && now >= row.expiresAt) return await drop('tooLate')
    const address = await findAddress(tx, organisationId, row.personId, wall)
    if (!address) return await drop('noAccount')
    const waitMs = isServed(address) ? address.pausedForMs : NOT_SERVED_WAIT_MS
    if (waitMs > 0) {
      await postponeDelivery(tx, organisationId, deliveryId, waitMs)
      return { result: null }
    }
    const group = row.groupId ? await getGroup(tx, organisationId, row.groupId) : null
    const role = row.groupId ? await findRole(tx, organisationId, row.groupId, row.personId) : null
    const texts = content.textsFor(address.language)
    const notice = await MESSAGES[row.kind]({ tx, now, organisationId, texts, delivery: row, group, role })
    if (!notice) return await drop('noLongerApplies')
    const { platform, connectionId, workspaceId, externalId, conversation } = address
    return { result: { row, platform, connectionId, outgoing: { workspaceId, externalId, conversation, notice } } }
  },
})

/** Writes how sending went. */
export const recordDelivery = step<{ row: DeliveryRow; attempt: Attempt; connectionId: string }, null>({
  verb: 'delivery.end',
  access: { who: 'system' },
  run: async ({ tx, organisationId }, { row, attempt, connectionId }) => {
    await endDelivery(tx, organisationId, row, attempt, connectionId)
    return { result: null }
  },
})
