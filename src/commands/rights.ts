import { LANGUAGES } from '../content/load.ts'
import { PAUSE_WEEKS } from '../domain/limits.ts'
import { parseTime } from '../domain/schedule.ts'
import { DAY_MS, formatDate, plus } from '../domain/time.ts'
import { UserError } from '../errors.ts'
import { listOpenContacts } from '../store/contact.ts'
import { deleteClosedContacts } from '../store/contact-keep.ts'
import { forgetPeople } from '../store/forget.ts'
import { lockGroup } from '../store/group.ts'
import {
  countPlaces,
  getPreferences,
  leaveEnded,
  type PreferencesRow,
  savePreferences,
} from '../store/preferences.ts'
import { changeRoster, listRoster } from '../store/roster.ts'
import { forgetDone, leaveDone, leaveForm, pauseDone, pauseForm } from '../views/rights.ts'
import { blankBallotsOf } from './ballots.ts'
import { type Context, command, type Effects, groupOf } from './command.ts'
import { withdraw } from './contact-own.ts'
import { lookAgain, together } from './contact-path.ts'
import { linesFor } from './help-lines-for.ts'
import { echo, formInput, groupInput, noInput, textValue } from './input.ts'
import { activePause, quietOf } from './mydata.ts'
import { takeOutRemoved } from './removed.ts'
import { withdrawWins } from './win.ts'

/** A person's wishes about their messages: pause, reminders, check-ins, quiet hours. */
export const pause = command({
  verb: 'pause',
  isWholeLine: true,
  opens: 'form',
  isTyped: true,
  access: { who: 'anyone' },
  effect: 'read',
  input: noInput,
  run: async (context) => {
    const { texts, actor, content, zone, now } = context
    const wishes = await getPreferences(context, actor.personId)
    const until = activePause(wishes, now)
    const draft = {
      ...wishes,
      isPaused: until !== null,
      quietFrom: wishes.quietFrom ?? '',
      quietUntil: wishes.quietUntil ?? '',
      zone,
      languages: LANGUAGES,
      countries: Object.keys(content.helpLines),
    }
    const date = until && formatDate(until, zone.timeZone, texts.language, now)
    return { reply: { type: 'form', form: pauseForm(texts, draft, date) } }
  },
})

export const pauseSubmit = command({
  verb: 'pause.submit',
  isTyped: false,
  access: { who: 'anyone' },
  effect: 'write',
  changesSettings: true,
  form: 'pause',
  input: formInput,
  run: async (context, { values }) => {
    const { texts, actor, content, now } = context
    const before = await getPreferences(context, actor.personId)
    const weeks = textValue(values, 'weeks')
    const chosen = PAUSE_WEEKS.find((one) => String(one) === weeks)
    const kept = weeks === 'keep' ? activePause(before, now) : null
    const wishes: PreferencesRow = {
      pausedUntil: chosen ? plus(now, chosen * 7 * DAY_MS) : kept,
      wantsReminders: textValue(values, 'reminders') !== 'no',
      wantsCheckIns: textValue(values, 'checkIns') !== 'no',
      ...readQuiet(context, values),
      language: LANGUAGES.find(({ id }) => id === textValue(values, 'language'))?.id ?? null,
      linesCountry: readCountry(context, values),
    }
    await savePreferences(context, actor.personId, wishes)
    // From this card on in the language that they chose.
    const inTheirs = wishes.language ? content.textsFor(wishes.language) : texts
    const facts = {
      ...wishes,
      quiet: quietOf(wishes),
      timeZone: context.zone.timeZone,
      isStaff: actor.isStaff,
      lines: linesFor({
        ...context,
        texts: inTheirs,
        actor: { ...actor, linesCountry: wishes.linesCountry },
      }),
      now,
    }
    return { reply: { type: 'done', card: pauseDone(inTheirs, facts) } }
  },
})

/** A country or region that there are help lines of; nothing else is kept. */
function readCountry({ content }: Context, values: Parameters<typeof textValue>[0]): string | null {
  const chosen = textValue(values, 'linesCountry')
  return Object.hasOwn(content.helpLines, chosen) ? chosen : null
}

/** Quiet hours need both ends, or none. */
function readQuiet(
  { texts }: Context,
  values: Parameters<typeof textValue>[0],
): Pick<PreferencesRow, 'quietFrom' | 'quietUntil'> {
  const read = (name: 'quietFrom' | 'quietUntil'): string | null => {
    const typed = textValue(values, name)
    if (typed === '') return null
    const time = parseTime(typed)
    if (time !== null) return time
    const message = texts.t('schedule.badTime', { got: echo(typed) })
    throw new UserError(message, { [name]: message })
  }
  const quietFrom = read('quietFrom')
  const quietUntil = read('quietUntil')
  if ((quietFrom === null) !== (quietUntil === null)) {
    const message = texts.t('pause.bothEnds')
    throw new UserError(message, { [quietFrom === null ? 'quietFrom' : 'quietUntil']: message })
  }
  return { quietFrom, quietUntil }
}

/** Leaving a group, and being forgotten where it was the last. */
export const leave = command({
  verb: 'leave',
  opens: 'form',
  isTyped: true,
  access: { who: 'group', roles: ['member', 'facilitator', 'supervisor'] },
  subject: 'group',
  effect: 'read',
  input: groupInput,
  run: async (context) => {
    await refuseLastFacilitator(context)
    const { texts, actor, memberships } = context
    const { id, alias } = groupOf(context)
    const places = await countPlaces(context, actor.personId)
    const isLast = memberships.length === 1 && places === 1 && !actor.isStaff && !actor.isAdmin
    const own = { groupIds: [id], personId: actor.personId }
    const isWaiting = (await listOpenContacts(context, own)).length > 0
    const facts = { groupId: id, alias, isLast, isWaiting }
    return { reply: { type: 'form', form: leaveForm(texts, facts) } }
  },
})

/** Being forgotten by who is in no running group: what ended groups still hold of them goes too. */
export const forget = command({
  verb: 'forget.me',
  isTyped: false,
  access: { who: 'anyone' },
  effect: 'write',
  input: noInput,
  run: async (context) => {
    const { texts, actor, memberships, ballotKeys, now, example } = context
    const { organisationId, personId } = actor
    if (memberships.length > 0)
      throw new UserError(texts.t('mydata.leave', { example: example('leave') }))
    if (actor.isStaff || actor.isAdmin) throw new UserError(texts.t('forget.staff'))
    await leaveEnded(context, personId)
    await takeOutRemoved(context, personId)
    await deleteClosedContacts(context, ballotKeys.keyring, personId, now)
    // A request that waits is not thrown away with the rest: they can take it back.
    const isWaiting = (await listOpenContacts(context, { personId })).length > 0
    const isForgotten = (await forgetPeople(context, [personId])) === 1
    const lines = linesFor(context)
    return {
      reply: { type: 'done', card: forgetDone(texts, { isForgotten, isWaiting, lines }) },
      audit: isForgotten ? [{ action: 'person.forgotten', subjectId: organisationId }] : [],
    }
  },
})

/** A group is never left without anybody to turn to. */
async function refuseLastFacilitator(context: Context): Promise<void> {
  const { texts, actor, role, example } = context
  if (role !== 'facilitator') return
  const roster = await listRoster(context, groupOf(context).id)
  const others = roster.filter(
    (entry) =>
      entry.role === 'facilitator' &&
      entry.personId !== actor.personId &&
      !entry.isDeactivated &&
      entry.unreachable === null,
  )
  if (others.length === 0)
    throw new UserError(
      texts.t('leave.lastFacilitator', { roster: example('roster'), end: example('end') }),
    )
}

export const leaveSubmit = command({
  verb: 'leave.submit',
  isTyped: false,
  access: { who: 'group', roles: ['member', 'facilitator', 'supervisor'] },
  subject: 'group',
  effect: 'write',
  form: 'leave',
  input: formInput,
  run: async (context, { values }) => {
    const { texts, actor, role, ballotKeys, now } = context
    const { personId } = actor
    const group = groupOf(context)
    await lockGroup(context, group.id)
    await refuseLastFacilitator(context)
    const isMember = role === 'member'
    const change = { add: [], remove: [personId], memberChanges: isMember ? 1 : 0 }
    await changeRoster(context, group.id, change, now)
    if (isMember) {
      await blankBallotsOf(context, group.id, [personId])
      await withdrawWins(context, group.id, personId)
    }
    const own = await listOpenContacts(context, { groupIds: [group.id], personId })
    const isKept = own.length > 0 && textValue(values, 'request') !== 'withdraw'
    const contacts: Effects[] = [isMember ? {} : await lookAgain(context, [group.id])]
    if (!isKept) for (const row of own) contacts.push(await withdraw(context, row))
    if ((await countPlaces(context, personId)) === 0) {
      await takeOutRemoved(context, personId)
      await deleteClosedContacts(context, ballotKeys.keyring, personId, now)
    }
    const isForgotten = (await forgetPeople(context, [personId])) === 1
    const facts = { alias: group.alias, isForgotten, isKept, lines: linesFor(context) }
    return {
      ...together([
        ...contacts,
        { audit: [{ action: `roster.left.${role}`, subjectId: group.id }] },
      ]),
      reply: { type: 'done', card: leaveDone(texts, facts) },
    }
  },
})
