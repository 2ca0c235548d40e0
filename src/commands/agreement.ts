import { z } from 'zod'
import type { Kind } from '../content/load.ts'
import { diagnosisWordIn } from '../domain/group.ts'
import { MAX_AGREEMENT_LINE_CHARS, MAX_AGREEMENT_LINES } from '../domain/limits.ts'
import { UserError } from '../errors.ts'
import type { FieldValue } from '../platform.ts'
import { editAgreement, lockGroup } from '../store/group.ts'
import { acceptAgreement, countAgreement, listRoster } from '../store/roster.ts'
import {
  agreementDone,
  agreementForm,
  agreementOf,
  welcomeDone,
  welcomeForm,
} from '../views/agreement.ts'
import type { Form } from '../views/card.ts'
import { type Context, command, groupOf, type Result, type WriteContext } from './command.ts'
import { formInput, groupInput, linesValue } from './input.ts'

function kindOf(context: Context): Kind {
  const { kind: id } = groupOf(context)
  const kind = context.content.kinds.get(id)
  if (!kind) throw new Error(`group kind ${id} has no content`)
  return kind
}

/**
 * For members the agreement to read and accept; for facilitators its words to edit, and how many
 * accepted, not who.
 */
export const agreement = command({
  verb: 'agreement',
  opens: 'form',
  isTyped: true,
  access: { who: 'group', roles: ['member', 'facilitator'] },
  subject: 'group',
  effect: 'read',
  input: groupInput,
  run: async (context) => {
    if (context.role === 'member') return welcomeOf(context)
    const { texts } = context
    const group = groupOf(context)
    const words = agreementOf(texts, kindOf(context), group)
    const counts = await countAgreement(context, group.id)
    return {
      reply: { type: 'form', form: agreementForm(texts, { groupId: group.id, words, ...counts }) },
    }
  },
})

function welcomeOf(context: Context): Result {
  const form = agreementToAccept(context, 'welcome.accept', groupOf(context).id)
  return { reply: { type: 'form', form } }
}

/** The agreement as a form; `verb` and `id` say what accepting it leads to. */
export function agreementToAccept(
  context: Context,
  verb: 'welcome.accept' | 'checkin.begin',
  id: string,
): Form {
  const { texts, example } = context
  const group = groupOf(context)
  const kind = kindOf(context)
  return welcomeForm(texts, {
    verb,
    id,
    alias: group.alias,
    words: agreementOf(texts, kind, group),
    hidesMembers: !kind.mayUseChannel,
    version: String(group.agreementVersion),
    examples: { leave: example('leave'), pause: example('pause') },
  })
}

export const welcome = command({
  verb: 'welcome',
  opens: 'form',
  isTyped: false,
  access: { who: 'group', roles: ['member'] },
  subject: 'group',
  effect: 'read',
  input: groupInput,
  run: async (context) => welcomeOf(context),
})

export const welcomeAccept = command({
  verb: 'welcome.accept',
  isTyped: false,
  access: { who: 'group', roles: ['member'] },
  subject: 'group',
  effect: 'write',
  input: z.object({ id: z.uuid(), version: z.string().optional() }),
  run: async (context, { version }) => {
    await acceptNow(context, version)
    return { reply: { type: 'done', card: welcomeDone(context.texts) } }
  },
})

/** Nobody accepts words that they have not seen. Throws UserError when they changed meanwhile. */
export async function acceptNow(context: WriteContext, version: string | undefined): Promise<void> {
  const { texts, actor, now, example } = context
  const group = groupOf(context)
  if (version !== undefined && version !== String(group.agreementVersion))
    throw new UserError(
      texts.t('welcome.stale', { example: example('agreement') }),
      {},
      { endsForm: true },
    )
  const words = agreementOf(texts, kindOf(context), group)
  await acceptAgreement(context, group.id, actor.personId, { words, now })
}

/** New words are put to every member again. Words that are left as they were change nothing. */
export const agreementSubmit = command({
  verb: 'agreement.submit',
  isTyped: false,
  access: { who: 'group', roles: ['facilitator'] },
  subject: 'group',
  effect: 'write',
  form: 'agreement',
  input: formInput,
  run: async (context, { values }) => {
    const { texts } = context
    const group = groupOf(context)
    await lockGroup(context, group.id)
    const before = agreementOf(texts, kindOf(context), group)
    const words = {
      goals: readLines(context, values, 'goals'),
      agreement: readLines(context, values, 'agreement'),
    }
    const usual = agreementOf(texts, kindOf(context), { goals: null, agreement: null })
    // Words as the kind has them are not kept: each member reads those in their own language.
    const own = (name: 'goals' | 'agreement') =>
      words[name].length === 0 || words[name].join('\n') === usual[name].join('\n')
        ? null
        : words[name]
    const after = agreementOf(texts, kindOf(context), {
      goals: own('goals'),
      agreement: own('agreement'),
    })
    const isChanged =
      after.goals.join('\n') !== before.goals.join('\n') ||
      after.agreement.join('\n') !== before.agreement.join('\n')
    const members = (await listRoster(context, group.id)).filter(({ role }) => role === 'member')
    const card = agreementDone(texts, { members: members.length, isChanged })
    if (!isChanged) return { reply: { type: 'done', card } }
    await editAgreement(context, group.id, { goals: own('goals'), agreement: own('agreement') })
    return {
      reply: { type: 'done', card },
      deliveries: members.map(({ personId }) => ({
        key: `agreement ${group.id} ${group.agreementVersion + 1}`,
        kind: 'welcome' as const,
        personId,
        groupId: group.id,
      })),
      audit: [{ action: 'agreement.changed', subjectId: group.id }],
    }
  },
})

/**
 * A line each, without empty ones. None means the kind's own words. Throws UserError for too many,
 * too long, or a diagnosis word.
 */
function readLines(
  { texts, content }: Context,
  values: Record<string, FieldValue>,
  name: 'goals' | 'agreement',
): string[] {
  const lines = linesValue(values, name)
    .split('\n')
    .map((line) => line.replace(/^[-•*]\s*/, '').trim())
    .filter((line) => line !== '')
  const fail = (message: string): never => {
    throw new UserError(message, { [name]: message })
  }
  if (lines.length > MAX_AGREEMENT_LINES)
    fail(texts.t('agreement.tooMany', { limit: MAX_AGREEMENT_LINES, got: lines.length }))
  const long = lines.find((line) => line.length > MAX_AGREEMENT_LINE_CHARS)
  if (long) fail(texts.t('error.tooLong', { limit: MAX_AGREEMENT_LINE_CHARS, got: long.length }))
  const word = lines
    .map((line) => diagnosisWordIn(line, content.diagnosisWords))
    .find((found) => found !== null)
  if (word) fail(texts.t('agreement.diagnosis', { word }))
  return lines
}
