import { raisedRung } from '../domain/contact.ts'
import { afterStaffedHours } from '../domain/staffed.ts'
import { HOUR_MS, hourOf, plus } from '../domain/time.ts'
import { UserError } from '../errors.ts'
import { type ContactRow, changeContact, findContact, lockContact } from '../store/contact.ts'
import { getGroup } from '../store/group.ts'
import type { Card } from '../views/card.ts'
import { contactAnswered, contactStatus } from '../views/contact-own.ts'
import { type Context, command, type WriteContext } from './command.ts'
import { helpersOf, lookAfter, reachedSteps, together } from './contact-path.ts'
import { nameOf } from './elsewhere.ts'
import { linesFor } from './help-lines-for.ts'
import { idInput } from './input.ts'

/** Where a member's own request stands, as a card. */
export async function ownContactCard(context: Context, row: ContactRow): Promise<Card> {
  const { texts, now } = context
  const { alias, timeZone } = await getGroup(context, row.groupId)
  return contactStatus(texts, {
    ...row,
    alias,
    by: row.holderId ? await nameOf(context, row.holderId) : texts.t('contact.staff'),
    steps: await reachedSteps(context, row),
    timeZone,
    lines: linesFor(context),
    now,
  })
}

/** Their own request. Throws UserError for one that is not theirs, or no more. */
async function own(context: Context, row: ContactRow | null): Promise<ContactRow> {
  const { texts, actor, example } = context
  if (row?.personId !== actor.personId || row.isDrill)
    throw new UserError(texts.t('error.notFound', { example: example('next') }))
  return row
}

/** For the member who asked: whom it stands before, who has it, what came of it. */
export const contactStatusOf = command({
  verb: 'contact.status',
  opens: 'content',
  isTyped: false,
  access: { who: 'anyone' },
  effect: 'read',
  input: idInput,
  run: async (context, { id }) => {
    const row = await own(context, await findContact(context, id))
    return { reply: { type: 'content', card: await ownContactCard(context, row) } }
  },
})

/** The member takes it back: it is over, and nobody reads the words any more. */
export const contactWithdraw = command({
  verb: 'contact.withdraw',
  isTyped: false,
  access: { who: 'anyone' },
  effect: 'write',
  input: idInput,
  run: async (context, { id }) => {
    const row = await own(context, await lockContact(context, id))
    const card = contactAnswered(context.texts, 'withdrawn', linesFor(context))
    if (row.closedAt) return { reply: { type: 'content', card } }
    return { reply: { type: 'content', card }, ...(await withdraw(context, row)) }
  },
})

/** Closes a request that its member takes back. */
export async function withdraw(context: WriteContext, row: ContactRow) {
  const closedAt = hourOf(context.now)
  await changeContact(context, row.id, { closedAt, outcome: 'withdrawn', holderId: null })
  // The log says which group: beside a leaving the request itself would name who asked.
  return {
    audit: [{ action: 'contact.withdrawn', subjectId: row.groupId, isUnnamed: true as const }],
  }
}

/** "Has somebody been in touch?" — yes. */
export const contactConfirm = command({
  verb: 'contact.confirm',
  isTyped: false,
  access: { who: 'anyone' },
  effect: 'write',
  input: idInput,
  run: async (context, { id }) => {
    const row = await own(context, await lockContact(context, id))
    const card = contactAnswered(context.texts, 'confirmed', linesFor(context))
    if (!row.closedAt || row.confirmedAt) return { reply: { type: 'content', card } }
    await changeContact(context, id, { confirmedAt: hourOf(context.now) })
    return {
      reply: { type: 'content', card },
      audit: [{ action: 'contact.confirmed', subjectId: id, isUnnamed: true }],
    }
  },
})

/**
 * "Has somebody been in touch?" — no: it is open again, with a new promise, and goes to the
 * supervisors, or who comes in their place.
 */
export const contactDeny = command({
  verb: 'contact.deny',
  isTyped: false,
  access: { who: 'anyone' },
  effect: 'write',
  input: idInput,
  run: async (context, { id }) => {
    const { texts, now } = context
    const row = await own(context, await lockContact(context, id))
    const rung = raisedRung(await helpersOf(context, row, now), row)
    const after = { ...row, rung }
    const steps = await reachedSteps(context, after)
    const card = contactAnswered(texts, 'reopened', linesFor(context), steps.at(-1) ?? null)
    if (!row.closedAt || row.outcome === 'withdrawn') return { reply: { type: 'content', card } }
    const { contactHours, staffedTimes, timeZone } = await getGroup(context, row.groupId)
    const change = {
      closedAt: null,
      outcome: null,
      confirmedAt: null,
      seenAt: null,
      holderId: null,
      round: row.round + 1,
      dueAt:
        contactHours === null
          ? plus(now, REOPENED_HOURS * HOUR_MS)
          : afterStaffedHours(now, contactHours, staffedTimes, timeZone),
      rung,
      rungAt: now,
    }
    await changeContact(context, id, change)
    return {
      ...together([
        await lookAfter(context, { ...row, ...change }),
        { audit: [{ action: 'contact.reopened', subjectId: id, isUnnamed: true }] },
      ]),
      reply: { type: 'content', card },
    }
  },
})

/** Where the group takes no requests any more. */
const REOPENED_HOURS = 24
