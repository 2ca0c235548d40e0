import { isHolidayCalendar } from '../content/holidays.ts'
import { LANGUAGES } from '../content/load.ts'
import { mayOpenCheckIns } from '../domain/contact.ts'
import { diagnosisWordIn } from '../domain/group.ts'
import { MAX_ALIAS_CHARS } from '../domain/limits.ts'
import { asRead, typedLine } from '../domain/text.ts'
import { isTimeZone } from '../domain/time.ts'
import { UserError } from '../errors.ts'
import type { FieldValue } from '../platform.ts'
import { createGroup, editGroup } from '../store/group.ts'
import { createPlans } from '../store/plan.ts'
import { editDone, editForm, newGroupDone, newGroupForm } from '../views/group.ts'
import { type Context, command, groupOf } from './command.ts'
import { readContactSettings } from './contact-settings.ts'
import { echo, formInput, groupInput, textValue } from './input.ts'

export const newGroup = command({
  verb: 'new',
  opens: 'form',
  isTyped: true,
  access: { who: 'staff' },
  effect: 'read',
  input: groupInput,
  run: async ({ texts, content, zone }, { text }) => {
    const alias = (text ?? '').slice(0, MAX_ALIAS_CHARS)
    const kinds = [...content.kinds.values()]
    const form = newGroupForm(texts, {
      kinds,
      timeZone: zone.timeZone,
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
    const contact = await readContactSettings(context, values, {
      groupId: null,
      timeZone,
      backupId: null,
    })
    const id = newId()
    const group = { id, kind: kind.id, alias, timeZone, ...words, ...contact }
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
      reply: {
        type: 'done',
        card: newGroupDone(texts, {
          id,
          alias,
          kind,
          mayAsk: mayOpenCheckIns(kind.needsContact, contact, contact.backupId !== null),
        }),
      },
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

/** Aliases are told apart as people read them. */
export const isSameAlias = (a: string, b: string): boolean => asRead(a) === asRead(b)

const asTyped = (alias: string): string => typedLine(alias).toLowerCase()

/**
 * The groups that somebody may mean by a name: one that is called so to the letter, or else all
 * that read like it.
 */
export function namedBy<G extends { alias: string }>(groups: readonly G[], name: string): G[] {
  const exact = groups.filter(({ alias }) => asTyped(alias) === asTyped(name))
  return exact.length > 0 ? exact : groups.filter(({ alias }) => isSameAlias(alias, name))
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
    const { id, alias, isOpen, language, holidays } = groupOf(context)
    const form = editForm(texts, {
      id,
      draft: { alias, isOpen, language: language ?? '' },
      languages: LANGUAGES,
      holidays: holidays ?? '',
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
    const { texts, content, example } = context
    const group = groupOf(context)
    const common = readCommon(values)
    const isKept = common.alias === group.alias
    const fields = isKept ? {} : aliasProblems(context, common.alias, group.id)
    const holidays = textValue(values, 'holidays').toUpperCase() || null
    if (holidays && holidays !== group.holidays && !(await isHolidayCalendar(holidays)))
      fields.holidays = texts.t('edit.badHolidays', { got: echo(holidays) })
    if (Object.keys(fields).length > 0) throw new UserError(Object.values(fields)[0] ?? '', fields)
    await editGroup(context, group.id, {
      ...common,
      holidays,
    })
    const mayUseChannel = content.kinds.get(group.kind)?.mayUseChannel ?? false
    const facts = {
      id: group.id,
      alias: common.alias,
      isOpen: common.isOpen,
      hasChannel: group.channelId !== null,
      mayUseChannel,
      example: example('channel'),
    }
    return {
      reply: { type: 'done', card: editDone(texts, facts) },
      audit: [{ action: 'group.changed', subjectId: group.id }],
    }
  },
})
