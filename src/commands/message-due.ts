import type { Due } from '../domain/occurrence.ts'
import { nextStart } from '../domain/recurrence.ts'
import { DAY_MS, plus } from '../domain/time.ts'
import { UserError } from '../errors.ts'
import { type GroupRow, getGroup } from '../store/group.ts'
import { lockMessage, type MessageRow, setMessageState } from '../store/message.ts'
import type { DeliveryPlan } from '../store/outbox.ts'
import { listRoster } from '../store/roster.ts'
import { messageRead } from '../views/message.ts'
import type { DueOutcome } from './command.ts'
import { aboutOf, type Base, command, groupOf } from './command.ts'
import { idInput } from './input.ts'
import { ONCE } from './message-draft.ts'

/** A message that comes so late has lost its day; the next one of a series comes anyway. */
const LATEST_MS = DAY_MS

/** Shows a message's words to everybody in the group. */
export const messageReadIt = command({
  verb: 'message.read',
  opens: 'content',
  isTyped: false,
  access: { who: 'group', roles: ['member', 'facilitator', 'supervisor'] },
  subject: 'message',
  effect: 'read',
  input: idInput,
  run: async (context) => {
    const { texts, example } = context
    const row = aboutOf(context, 'message')
    if (row.state === 'draft')
      throw new UserError(texts.t('error.notFound', { example: example('next') }))
    return {
      reply: {
        type: 'content',
        card: messageRead(texts, { alias: groupOf(context).alias, text: row.text }),
      },
    }
  },
})

/**
 * A message's time has come: to each member and facilitator, or to the channel; then its next time
 * is planned.
 */
export async function messageDue(base: Base, occurrence: Due<'message'>): Promise<DueOutcome> {
  const { now } = base
  const row = await lockMessage(base, occurrence.messageId)
  if (row?.state !== 'active') return { dropped: 'stopped' }
  const dueAt = nextStart(row.rule ?? ONCE, row.localStart, row.timeZone, now)
  const occurrences = dueAt ? [{ kind: 'message' as const, dueAt, messageId: row.id }] : []
  if (!dueAt) await setMessageState(base, row.id, 'done')
  const expiresAt = plus(occurrence.dueAt, LATEST_MS)
  if (now >= expiresAt) return { dropped: 'tooLate', occurrences }
  const group = await getGroup(base, row.groupId)
  const about = {
    key: `message ${occurrence.id}`,
    kind: 'message' as const,
    groupId: group.id,
    messageId: row.id,
    expiresAt,
  }
  return { dropped: null, occurrences, deliveries: await recipientsOf(base, group, row, about) }
}

async function recipientsOf(
  base: Base,
  group: GroupRow,
  row: MessageRow,
  about: Omit<DeliveryPlan, 'personId'>,
): Promise<DeliveryPlan[]> {
  if (row.target === 'channel')
    return group.channelConnectionId
      ? [{ ...about, personId: null, connectionId: group.channelConnectionId }]
      : []
  const roster = await listRoster(base, group.id)
  return roster
    .filter((entry) => entry.role !== 'supervisor' && !entry.isBot && !entry.isDeactivated)
    .map(({ personId }) => ({ ...about, personId }))
}
