import { openText, sealText } from '../ballot/secret-text.ts'
import { HOUR_MS, hourOf, plus } from '../domain/time.ts'
import { UserError } from '../errors.ts'
import { createContact, findContact, listWaiting } from '../store/contact.ts'
import { getGroup, lockGroup } from '../store/group.ts'
import { describePerson } from '../store/people.ts'
import { listRoster } from '../store/roster.ts'
import {
  contactCard,
  contactDone,
  contactForm,
  contactOff,
  contactStatus,
  contactsCard,
} from '../views/contact.ts'
import { helpLines } from '../views/help-lines.ts'
import { rewrapAll } from './ballots.ts'
import { type Context, command, groupOf } from './command.ts'
import { formInput, groupInput, idInput, linesValue } from './input.ts'

/**
 * A member asks to be spoken to; a facilitator sees the requests that wait. Text after the word is
 * not read: nobody should put such a thing on a line by accident.
 */
export const contact = command({
  verb: 'contact',
  opens: 'form',
  isTyped: true,
  takesText: true,
  access: { who: 'group', roles: ['member', 'facilitator'] },
  subject: 'group',
  effect: 'read',
  input: groupInput,
  run: async (context) => {
    const { texts, actor, now, role } = context
    const { id, alias, timeZone, contactHours, contactTimes } = groupOf(context)
    if (role === 'facilitator') {
      const waiting = await listWaiting(context, id)
      return {
        reply: { type: 'content', card: contactsCard(texts, { alias, waiting, timeZone, now }) },
      }
    }
    const lines = linesOf(context)
    if (contactHours === null) return { reply: { type: 'content', card: contactOff(texts, lines) } }
    const own = (await listWaiting(context, id, actor.personId))[0]
    if (own)
      return {
        reply: {
          type: 'content',
          card: contactStatus(texts, { ...own, alias, seen: null, timeZone, now }),
        },
      }
    const form = contactForm(texts, {
      groupId: id,
      hours: contactHours,
      times: contactTimes,
      lines,
    })
    return { reply: { type: 'form', form } }
  },
})

const linesOf = ({ texts, organisation, content }: Context): string =>
  helpLines(texts, organisation, content.crisisLines)

/**
 * Keeps the request, tells the facilitators and the backup, and sets the time by which somebody has
 * to have seen it.
 */
export const contactSubmit = command({
  verb: 'contact.submit',
  isTyped: false,
  access: { who: 'group', roles: ['member'] },
  subject: 'group',
  effect: 'write',
  form: 'contact',
  input: formInput,
  run: async (context, { values }) => {
    const { texts, actor, now, newId, ballotKeys } = context
    const { personId } = actor
    const group = groupOf(context)
    await lockGroup(context, group.id)
    if (group.contactHours === null) throw new UserError(texts.t('checkin.noContact'))
    if ((await listWaiting(context, group.id, personId)).length > 0)
      throw new UserError(texts.t('contact.already'))
    const id = newId()
    // To the hour, and the boxes wrapped anew: neither the time nor the transaction says that
    // somebody had just answered.
    const createdAt = hourOf(now)
    const dueAt = plus(createdAt, group.contactHours * HOUR_MS)
    await rewrapAll(context, group.id)
    const sealed = sealText(ballotKeys.keyring, id, linesValue(values, 'text'))
    await createContact(context, {
      id,
      groupId: group.id,
      personId,
      text: sealed,
      createdAt,
      dueAt,
    })
    const told = await staffFor(context, group)
    const facts = { hours: group.contactHours, times: group.contactTimes, lines: linesOf(context) }
    return {
      reply: { type: 'done', card: contactDone(texts, facts) },
      deliveries: told.map((one) => ({
        key: `contact ${id}`,
        kind: 'contact-request' as const,
        personId: one,
        groupId: group.id,
        contactId: id,
      })),
      occurrences: [{ kind: 'contactDue', dueAt, contactId: id }],
    }
  },
})

/** The facilitators of a group, and its backup. */
async function staffFor(
  context: Context,
  group: { id: string; backupId: string | null },
): Promise<string[]> {
  const roster = await listRoster(context, group.id)
  const facilitators = roster
    .filter(({ role }) => role === 'facilitator')
    .map(({ personId }) => personId)
  return [...new Set(group.backupId ? [...facilitators, group.backupId] : facilitators)]
}

/**
 * A request that this person may read: as facilitator of its group, or as its backup. Throws
 * UserError for everybody else.
 */
export async function readable(context: Context, id: string) {
  const { texts, actor, example } = context
  const notFound = () => new UserError(texts.t('error.notFound', { example: example('next') }))
  const row = await findContact(context, id)
  if (!row) throw notFound()
  const place = context.memberships.find(({ id }) => id === row.groupId)
  if (place?.role === 'facilitator') return { row, group: place }
  const group = place ?? (await getGroup(context, row.groupId))
  if (group.backupId !== actor.personId || !actor.isStaff) throw notFound()
  return { row, group }
}

/** Shows who asks, and what they wrote. Opening it is audited; that it was seen has to be said. */
export const contactRead = command({
  verb: 'contact.read',
  opens: 'content',
  isTyped: false,
  access: { who: 'staff' },
  effect: 'audited',
  input: idInput,
  run: async (context, { id }) => {
    const { texts, now, ballotKeys, connection } = context
    const { row, group } = await readable(context, id)
    const person = await describePerson(context, row.personId, connection.id)
    const words = openText(ballotKeys.keyring, row.id, row.text)
    const facts = {
      id,
      alias: group.alias,
      name: person?.name ?? texts.t('roster.someone'),
      words: words === '' ? null : words,
      createdAt: row.createdAt,
      dueAt: row.dueAt,
      isSeen: row.seenAt !== null,
      timeZone: group.timeZone,
      now,
    }
    return {
      reply: { type: 'content', card: contactCard(texts, facts) },
      audit: [{ action: 'contact.opened', subjectId: id }],
    }
  },
})

/** For the member who asked: whether somebody has seen it, and who. */
export const contactStatusOf = command({
  verb: 'contact.status',
  opens: 'content',
  isTyped: false,
  access: { who: 'anyone' },
  effect: 'read',
  input: idInput,
  run: async (context, { id }) => {
    const { texts, actor, now, connection, example } = context
    const row = await findContact(context, id)
    if (row?.personId !== actor.personId)
      throw new UserError(texts.t('error.notFound', { example: example('next') }))
    const place = context.memberships.find(({ id }) => id === row.groupId)
    const { alias, timeZone } = place ?? (await getGroup(context, row.groupId))
    const by = row.seenBy && (await describePerson(context, row.seenBy, connection.id))
    const seen = row.seenAt && {
      at: row.seenAt,
      by: (by ? by.name : null) ?? texts.t('contact.staff'),
    }
    return {
      reply: {
        type: 'content',
        card: contactStatus(texts, { ...row, alias, seen, timeZone, now }),
      },
    }
  },
})
