import { MAX_MESSAGE_CHARS, MAX_MESSAGES, MAX_SESSIONS, PREVIEW_DATES } from '../domain/limits.ts'
import { REPEATS, ruleOf, startsOf } from '../domain/recurrence.ts'
import { parseDate, parseTime, startsInPast } from '../domain/schedule.ts'
import { localOf } from '../domain/time.ts'
import type { Verb } from '../domain/verbs.ts'
import { UserError } from '../errors.ts'
import type { FieldValue } from '../platform.ts'
import type { GroupRow } from '../store/group.ts'
import { listMessages, type MessageRow, saveMessage } from '../store/message.ts'
import { clearMessagePlans } from '../store/occurrence.ts'
import type { Reply } from '../views/card.ts'
import { messageForm, messagePreview } from '../views/message.ts'
import { type Context, groupOf, type Result, type WriteContext } from './command.ts'
import { echo, linesValue, textValue } from './input.ts'

/** The rule of a message that goes out once. */
export const ONCE = 'FREQ=DAILY;COUNT=1'

/**
 * Throws UserError when the group has as many messages as fit. The caller holds the group's lock.
 */
export async function mustHaveRoom(context: Context, groupId: string): Promise<void> {
  const { texts } = context
  if ((await listMessages(context, groupId)).length >= MAX_MESSAGES)
    throw new UserError(texts.t('message.tooMany', { limit: MAX_MESSAGES }), {})
}

/**
 * The form for a text as a message to the group's members tomorrow at ten, to change, preview and
 * confirm like any other. `id`: what it was made of.
 */
export function offerAsMessage(
  context: Context,
  { verb, id, text }: { verb: Verb; id: string; text: string },
): Reply {
  const { texts, now } = context
  const { channelId, timeZone } = groupOf(context)
  const date = localOf(now, timeZone).toPlainDate().add({ days: 1 }).toString()
  const draft = { text, target: 'members', date, time: '10:00', repeat: 'once', count: '' } as const
  const facts = { verb, id, draft, hasChannel: channelId !== null, timeZone }
  return { type: 'form', form: messageForm(texts, facts) }
}

/** Keeps what a form says as a draft, shown as members will see it. */
export async function keepDraft(
  context: WriteContext,
  group: GroupRow,
  id: string,
  values: Record<string, FieldValue>,
): Promise<Result> {
  const { texts, now } = context
  const row: MessageRow = {
    id,
    groupId: group.id,
    state: 'draft',
    timeZone: group.timeZone,
    ...readMessage(context, group, values),
  }
  await saveMessage(context, row)
  await clearMessagePlans(context, id)
  const dates = startsOf({ ...row, rule: row.rule ?? ONCE, minutes: 0 }).map(
    ({ startsAt }) => startsAt,
  )
  const facts = {
    id,
    alias: group.alias,
    text: row.text,
    target: row.target,
    dates: dates.slice(0, PREVIEW_DATES),
    more: Math.max(0, dates.length - PREVIEW_DATES),
    timeZone: row.timeZone,
    now,
  }
  return { reply: { type: 'done', card: messagePreview(texts, facts) } }
}

function readMessage({ texts, now }: Context, group: GroupRow, values: Record<string, FieldValue>) {
  const { t } = texts
  const fields: Record<string, string> = {}
  const typed = (name: string) => textValue(values, name)
  const example = localOf(now, group.timeZone).toPlainDate().add({ days: 1 }).toString()
  const text = linesValue(values, 'text')
  if (text === '') fields.text = t('error.required', { example: t('message.example') })
  if (text.length > MAX_MESSAGE_CHARS)
    fields.text = t('error.tooLong', { limit: MAX_MESSAGE_CHARS, got: text.length })
  const date = parseDate(typed('date'))
  const time = parseTime(typed('time'))
  if (!date) fields.date = t('schedule.badDate', { got: echo(typed('date')), example })
  if (!time) fields.time = t('schedule.badTime', { got: echo(typed('time')) })
  const localStart = `${date ?? example}T${time ?? '10:00'}`
  if (date && time && startsInPast(localStart, group.timeZone, now))
    fields.date = t('schedule.pastDate', { got: date, time, example })
  const target = typed('target') === 'channel' ? ('channel' as const) : ('members' as const)
  if (target === 'channel' && group.channelId === null) fields.target = t('message.noChannel')
  const repeat = REPEATS.find((one) => one === typed('repeat')) ?? 'once'
  const count = /^\d{1,3}$/.test(typed('count')) ? Number(typed('count')) : Number.NaN
  if (repeat !== 'once' && !(count >= 1 && count <= MAX_SESSIONS))
    fields.count = t('schedule.badNumber', { from: 1, to: MAX_SESSIONS, got: echo(typed('count')) })
  if (Object.keys(fields).length > 0) throw new UserError(Object.values(fields)[0] ?? '', fields)
  const [firstDate = '', firstTime = ''] = localStart.split('T')
  const plan = { firstDate, time: firstTime, repeat, count, until: null, exceptions: [] }
  return { text, target, localStart, rule: repeat === 'once' ? null : ruleOf(plan) }
}
