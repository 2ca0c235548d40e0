import { nextStart, repeatOf } from '../domain/recurrence.ts'
import { countOf } from '../domain/schedule.ts'
import { localOf } from '../domain/time.ts'
import type { Verb } from '../domain/verbs.ts'
import { UserError } from '../errors.ts'
import { type GroupRow, lockGroup } from '../store/group.ts'
import { listMessages, lockMessage, type MessageRow, setMessageState } from '../store/message.ts'
import { clearMessagePlans } from '../store/occurrence.ts'
import { type MessageDraft, messageDone, messageForm, messagesCard } from '../views/message.ts'
import { aboutOf, type Context, command, groupOf, type WriteContext } from './command.ts'
import { formInput, groupInput, idInput } from './input.ts'
import { keepDraft, mustHaveRoom, ONCE } from './message-draft.ts'

/** The group's messages that are to come, to edit or stop, and a new one. */
export const message = command({
  verb: 'message',
  opens: 'content',
  isTyped: true,
  access: { who: 'group', roles: ['facilitator'] },
  subject: 'group',
  effect: 'read',
  input: groupInput,
  run: async (context) => ({ reply: { type: 'content', card: await listCard(context) } }),
})

async function listCard(context: Context) {
  const { texts, now } = context
  const group = groupOf(context)
  const rows = await listMessages(context, group.id)
  const messages = rows.map((row) => ({
    id: row.id,
    text: row.text,
    nextAt: nextStart(row.rule ?? ONCE, row.localStart, row.timeZone, now),
    isDraft: row.state === 'draft',
  }))
  return messagesCard(texts, {
    groupId: group.id,
    alias: group.alias,
    messages,
    timeZone: group.timeZone,
    now,
  })
}

export const messageNew = command({
  verb: 'message.new',
  opens: 'form',
  isTyped: false,
  access: { who: 'group', roles: ['facilitator'] },
  subject: 'group',
  effect: 'read',
  input: groupInput,
  run: async (context) => {
    const group = groupOf(context)
    const tomorrow = localOf(context.now, group.timeZone).toPlainDate().add({ days: 1 }).toString()
    const draft: MessageDraft = {
      text: '',
      target: 'members',
      date: tomorrow,
      time: '10:00',
      repeat: 'once',
      count: '',
    }
    return {
      reply: {
        type: 'form',
        form: formOf(context, group, { verb: 'message.submit', id: group.id, draft }),
      },
    }
  },
})

const formOf = (
  { texts }: Context,
  group: GroupRow,
  form: { verb: Verb; id: string; draft: MessageDraft },
) => messageForm(texts, { ...form, hasChannel: group.channelId !== null, timeZone: group.timeZone })

export const messageEdit = command({
  verb: 'message.edit',
  opens: 'form',
  isTyped: false,
  access: { who: 'group', roles: ['facilitator'] },
  subject: 'message',
  effect: 'read',
  input: idInput,
  run: async (context, { id }) => {
    const row = stillOfUse(context, aboutOf(context, 'message'))
    const [date = '', time = ''] = row.localStart.split('T')
    const count = row.rule === null ? null : countOf(row.rule)
    const draft: MessageDraft = {
      text: row.text,
      target: row.target,
      date,
      time,
      repeat: row.rule === null ? 'once' : repeatOf(row.rule),
      count: count === null ? '' : String(count),
    }
    return {
      reply: {
        type: 'form',
        form: formOf(context, groupOf(context), { verb: 'message.edit.submit', id, draft }),
      },
    }
  },
})

/** The message with its row locked, while it is still of use. Throws UserError. */
const mustLock = async (context: WriteContext, id: string) =>
  stillOfUse(context, await lockMessage(context, id))

function stillOfUse({ texts, example }: Context, row: MessageRow | null): MessageRow {
  if (!row || row.state === 'stopped' || row.state === 'done')
    throw new UserError(texts.t('error.notFound', { example: example('message') }))
  return row
}

/** A new message is kept as a draft and shown as members will see it. */
export const messageSubmit = command({
  verb: 'message.submit',
  isTyped: false,
  access: { who: 'group', roles: ['facilitator'] },
  subject: 'group',
  effect: 'write',
  form: 'message.new',
  input: formInput,
  run: async (context, { values }) => {
    const { newId } = context
    const group = groupOf(context)
    await lockGroup(context, group.id)
    await mustHaveRoom(context, group.id)
    return await keepDraft(context, group, newId(), values)
  },
})

/** A changed message becomes a draft again: nothing of it goes out until it is confirmed. */
export const messageEditSubmit = command({
  verb: 'message.edit.submit',
  isTyped: false,
  access: { who: 'group', roles: ['facilitator'] },
  subject: 'message',
  effect: 'write',
  form: 'message.edit',
  input: formInput.required({ id: true }).extend(idInput.shape),
  run: async (context, { id, values }) => {
    await mustLock(context, id)
    return await keepDraft(context, groupOf(context), id, values)
  },
})
export const messageConfirm = command({
  verb: 'message.confirm',
  isTyped: false,
  access: { who: 'group', roles: ['facilitator'] },
  subject: 'message',
  effect: 'write',
  input: idInput,
  run: async (context, { id }) => {
    const { texts, now } = context
    const row = await mustLock(context, id)
    const reply = { type: 'done', card: messageDone(texts, 'message.planned') } as const
    // Pressed a second time.
    if (row.state === 'active') return { reply }
    const dueAt = nextStart(row.rule ?? ONCE, row.localStart, row.timeZone, now)
    if (!dueAt) throw new UserError(texts.t('message.past'))
    await setMessageState(context, id, 'active')
    return {
      reply,
      occurrences: [{ kind: 'message', dueAt, messageId: id }],
      audit: [{ action: 'message.planned', subjectId: id }],
    }
  },
})

export const messageStop = command({
  verb: 'message.stop',
  isTyped: false,
  access: { who: 'group', roles: ['facilitator'] },
  subject: 'message',
  effect: 'write',
  input: idInput,
  run: async (context, { id }) => {
    const { texts } = context
    const reply = { type: 'done', card: messageDone(texts, 'message.stopped') } as const
    const row = await lockMessage(context, id)
    // Pressed a second time.
    if (row?.state === 'stopped') return { reply }
    stillOfUse(context, row)
    await setMessageState(context, id, 'stopped')
    await clearMessagePlans(context, id)
    return {
      reply,
      audit: [{ action: 'message.stopped', subjectId: id }],
    }
  },
})
