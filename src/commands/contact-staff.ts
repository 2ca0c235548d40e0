import { UserError } from '../errors.ts'
import { findContact, markEscalated, markSeen } from '../store/contact.ts'
import { getGroup } from '../store/group.ts'
import type { OccurrenceRow } from '../store/occurrence.ts'
import { describePerson } from '../store/people.ts'
import { findRole, listRoster } from '../store/roster.ts'
import { contactSeen, overdueCard } from '../views/contact.ts'
import { type Base, command, type Effects } from './command.ts'
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
    const { tx, texts, actor, now, connection } = context
    const { organisationId, personId } = actor
    const { row } = await readable(context, id)
    const isFirst = await markSeen(tx, organisationId, id, personId, now)
    const person = await describePerson(tx, organisationId, row.personId, connection.id)
    return {
      reply: { type: 'content', card: contactSeen(texts, person?.name ?? texts.t('roster.someone')) },
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

/** The promised time is over and nobody has seen it: the supervisors are told that it waits, not who asks or why. */
export async function escalate(
  { tx, now, organisationId }: Base & { organisationId: string },
  occurrence: OccurrenceRow,
): Promise<Effects & { dropped: string | null }> {
  const row = occurrence.contactId ? await findContact(tx, organisationId, occurrence.contactId) : null
  if (!row || !(await markEscalated(tx, organisationId, row.id, now))) return { dropped: 'seen' }
  const roster = await listRoster(tx, organisationId, row.groupId)
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
  run: async ({ tx, texts, actor, now, connection, example }, { id }) => {
    const { organisationId } = actor
    const row = await findContact(tx, organisationId, id)
    const role = row && (await findRole(tx, organisationId, row.groupId, actor.personId))
    if (!row?.escalatedAt || role !== 'supervisor')
      throw new UserError(texts.t('error.notFound', { example: example('next') }))
    const { alias, timeZone, backupId } = await getGroup(tx, organisationId, row.groupId)
    const roster = await listRoster(tx, organisationId, row.groupId)
    const ids = roster.filter((entry) => entry.role === 'facilitator').map(({ personId }) => personId)
    const staff: string[] = []
    for (const personId of backupId ? [...new Set([...ids, backupId])] : ids)
      staff.push((await describePerson(tx, organisationId, personId, connection.id))?.name ?? texts.t('roster.someone'))
    const facts = { alias, createdAt: row.createdAt, isSeen: row.seenAt !== null, staff, timeZone, now }
    return {
      reply: { type: 'content', card: overdueCard(texts, facts) },
      audit: [{ action: 'contact.overdue.opened', subjectId: id }],
    }
  },
})
