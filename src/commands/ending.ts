import type { Due } from '../domain/occurrence.ts'
import { CONTACT_OF_GONE_DAYS, DAYS_UNTIL_DELETION } from '../domain/retention.ts'
import { DAY_MS, plus } from '../domain/time.ts'
import { UserError } from '../errors.ts'
import { listOpen } from '../store/checkin.ts'
import { hasUnanswered, listOpenContacts } from '../store/contact.ts'
import { deleteClosedContacts, deleteContactsOfGroup } from '../store/contact-keep.ts'
import { deleteGroup, findReceipt, forgetPeople, saveReceipt } from '../store/forget.ts'
import { endGroup, findEndedGroup, getGroup, lockGroup } from '../store/group.ts'
import { fixedId } from '../store/ids.ts'
import { clearAhead } from '../store/occurrence.ts'
import { isKnown } from '../store/people.ts'
import { countPlaces } from '../store/preferences.ts'
import { changeRoster, listRoster } from '../store/roster.ts'
import { listAhead } from '../store/session.ts'
import { closeUnits } from '../store/unit.ts'
import { deleteWins } from '../store/win.ts'
import { endDone, endForm, goodbyeCard, receiptCard } from '../views/ending.ts'
import { timeWithZone } from '../views/notice.ts'
import { leaveDone } from '../views/rights.ts'
import type { DueOutcome } from './command.ts'
import { type Base, type Context, command, groupOf } from './command.ts'
import { lookAgain, together } from './contact-path.ts'
import { linesFor } from './help-lines-for.ts'
import { echo, formInput, groupInput, idInput, textValue } from './input.ts'
import { releaseJobs } from './programme.ts'

/** More sessions ahead than a programme has. */
const MOST_AHEAD = 1_000

export const end = command({
  verb: 'end',
  opens: 'form',
  isTyped: true,
  access: { who: 'group', roles: ['facilitator'] },
  subject: 'group',
  effect: 'read',
  input: groupInput,
  run: async (context) => {
    await refuseWhileOpen(context)
    const { texts, now } = context
    const group = groupOf(context)
    const ahead = await listAhead(context, group.id, now, MOST_AHEAD)
    const sessionsAhead = ahead.filter(({ state }) => state === 'planned').length
    return {
      reply: {
        type: 'form',
        form: endForm(texts, { groupId: group.id, alias: group.alias, sessionsAhead }),
      },
    }
  },
})

/**
 * Answers that are being given are not thrown away, and nobody who waits to be contacted is left:
 * both come first.
 */
async function refuseWhileOpen(context: Context): Promise<void> {
  const { texts, now, example } = context
  const group = groupOf(context)
  const open = (await listOpen(context, group.id))[0]
  if (open)
    throw new UserError(
      texts.t('end.checkInOpen', {
        closes: timeWithZone(texts, open.closesAt, group.timeZone, now),
      }),
    )
  const waiting = await listOpenContacts(context, { groupIds: [group.id] })
  // One that goes past the facilitators is not told to them, and goes on behind the end.
  if (waiting.some(({ addressee }) => addressee === 'facilitators'))
    throw new UserError(texts.t('end.contactWaits', { example: example('contact') }))
}

/**
 * Ends the programme: what lay ahead is gone, everybody gets a goodbye, and the day of deletion is
 * set.
 */
export const endSubmit = command({
  verb: 'end.submit',
  isTyped: false,
  access: { who: 'group', roles: ['facilitator'] },
  subject: 'group',
  effect: 'write',
  form: 'end',
  input: formInput,
  run: async (context, { values }) => {
    const { texts, actor, now } = context
    const { organisationId } = actor
    const group = groupOf(context)
    await lockGroup(context, group.id)
    await refuseWhileOpen(context)
    const { from, to } = DAYS_UNTIL_DELETION
    const typed = textValue(values, 'days')
    const days = /^\d{1,3}$/.test(typed) ? Number(typed) : Number.NaN
    if (!(days >= from && days <= to)) {
      const message = texts.t('schedule.badNumber', { from, to, got: echo(typed) })
      throw new UserError(message, { days: message })
    }
    const deleteAt = plus(now, days * DAY_MS)
    await endGroup(context, group.id, { endedAt: now, endedBy: actor.personId, deleteAt })
    await clearAhead(context, group.id, now)
    const unitIds = await closeUnits(context, group.id)
    // Nobody is left to decide on them.
    await deleteWins(context, group.id)
    const roster = await listRoster(context, group.id)
    const members = roster.filter(({ role }) => role === 'member')
    const told = roster.filter(
      ({ personId, isDeactivated }) => personId !== actor.personId && !isDeactivated,
    )
    return {
      reply: {
        type: 'done',
        card: endDone(texts, {
          groupId: group.id,
          alias: group.alias,
          members: members.length,
          deleteAt,
          timeZone: group.timeZone,
          now,
        }),
      },
      deliveries: told.map(({ personId }) => ({
        key: `goodbye ${group.id}`,
        kind: 'goodbye' as const,
        personId,
        groupId: group.id,
        expiresAt: deleteAt,
      })),
      occurrences: [{ kind: 'groupDeletion', dueAt: deleteAt, groupId: group.id }],
      jobs: releaseJobs(organisationId, unitIds),
      audit: [{ action: 'group.ended', subjectId: group.id }],
    }
  },
})

/** The page for a member of an ended group: thanks, and when everything is deleted. */
export const goodbye = command({
  verb: 'goodbye',
  opens: 'content',
  isTyped: false,
  access: { who: 'anyone' },
  effect: 'read',
  input: idInput,
  run: async (context, { id }) => {
    const { texts, actor, now, example } = context
    const group = await findEndedGroup(context, id, actor.personId)
    if (!group?.deleteAt)
      throw new UserError(texts.t('error.notFound', { example: example('next') }))
    const { alias, deleteAt, timeZone } = group
    const lines = linesFor(context)
    const card = goodbyeCard(texts, {
      groupId: id,
      alias,
      deleteAt,
      timeZone,
      now,
      lines,
      isStaff: group.isStaff,
    })
    return { reply: { type: 'content', card } }
  },
})

/** Leaving an ended group before its day of deletion. */
export const goodbyeLeave = command({
  verb: 'goodbye.leave',
  isTyped: false,
  access: { who: 'anyone' },
  effect: 'write',
  input: idInput,
  run: async (context, { id }) => {
    const { texts, actor, example } = context
    const { personId } = actor
    const group = await findEndedGroup(context, id, personId)
    if (!group) throw new UserError(texts.t('error.notFound', { example: example('next') }))
    await changeRoster(context, id, { add: [], remove: [personId], memberChanges: 0 }, context.now)
    if ((await countPlaces(context, personId)) === 0)
      await deleteClosedContacts(context, context.ballotKeys.keyring, personId, context.now)
    const isForgotten = (await forgetPeople(context, [personId])) === 1
    const own = await listOpenContacts(context, { groupIds: [id], personId })
    const facts = { alias: group.alias, isForgotten, isKept: own.length > 0 }
    return {
      ...together([
        await lookAgain(context, [id]),
        { audit: [{ action: 'roster.left', subjectId: id }] },
      ]),
      reply: { type: 'done', card: leaveDone(texts, { ...facts, lines: linesFor(context) }) },
    }
  },
})

/**
 * The day has come: everything about the group is deleted, and whoever ended it gets the numbers.
 */
export async function deleteDueGroup(
  base: Base,
  occurrence: Due<'groupDeletion'>,
): Promise<DueOutcome> {
  const { now } = base
  const { groupId } = occurrence
  if (!groupId) return { dropped: 'notPlanned' }
  const group = await getGroup(base, groupId)
  if (!group.deleteAt || now < group.deleteAt) return { dropped: 'notEnded' }
  // Somebody waits yet, or said that nobody came: what is known of them stays until that is closed.
  const since = plus(now, -CONTACT_OF_GONE_DAYS * DAY_MS)
  const waits =
    (await listOpenContacts(base, { groupIds: [groupId] })).length > 0 ||
    (await hasUnanswered(base, groupId, since))
  if (waits)
    return {
      dropped: null,
      occurrences: [{ kind: 'groupDeletion', dueAt: plus(now, DAY_MS), groupId }],
    }
  const contacts = await deleteContactsOfGroup(base, base.ballotKeys.keyring, groupId, now)
  const counts = { ...(await deleteGroup(base, groupId)), contacts: contacts.count }
  await forgetPeople(base, [...new Set(contacts.people)])
  const personId = group.endedBy
  // Nobody is left who could want the numbers.
  if (!personId || !(await isKnown(base, personId))) return { dropped: null }
  const id = fixedId('receipt', groupId)
  await saveReceipt(base, { id, personId, at: now, counts })
  return {
    dropped: null,
    deliveries: [{ key: `receipt ${id}`, kind: 'deletion-receipt', personId, receiptId: id }],
  }
}

/** Shows what a deletion removed, in numbers, to the person who ended the group. */
export const receipt = command({
  verb: 'receipt',
  opens: 'content',
  isTyped: false,
  access: { who: 'anyone' },
  effect: 'read',
  input: idInput,
  run: async (context, { id }) => {
    const { texts, actor, now, example } = context
    const row = await findReceipt(context, id)
    if (row?.personId !== actor.personId)
      throw new UserError(texts.t('error.notFound', { example: example('next') }))
    const card = receiptCard(texts, {
      at: row.at,
      counts: row.counts,
      timeZone: context.zone.timeZone,
      now,
    })
    return { reply: { type: 'content', card } }
  },
})
