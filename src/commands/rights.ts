import { PAUSE_WEEKS } from '../domain/limits.ts'
import { parseTime } from '../domain/schedule.ts'
import { DAY_MS, formatDate, plus } from '../domain/time.ts'
import { UserError } from '../errors.ts'
import { PLATFORM_TITLES } from '../platform.ts'
import { forgetPeople } from '../store/forget.ts'
import { lockGroup } from '../store/group.ts'
import {
  countPlaces,
  getPreferences,
  leaveEnded,
  type PreferencesRow,
  readPerson,
  savePreferences,
} from '../store/preferences.ts'
import { listRemovals } from '../store/removal.ts'
import { changeRoster, listRoster } from '../store/roster.ts'
import { helpLines } from '../views/help-lines.ts'
import {
  forgetDone,
  leaveDone,
  leaveForm,
  mydataCard,
  pauseDone,
  pauseForm,
} from '../views/rights.ts'
import { blankBallotsOf } from './ballots.ts'
import { type Context, command, groupOf } from './command.ts'
import { echo, formInput, groupInput, noInput, textValue } from './input.ts'
import { takeOutRemoved } from './removed.ts'
import { countOwnWins, withdrawWins } from './win.ts'

/** Everything that is stored about a person, to read. */
export const mydata = command({
  verb: 'mydata',
  opens: 'content',
  isTyped: true,
  access: { who: 'anyone' },
  effect: 'read',
  input: noInput,
  run: async (context) => {
    const { texts, actor, organisation, now, example } = context
    const person = await readPerson(context, actor.personId)
    const places = context.memberships.map(({ id }) => id)
    const data = {
      ...person,
      wins: await countOwnWins(context, places),
      removals: await listRemovals(context, actor.personId),
      pausedUntil: activePause(person, now),
      quiet: quietOf(person),
      accounts: person.accounts.map(({ externalId, connection, ...account }) => ({
        ...account,
        id: externalId,
        platform: PLATFORM_TITLES[connection.platform],
        workspace: connection.name,
      })),
      roles: person.roles.map(({ role, agreedAt, group }) => ({
        alias: group.alias,
        role,
        agreedAt,
        hasEnded: group.endedAt !== null,
      })),
    }
    const mayBeForgotten = context.memberships.length === 0 && !actor.isStaff && !actor.isAdmin
    const facts = {
      mayBeForgotten,
      ledgerDays: organisation.ledgerDays,
      timeZone: actor.timeZone ?? 'UTC',
      now,
      example: example('leave'),
    }
    return { reply: { type: 'content', card: mydataCard(texts, data, facts) } }
  },
})

const activePause = ({ pausedUntil }: PreferencesRow, now: Date) =>
  pausedUntil && pausedUntil > now ? pausedUntil : null
const quietOf = ({ quietFrom, quietUntil }: PreferencesRow) =>
  quietFrom && quietUntil ? { from: quietFrom, until: quietUntil } : null

/** A person's wishes about their messages: pause, reminders, check-ins, quiet hours. */
export const pause = command({
  verb: 'pause',
  opens: 'form',
  isTyped: true,
  access: { who: 'anyone' },
  effect: 'read',
  input: noInput,
  run: async (context) => {
    const { texts, actor, now } = context
    const wishes = await getPreferences(context, actor.personId)
    const until = activePause(wishes, now)
    const draft = {
      ...wishes,
      isPaused: until !== null,
      quietFrom: wishes.quietFrom ?? '',
      quietUntil: wishes.quietUntil ?? '',
    }
    const date = until && formatDate(until, actor.timeZone ?? 'UTC', texts.language, now)
    return { reply: { type: 'form', form: pauseForm(texts, draft, date) } }
  },
})

export const pauseSubmit = command({
  verb: 'pause.submit',
  isTyped: false,
  access: { who: 'anyone' },
  effect: 'write',
  form: 'pause',
  input: formInput,
  run: async (context, { values }) => {
    const { texts, actor, now } = context
    const before = await getPreferences(context, actor.personId)
    const weeks = textValue(values, 'weeks')
    const chosen = PAUSE_WEEKS.find((one) => String(one) === weeks)
    const kept = weeks === 'keep' ? activePause(before, now) : null
    const wishes: PreferencesRow = {
      pausedUntil: chosen ? plus(now, chosen * 7 * DAY_MS) : kept,
      wantsReminders: textValue(values, 'reminders') !== 'no',
      wantsCheckIns: textValue(values, 'checkIns') !== 'no',
      ...readQuiet(context, values),
    }
    await savePreferences(context, actor.personId, wishes)
    const facts = { ...wishes, quiet: quietOf(wishes), timeZone: actor.timeZone ?? 'UTC', now }
    return { reply: { type: 'done', card: pauseDone(texts, facts) } }
  },
})

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
    return { reply: { type: 'form', form: leaveForm(texts, { groupId: id, alias, isLast }) } }
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
    const { texts, actor, memberships, organisation, content, example } = context
    const { organisationId, personId } = actor
    if (memberships.length > 0)
      throw new UserError(texts.t('mydata.leave', { example: example('leave') }))
    if (actor.isStaff || actor.isAdmin) throw new UserError(texts.t('forget.staff'))
    await leaveEnded(context, personId)
    await takeOutRemoved(context, personId)
    const isForgotten = (await forgetPeople(context, [personId])) === 1
    const lines = helpLines(texts, organisation, content.crisisLines)
    return {
      reply: { type: 'done', card: forgetDone(texts, { isForgotten, lines }) },
      audit: [{ action: 'person.forgotten', subjectId: organisationId }],
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
  run: async (context) => {
    const { texts, actor, role, organisation, content, now } = context
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
    if ((await countPlaces(context, personId)) === 0) await takeOutRemoved(context, personId)
    const isForgotten = (await forgetPeople(context, [personId])) === 1
    const lines = helpLines(texts, organisation, content.crisisLines)
    return {
      reply: { type: 'done', card: leaveDone(texts, { alias: group.alias, isForgotten, lines }) },
      audit: [{ action: `roster.left.${role}`, subjectId: group.id }],
    }
  },
})
