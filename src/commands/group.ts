import { isHolidayCalendar } from '../content/holidays.ts'
import { LANGUAGES } from '../content/load.ts'
import { diagnosisWordIn } from '../domain/group.ts'
import { CONTACT_HOURS, MAX_ALIAS_CHARS, MAX_CONTACT_TIMES_CHARS } from '../domain/limits.ts'
import { isTimeZone } from '../domain/time.ts'
import { UserError } from '../errors.ts'
import type { FieldValue } from '../platform.ts'
import { createGroup, editGroup } from '../store/group.ts'
import { describePerson, ensurePeople } from '../store/people.ts'
import { createPlans } from '../store/plan.ts'
import { findRole } from '../store/roster.ts'
import { editDone, editForm, newGroupDone, newGroupForm } from '../views/group.ts'
import { type Context, command, groupOf } from './command.ts'
import { echo, formInput, groupInput, peopleValue, textValue } from './input.ts'

export const newGroup = command({
  verb: 'new',
  opens: 'form',
  isTyped: true,
  access: { who: 'staff' },
  effect: 'read',
  input: groupInput,
  run: async ({ texts, content, actor }, { text }) => {
    const alias = (text ?? '').slice(0, MAX_ALIAS_CHARS)
    const kinds = [...content.kinds.values()]
    const form = newGroupForm(texts, {
      kinds,
      timeZone: actor.timeZone ?? 'UTC',
      alias,
      languages: LANGUAGES,
    })
    return { reply: { type: 'form', form } }
  },
})

export const newGroupSubmit = command({
  verb: 'new.submit',
  isTyped: false,
  access: { who: 'staff' },
  effect: 'write',
  form: 'new',
  input: formInput,
  run: async (context, { values }) => {
    const { texts, actor, now, newId } = context
    const kind = context.content.kinds.get(textValue(values, 'kind'))
    const timeZone = textValue(values, 'timeZone')
    const { alias, ...words } = readCommon(values)
    const fields = aliasProblems(context, alias, null)
    if (!isTimeZone(timeZone)) fields.timeZone = texts.t('new.badZone', { got: echo(timeZone) })
    if (!kind)
      fields.kind = texts.t('new.badKind', { known: [...context.content.kinds.keys()].join(', ') })
    if (!kind || Object.keys(fields).length > 0)
      throw new UserError(Object.values(fields)[0] ?? '', fields)
    const id = newId()
    const group = { id, kind: kind.id, alias, timeZone, ...words }
    await createGroup(context, group, actor.personId, now)
    const presets = kind.checkIns.filter(({ isOffered }) => !isOffered)
    const plans = presets.map(({ questionSet, isOffered, ...preset }) => ({
      id: newId(),
      questionSetId: questionSet,
      leastAnswers: null,
      asksText: false,
      ...preset,
    }))
    await createPlans(context, id, plans, now)
    return {
      reply: { type: 'done', card: newGroupDone(texts, { id, alias, kind }) },
      audit: [{ action: 'group.created', subjectId: id }],
    }
  },
})

/** The fields of both forms. A language that is not offered counts as "as the organisation". */
function readCommon(values: Record<string, FieldValue>): {
  alias: string
  isOpen: boolean
  language: string | null
} {
  const language = LANGUAGES.find(({ id }) => id === textValue(values, 'language'))?.id ?? null
  return {
    alias: textValue(values, 'alias'),
    isOpen: textValue(values, 'isOpen') === 'open',
    language,
  }
}

/** `ownId` is the group that may keep its name. */
function aliasProblems(
  { texts, content, memberships }: Context,
  alias: string,
  ownId: string | null,
): Record<string, string> {
  const word = diagnosisWordIn(alias, content.diagnosisWords)
  if (alias === '')
    return { alias: texts.t('error.required', { example: texts.t('new.aliasExample') }) }
  if (alias.length > MAX_ALIAS_CHARS)
    return { alias: texts.t('error.tooLong', { limit: MAX_ALIAS_CHARS, got: alias.length }) }
  if (word) return { alias: texts.t('new.aliasDiagnosis', { word }) }
  const isTaken = memberships.some((one) => one.id !== ownId && isSameAlias(one.alias, alias))
  return isTaken ? { alias: texts.t('new.aliasTaken', { alias }) } : {}
}

/** Aliases are told apart by their letters, not their case. */
export function isSameAlias(a: string, b: string): boolean {
  return a.trim().toLowerCase() === b.trim().toLowerCase()
}

export const edit = command({
  verb: 'edit',
  opens: 'form',
  isTyped: true,
  access: { who: 'group', roles: ['facilitator'] },
  subject: 'group',
  effect: 'read',
  input: groupInput,
  run: async (context) => {
    const { texts } = context
    const { id, alias, isOpen, language, holidays, backupId, contactHours, contactTimes } =
      groupOf(context)
    const backup = backupId ? await describePerson(context, backupId, context.connection.id) : null
    const form = editForm(texts, {
      id,
      draft: { alias, isOpen, language: language ?? '' },
      languages: LANGUAGES,
      holidays: holidays ?? '',
      backup: backup?.externalId ?? null,
      contactHours,
      contactTimes: contactTimes ?? '',
    })
    return { reply: { type: 'form', form } }
  },
})

export const editSubmit = command({
  verb: 'edit.submit',
  isTyped: false,
  access: { who: 'group', roles: ['facilitator'] },
  subject: 'group',
  effect: 'write',
  form: 'edit',
  input: formInput,
  run: async (context, { values }) => {
    const { tx, texts, connection, content, example, newId } = context
    const group = groupOf(context)
    const common = readCommon(values)
    const fields = aliasProblems(context, common.alias, group.id)
    const holidays = textValue(values, 'holidays').toUpperCase() || null
    if (holidays && !(await isHolidayCalendar(holidays)))
      fields.holidays = texts.t('edit.badHolidays', { got: echo(holidays) })
    const [backup] = await ensurePeople(
      tx,
      connection,
      peopleValue(texts, values, 'backup').slice(0, 1),
      newId,
    )
    const isMember = backup && (await findRole(context, group.id, backup.personId)) === 'member'
    if (isMember)
      fields.backup = texts.t('roster.both', { names: backup.name ?? texts.t('roster.someone') })
    else if (backup && (!backup.isStaff || backup.isDeactivated))
      fields.backup = texts.t('roster.notStaff', {
        names: backup.name ?? texts.t('roster.someone'),
        count: 1,
      })
    if (Object.keys(fields).length > 0) throw new UserError(Object.values(fields)[0] ?? '', fields)
    const contactHours =
      CONTACT_HOURS.find((hours) => String(hours) === textValue(values, 'contactHours')) ?? null
    const contactTimes = textValue(values, 'contactTimes').slice(0, MAX_CONTACT_TIMES_CHARS) || null
    const backupId = backup?.personId ?? null
    await editGroup(context, group.id, {
      ...common,
      holidays,
      backupId,
      contactHours,
      contactTimes,
    })
    const mayUseChannel = content.kinds.get(group.kind)?.mayUseChannel ?? false
    const facts = {
      id: group.id,
      alias: common.alias,
      isOpen: common.isOpen,
      hasChannel: group.channelId !== null,
      mayUseChannel,
      example: example('channel'),
      contact: contactHours === null ? null : { hours: contactHours, times: contactTimes },
    }
    return {
      reply: { type: 'done', card: editDone(texts, facts) },
      audit: [{ action: 'group.changed', subjectId: group.id }],
    }
  },
})
