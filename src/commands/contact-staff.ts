import { openText } from '../ballot/secret-text.ts'
import { mayClose, type Outcome, RUNGS, whoIsThere } from '../domain/contact.ts'
import type { Verb } from '../domain/verbs.ts'
import { UserError } from '../errors.ts'
import { PLATFORM_TITLES } from '../platform.ts'
import { type ContactRow, changeContact, lockContact } from '../store/contact.ts'
import type { GroupRow } from '../store/group.ts'
import { listHelpers } from '../store/ladder.ts'
import type { DeliveryPlan } from '../store/outbox.ts'
import { ensurePeople, findAsker } from '../store/people.ts'
import { findRole } from '../store/roster.ts'
import type { Card } from '../views/card.ts'
import { contactCard, contactClosed, passDone, passForm } from '../views/contact-staff.ts'
import { type Context, command, type Result, type WriteContext } from './command.ts'
import { lookAfter, readable, together } from './contact-path.ts'
import { goOnWithDrill } from './drill.ts'
import { nameOf } from './elsewhere.ts'
import { formInput, idInput, peopleValue } from './input.ts'

/** The request as its readers see it. */
async function cardOf(context: Context, row: ContactRow, group: GroupRow): Promise<Card> {
  const { texts, actor, now, ballotKeys, connection } = context
  const words = row.isDrill ? '' : openText(ballotKeys.keyring, row.id, row.text)
  const place = await findRole(context, group.id, row.personId)
  const { platforms, isClosed } = await findAsker(context, row.personId)
  const helpers = await listHelpers(context, group.id, now)
  return contactCard(texts, {
    ...row,
    alias: group.alias,
    name: await nameOf(context, row.personId),
    // Somebody on another platform is not found in this one.
    elsewhere: platforms.includes(connection.platform)
      ? []
      : platforms.map((one) => PLATFORM_TITLES[one]),
    words: words === '' ? null : words,
    holder: row.holderId === null ? null : await nameOf(context, row.holderId),
    isHeldByMe: row.holderId === actor.personId,
    hasLeft: place === null && !row.isDrill,
    isAccountClosed: isClosed,
    mayClose: mayClose(helpers, row, actor.personId),
    timeZone: group.timeZone,
    now,
  })
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
    const { row, group } = await readable(context, id)
    return {
      reply: { type: 'content', card: await cardOf(context, row, group) },
      audit: [{ action: 'contact.opened', subjectId: id }],
    }
  },
})

/** The same under its lock, for what changes it. */
async function lockReadable(context: WriteContext, id: string) {
  await lockContact(context, id)
  return await readable(context, id)
}

/** Somebody takes it: the member hears who, and they are the one who is reminded. */
export const contactSeen = command({
  verb: 'contact.seen',
  isTyped: false,
  access: { who: 'staff' },
  effect: 'write',
  input: idInput,
  run: async (context, { id }) => {
    const { actor, now } = context
    const { row, group } = await lockReadable(context, id)
    const isNews = row.closedAt === null && row.holderId !== actor.personId
    if (!isNews) return { reply: { type: 'content', card: await cardOf(context, row, group) } }
    if (row.isDrill) return await goOnWithDrill(context, row, group)
    const change = { seenAt: row.seenAt ?? now, holderId: actor.personId }
    await changeContact(context, id, change)
    const after = { ...row, ...change }
    return {
      ...together([
        await lookAfter(context, after),
        { deliveries: [tell(after, 'contact-seen')] },
        { audit: [{ action: 'contact.seen', subjectId: id }] },
      ]),
      reply: { type: 'content', card: await cardOf(context, after, group) },
    }
  },
})

const tell = (
  { id, groupId, personId, round, holderId }: ContactRow,
  kind: 'contact-seen' | 'contact-closed',
): DeliveryPlan => ({
  key: `${kind} ${id} ${round} ${holderId}`,
  kind,
  personId,
  groupId,
  contactId: id,
})

/** To the colleague who has it now: told anew, since they may have been told of it before. */
const handOn = ({ id, groupId }: ContactRow, personId: string, nonce: string): DeliveryPlan => ({
  key: `contact-passed ${id} ${nonce}`,
  kind: 'contact-request',
  personId,
  groupId,
  contactId: id,
})

/** One of its three ends. The member is asked whether somebody has been in touch. */
const endsWith = <V extends Verb>(verb: V, outcome: Exclude<Outcome, 'withdrawn'>) =>
  command({
    verb,
    isTyped: false,
    access: { who: 'staff' },
    effect: 'write',
    input: idInput,
    run: async (context, { id }) => await close(context, id, outcome),
  })

export const contactReached = endsWith('contact.reached', 'reached')
export const contactTried = endsWith('contact.tried', 'tried')
export const contactHandedOver = endsWith('contact.handedOver', 'handedOver')

async function close(
  context: WriteContext,
  id: string,
  outcome: Exclude<Outcome, 'withdrawn'>,
): Promise<Result> {
  const { texts, actor, now } = context
  const { row, group } = await lockReadable(context, id)
  const helpers = await listHelpers(context, group.id, now)
  // A button of a card that was true once: the card as it is now says why not.
  if (row.closedAt !== null || !mayClose(helpers, row, actor.personId))
    return { reply: { type: 'content', card: await cardOf(context, row, group) } }
  const change = {
    seenAt: row.seenAt ?? now,
    holderId: actor.personId,
    closedAt: now,
    outcome,
  }
  await changeContact(context, id, change)
  return {
    reply: { type: 'content', card: contactClosed(texts, { alias: group.alias, outcome }) },
    deliveries: row.isDrill ? [] : [tell(row, 'contact-closed')],
    audit: [{ action: `contact.${outcome}`, subjectId: id }],
  }
}

/** A colleague takes it, by name. It stays open, in front of them. */
export const contactPass = command({
  verb: 'contact.pass',
  opens: 'form',
  isTyped: false,
  access: { who: 'staff' },
  effect: 'read',
  input: idInput,
  run: async (context, { id }) => {
    const { group } = await readable(context, id)
    return { reply: { type: 'form', form: passForm(context.texts, id, group.alias) } }
  },
})

export const contactPassSubmit = command({
  verb: 'contact.pass.submit',
  isTyped: false,
  access: { who: 'staff' },
  effect: 'write',
  form: 'contact.pass',
  input: formInput,
  run: async (context, { id, values }) => {
    const { tx, texts, connection, now, newId } = context
    const { row, group } = await lockReadable(context, id ?? '')
    const [chosen] = await ensurePeople(
      tx,
      connection,
      peopleValue(texts, values, 'colleague').slice(0, 1),
      newId,
    )
    const fail = (message: string): never => {
      throw new UserError(message, { colleague: message })
    }
    if (!chosen) return fail(texts.t('contact.passNobody'))
    const name = chosen.name ?? texts.t('roster.someone')
    if (row.closedAt !== null) throw new UserError(texts.t('contact.isClosed'))
    const isMember = (await findRole(context, group.id, chosen.personId)) === 'member'
    if (!chosen.isStaff || isMember)
      return fail(texts.t('roster.notStaff', { names: name, count: 1 }))
    const holder = { personId: chosen.personId, rung: row.rung }
    const helpers = await listHelpers(context, group.id, now, holder)
    if (row.avoidedIds.includes(chosen.personId))
      return fail(texts.t('contact.passAvoided', { name }))
    const own = helpers.filter(({ personId }) => personId === chosen.personId)
    if (!whoIsThere(own, RUNGS).includes(chosen.personId))
      return fail(texts.t('contact.passNotThere', { name }))
    const change = { holderId: chosen.personId, seenAt: row.seenAt ?? now }
    await changeContact(context, row.id, change)
    const after = { ...row, ...change }
    return {
      ...together([
        await lookAfter(context, after),
        { deliveries: [tell(after, 'contact-seen'), handOn(after, chosen.personId, newId())] },
        { audit: [{ action: 'contact.passed', subjectId: row.id }] },
      ]),
      reply: { type: 'done', card: passDone(texts, { alias: group.alias, name }) },
    }
  },
})
