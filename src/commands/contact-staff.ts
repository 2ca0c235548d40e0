import type { Due } from '../domain/occurrence.ts'
import { hourOf } from '../domain/time.ts'
import { UserError } from '../errors.ts'
import { findContact, markEscalated, markSeen } from '../store/contact.ts'
import { describePerson } from '../store/people.ts'
import { listRoster } from '../store/roster.ts'
import { contactSeen, overdueCard } from '../views/contact.ts'
import type { DueOutcome } from './command.ts'
import { type Base, command } from './command.ts'
import { readable } from './contact.ts'
import { idInput } from './input.ts'

/** Says that somebody has seen it: the member hears who, and it goes no further. */
export const contactSeenBy = command({
  verb: 'contact.seen',
  isTyped: false,
  access: { who: 'staff' },
  effect: 'write',
  input: idInput,
  run: async (context, { id }) => {
    const { texts, actor, now, connection } = context
    const { personId } = actor
    const { row } = await readable(context, id)
    const isFirst = await markSeen(context, id, personId, hourOf(now))
    const person = await describePerson(context, row.personId, connection.id)
    return {
      reply: {
        type: 'content',
        card: contactSeen(texts, person?.name ?? texts.t('roster.someone')),
      },
      deliveries: isFirst
        ? [
            {
              key: `contact-seen ${id}`,
              kind: 'contact-seen',
              personId: row.personId,
              groupId: row.groupId,
              contactId: id,
            },
          ]
        : [],
      audit: isFirst ? [{ action: 'contact.seen', subjectId: id }] : [],
    }
  },
})

/**
 * The promised time is over and nobody has seen it: the supervisors are told that it waits, not who
 * asks or why.
 */
export async function escalate(base: Base, occurrence: Due<'contactDue'>): Promise<DueOutcome> {
  const { now } = base
  const row = await findContact(base, occurrence.contactId)
  if (!row || !(await markEscalated(base, row.id, hourOf(now)))) return { dropped: 'seen' }
  const roster = await listRoster(base, row.groupId)
  return {
    dropped: null,
    deliveries: roster
      .filter(({ role }) => role === 'supervisor')
      .map(({ personId }) => ({
        key: `contact-overdue ${row.id}`,
        kind: 'contact-overdue' as const,
        personId,
        groupId: row.groupId,
        contactId: row.id,
      })),
  }
}

/** For the group's supervisors: that a request waits, since when, and whom to ask about it. */
export const contactOverdue = command({
  verb: 'contact.overdue',
  opens: 'content',
  isTyped: false,
  access: { who: 'supervisor' },
  effect: 'audited',
  input: idInput,
  run: async (context, { id }) => {
    const { texts, memberships, now, connection, example } = context
    const row = await findContact(context, id)
    const group =
      row && memberships.find((one) => one.id === row.groupId && one.role === 'supervisor')
    if (!row?.escalatedAt || !group)
      throw new UserError(texts.t('error.notFound', { example: example('next') }))
    const { alias, timeZone, backupId } = group
    const roster = await listRoster(context, row.groupId)
    const ids = roster
      .filter((entry) => entry.role === 'facilitator')
      .map(({ personId }) => personId)
    const staff: string[] = []
    for (const personId of backupId ? [...new Set([...ids, backupId])] : ids)
      staff.push(
        (await describePerson(context, personId, connection.id))?.name ?? texts.t('roster.someone'),
      )
    const facts = {
      alias,
      createdAt: row.createdAt,
      isSeen: row.seenAt !== null,
      staff,
      timeZone,
      now,
    }
    return {
      reply: { type: 'content', card: overdueCard(texts, facts) },
      audit: [{ action: 'contact.overdue.opened', subjectId: id }],
    }
  },
})
