import { sealText } from '../ballot/secret-text.ts'
import { ADDRESSEES, type Addressee, avoidedBy, type Rung } from '../domain/contact.ts'
import { hourOf } from '../domain/time.ts'
import { UserError } from '../errors.ts'
import { type ContactRow, createContact, listOpenContacts } from '../store/contact.ts'
import { type GroupRow, getGroup, lockGroup } from '../store/group.ts'
import { listHelpers } from '../store/ladder.ts'
import type { Card } from '../views/card.ts'
import { contactDone, contactForm, contactOff, contactsCard } from '../views/contact.ts'
import { rewrapAll } from './ballots.ts'
import { type Context, command, groupOf } from './command.ts'
import { ownContactCard } from './contact-own.ts'
import { listReadable, lookAfter, type Promised, promiseOf, together } from './contact-path.ts'
import { linesFor } from './help-lines-for.ts'
import { formInput, groupInput, linesValue, textValue } from './input.ts'

/**
 * A member asks to be spoken to; staff see the open requests that have come up to them. Text after
 * the word is not read: nobody should put such a thing on a line by accident.
 */
export const contact = command({
  verb: 'contact',
  opens: 'form',
  isTyped: true,
  takesText: true,
  ignoresText: true,
  access: { who: 'group', roles: ['member', 'facilitator', 'supervisor'] },
  worksWithoutGroup: true,
  subject: 'group',
  effect: 'read',
  input: groupInput,
  run: async (context) => {
    const { texts, actor, now, role, group } = context
    if (!group || role !== 'member')
      return { reply: { type: 'content', card: await withoutForm(context) } }
    const { id, timeZone } = group
    const own = (await listOpenContacts(context, { groupIds: [id], personId: actor.personId }))[0]
    if (own) return { reply: { type: 'content', card: await ownContactCard(context, own) } }
    const promised = await promiseOf(context, group, now)
    if (!promised || isNobodyThere(promised)) {
      const why = promised ? 'nobody' : (group.noContactReason ?? 'none')
      return { reply: { type: 'content', card: contactOff(texts, why, linesFor(context)) } }
    }
    const form = contactForm(texts, {
      groupId: id,
      alias: group.alias,
      ...promised,
      timeZone,
      now,
      lines: linesFor(context),
    })
    return { reply: { type: 'form', form } }
  },
})

/**
 * For staff: what waits for them in any group, whatever their part in it is. For everybody: their
 * own requests in groups that they have left. Otherwise it says where there is help.
 */
async function withoutForm(context: Context): Promise<Card> {
  const { texts, actor, now, group } = context
  const own = await listOpenContacts(context, { personId: actor.personId })
  const [only] = own
  if (!actor.isStaff && !only) return contactOff(texts, 'noGroup', linesFor(context))
  if (!actor.isStaff && only && own.length === 1) return await ownContactCard(context, only)
  const listed = async (row: ContactRow, isOwn: boolean) => ({
    ...row,
    isOwn,
    alias: (await getGroup(context, row.groupId)).alias,
  })
  const waiting = actor.isStaff ? await listReadable(context) : []
  const open = await Promise.all([
    ...own.map((row) => listed(row, true)),
    ...waiting.map((row) => listed(row, false)),
  ])
  return contactsCard(texts, {
    // The group's name stands in the title where all that waits is of this one.
    alias: group && open.every(({ groupId }) => groupId === group.id) ? group.alias : null,
    open,
    timeZone: group?.timeZone ?? context.zone.timeZone,
    now,
  })
}

const isNobodyThere = ({ paths }: Promised): boolean =>
  ADDRESSEES.every((addressee) => paths[addressee].length === 0)

/** Keeps the request, tells the first step on which somebody is, and says by when it is seen. */
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
    if ((await listOpenContacts(context, { groupIds: [group.id], personId })).length > 0)
      throw new UserError(texts.t('contact.already'))
    const { addressee, avoidedIds, path, dueAt } = await chosenWay(
      context,
      group,
      textValue(values, 'to'),
    )
    const id = newId()
    // To the hour, and the boxes wrapped anew: neither the time nor the transaction says that
    // somebody had just answered.
    await rewrapAll(context, group.id)
    const row = await createContact(context, {
      id,
      groupId: group.id,
      personId,
      text: sealText(ballotKeys.keyring, id, linesValue(values, 'text')),
      createdAt: hourOf(now),
      dueAt,
      addressee,
      avoidedIds,
      rung: path[0],
      isDrill: false,
    })
    const facts = { path, dueAt, timeZone: group.timeZone, now, lines: linesFor(context) }
    return {
      ...together([
        await lookAfter(context, row),
        { audit: [{ action: 'contact.made', subjectId: id, isUnnamed: true }] },
      ]),
      reply: { type: 'done', card: contactDone(texts, facts) },
    }
  },
})

/**
 * The way that a member chose, with the steps on which somebody is there. Where nobody is on the
 * one that they chose but on the other, the form comes back; nobody at all: it says so.
 */
async function chosenWay(
  context: Context,
  group: GroupRow,
  typed: string,
): Promise<{
  addressee: Addressee
  avoidedIds: string[]
  path: readonly [Rung, ...Rung[]]
  dueAt: Date
}> {
  const { texts, now } = context
  const promised = await promiseOf(context, group, now)
  if (!promised) throw new UserError(texts.t('contact.off.none'))
  // Only where there is no choice it is the facilitators: a choice is never made for somebody.
  const isAsked = promised.paths.others.length > 0
  const addressee = isAsked ? ADDRESSEES.find((one) => one === typed) : 'facilitators'
  if (!addressee)
    throw new UserError(texts.t('contact.toChoose'), { to: texts.t('contact.toChoose') })
  const [first, ...further] = promised.paths[addressee]
  if (!first)
    throw new UserError(
      isNobodyThere(promised) ? texts.t('contact.off.nobody') : texts.t('contact.notThere'),
    )
  const avoidedIds =
    addressee === 'others' ? [...avoidedBy(await listHelpers(context, group.id, now))] : []
  return { addressee, avoidedIds, path: [first, ...further], dueAt: promised.dueAt }
}
