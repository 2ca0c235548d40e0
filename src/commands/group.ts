import { z } from 'zod'
import { diagnosisWordIn } from '../domain/group.ts'
import { MAX_ALIAS_CHARS } from '../domain/limits.ts'
import { isTimeZone } from '../domain/time.ts'
import { UserError } from '../errors.ts'
import { acceptAgreement, createGroup } from '../store/group.ts'
import { newGroupDone, newGroupForm, welcomeDone, welcomeForm, welcomeNotice } from '../views/group.ts'
import { type Context, command, groupOf } from './command.ts'
import { echo, formInput, groupInput, textValue } from './input.ts'
import type { Compose } from './messages.ts'

export const newGroup = command({
  verb: 'new',
  opens: 'form',
  isTyped: true,
  access: { who: 'staff' },
  effect: 'read',
  input: groupInput,
  run: async ({ texts, content, actor }, { text }) => {
    const alias = (text ?? '').slice(0, MAX_ALIAS_CHARS)
    const form = newGroupForm(texts, { kinds: [...content.kinds.values()], timeZone: actor.timeZone ?? 'UTC', alias })
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
    const { tx, texts, actor, now, newId } = context
    const kind = context.content.kinds.get(textValue(values, 'kind'))
    const alias = textValue(values, 'alias')
    const timeZone = textValue(values, 'timeZone')
    const fields = await newGroupProblems(context, alias, timeZone)
    if (!kind) fields.kind = texts.t('new.badKind', { known: [...context.content.kinds.keys()].join(', ') })
    if (!kind || Object.keys(fields).length > 0) throw new UserError(Object.values(fields)[0] ?? '', fields)
    const id = newId()
    await createGroup(tx, actor.organisationId, { id, kind: kind.id, alias, timeZone }, actor.personId, now)
    return {
      reply: { type: 'done', card: newGroupDone(texts, { id, alias, kind }) },
      audit: [{ action: 'group.created', subjectId: id }],
    }
  },
})

async function newGroupProblems(
  { texts, content, memberships }: Context,
  alias: string,
  timeZone: string,
): Promise<Record<string, string>> {
  const fields: Record<string, string> = {}
  const word = diagnosisWordIn(alias, content.diagnosisWords)
  if (alias === '') fields.alias = texts.t('error.required', { example: 'Tuesday group' })
  else if (alias.length > MAX_ALIAS_CHARS)
    fields.alias = texts.t('error.tooLong', { limit: MAX_ALIAS_CHARS, got: alias.length })
  else if (word) fields.alias = texts.t('new.aliasDiagnosis', { word })
  else if (memberships.some((membership) => isSameAlias(membership.alias, alias)))
    fields.alias = texts.t('new.aliasTaken', { alias })
  if (!isTimeZone(timeZone)) fields.timeZone = texts.t('new.badZone', { got: echo(timeZone) })
  return fields
}

/** Aliases are told apart by their letters, not their case. */
export function isSameAlias(a: string, b: string): boolean {
  return a.trim().toLowerCase() === b.trim().toLowerCase()
}

export const welcome = command({
  verb: 'welcome',
  opens: 'form',
  isTyped: false,
  access: { who: 'group', roles: ['member'] },
  subject: 'group',
  effect: 'read',
  input: groupInput,
  run: async (context) => {
    const group = groupOf(context)
    const kind = context.content.kinds.get(group.kind)
    if (!kind) throw new Error(`group kind ${group.kind} has no content`)
    const form = welcomeForm(context.texts, { groupId: group.id, alias: group.alias, kind })
    return { reply: { type: 'form', form } }
  },
})

export const welcomeAccept = command({
  verb: 'welcome.accept',
  isTyped: false,
  access: { who: 'group', roles: ['member'] },
  subject: 'group',
  effect: 'write',
  input: z.object({ id: z.uuid() }),
  run: async (context) => {
    const { tx, texts, actor, now } = context
    await acceptAgreement(tx, actor.organisationId, groupOf(context).id, actor.personId, now)
    return { reply: { type: 'done', card: welcomeDone(texts) } }
  },
})

export const composeWelcome: Compose = async ({ texts, group, role }) =>
  group && role === 'member' ? welcomeNotice(texts, group) : null
