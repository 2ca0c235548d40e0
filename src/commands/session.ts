import { publicHolidays } from '../content/holidays.ts'
import { placeOne } from '../domain/recurrence.ts'
import { parseDate, parseLink, parseTime } from '../domain/schedule.ts'
import { localOf, plus } from '../domain/time.ts'
import { UserError } from '../errors.ts'
import { lockGroup } from '../store/group.ts'
import type { DeliveryPlan } from '../store/outbox.ts'
import { listRoster } from '../store/roster.ts'
import { cancelSession, listAhead, moveSession, type SessionDetails } from '../store/session.ts'
import { cancelDone, cancelForm, moveDone, moveForm, sessionCard } from '../views/session.ts'
import { aboutOf, type Context, command, groupOf } from './command.ts'
import { echo, formInput, groupInput, idInput, textValue } from './input.ts'
import { replan } from './programme.ts'

/** Sessions that a form offers: a Slack menu holds 100. */
const MOST_CHOICES = 60

/** Where and when a session is; the link stands behind a button of its own. */
export const session = command({
  verb: 'session',
  opens: 'content',
  isTyped: false,
  access: { who: 'group', roles: ['member', 'facilitator', 'supervisor'] },
  subject: 'session',
  effect: 'read',
  input: idInput,
  run: async (context) => {
    const { texts, now } = context
    const { alias, timeZone } = groupOf(context)
    const { startsAt, place, link, state } = aboutOf(context, 'session')
    const facts = {
      alias,
      startsAt,
      timeZone,
      place,
      link,
      isCancelled: state === 'cancelled',
      now,
    }
    return { reply: { type: 'content', card: sessionCard(texts, facts) } }
  },
})

export const cancel = command({
  verb: 'cancel',
  opens: 'form',
  isTyped: true,
  access: { who: 'group', roles: ['facilitator'] },
  subject: 'group',
  effect: 'read',
  input: groupInput,
  run: async (context) => {
    const group = groupOf(context)
    const sessions = (await aheadOf(context)).filter(({ state }) => state === 'planned')
    if (sessions.length === 0) throw nothingAhead(context)
    const form = cancelForm(context.texts, {
      groupId: group.id,
      sessions: sessions.map(choice),
      timeZone: group.timeZone,
      now: context.now,
    })
    return { reply: { type: 'form', form } }
  },
})

const choice = ({ id, startsAt, state }: SessionDetails) => ({
  id,
  startsAt,
  isCancelled: state === 'cancelled',
})

const aheadOf = async (context: Context): Promise<SessionDetails[]> =>
  await listAhead(context, groupOf(context).id, context.now, MOST_CHOICES)

const nothingAhead = ({ texts, group, example }: Context) =>
  new UserError(
    `${texts.t('next.none', { alias: group?.alias ?? '' })} ${texts.t('next.hint', { example: example('schedule') })}`,
  )

/**
 * Cancels one session: members are told at once, its check-in does not open, the others' plan
 * follows.
 */
export const cancelSubmit = command({
  verb: 'cancel.submit',
  isTyped: false,
  access: { who: 'group', roles: ['facilitator'] },
  subject: 'group',
  effect: 'write',
  form: 'cancel',
  input: formInput,
  run: async (context, { values }) => {
    const { texts, now, example } = context
    const group = groupOf(context)
    await lockGroup(context, group.id)
    const chosen = await chosenSession(context, textValue(values, 'session'))
    if (!(await cancelSession(context, group.id, chosen.id, now))) throw staleChoice(context)
    const { occurrences, jobs } = await replan(context, group)
    const deliveries = await tellAll(context, chosen, 'session-cancelled', chosen.startsAt)
    const facts = {
      alias: group.alias,
      startsAt: chosen.startsAt,
      timeZone: group.timeZone,
      people: deliveries.length,
      example: example('move'),
      now,
    }
    return {
      reply: { type: 'done', card: cancelDone(texts, facts) },
      deliveries,
      occurrences,
      jobs,
      audit: [{ action: 'session.cancelled', subjectId: chosen.id }],
    }
  },
})

const staleChoice = ({ texts }: Context) =>
  new UserError(texts.t('cancel.stale'), { session: texts.t('cancel.stale') })

async function chosenSession(context: Context, id: string): Promise<SessionDetails> {
  const found = (await aheadOf(context)).find((one) => one.id === id)
  if (!found) throw staleChoice(context)
  return found
}

/**
 * One message to each member and facilitator about a changed session; useless once it would have
 * begun.
 */
export async function tellAll(
  context: Context,
  { id, groupId }: { id: string; groupId: string },
  kind: 'session-cancelled' | 'session-moved',
  expiresAt: Date,
): Promise<DeliveryPlan[]> {
  const { newId } = context
  const change = newId()
  const roster = await listRoster(context, groupId)
  return roster
    .filter((entry) => entry.role !== 'supervisor' && !entry.isBot && !entry.isDeactivated)
    .map(({ personId }) => ({
      key: `${kind} ${id} ${change}`,
      kind,
      personId,
      groupId,
      sessionId: id,
      expiresAt,
    }))
}

export const move = command({
  verb: 'move',
  opens: 'form',
  isTyped: true,
  access: { who: 'group', roles: ['facilitator'] },
  subject: 'group',
  effect: 'read',
  input: groupInput,
  run: async (context) => {
    const { now, texts } = context
    const group = groupOf(context)
    const sessions = await aheadOf(context)
    const first = sessions[0]
    if (!first) throw nothingAhead(context)
    const local = localOf(first.startsAt, group.timeZone)
    const form = moveForm(texts, {
      groupId: group.id,
      sessions: sessions.map(choice),
      date: local.toPlainDate().toString(),
      time: local.toPlainTime().toString({ smallestUnit: 'minute' }),
      timeZone: group.timeZone,
      now,
    })
    return { reply: { type: 'form', form } }
  },
})

/**
 * Moves one session to another time or place; a cancelled one takes place again. Members are told
 * at once.
 */
export const moveSubmit = command({
  verb: 'move.submit',
  isTyped: false,
  access: { who: 'group', roles: ['facilitator'] },
  subject: 'group',
  effect: 'write',
  form: 'move',
  input: formInput,
  run: async (context, { values }) => {
    const { texts, now } = context
    const group = groupOf(context)
    await lockGroup(context, group.id)
    const chosen = await chosenSession(context, textValue(values, 'session'))
    const { movedTo, startsAt, wall, place, link } = readMove(context, group.timeZone, values)
    await askAboutHoliday(context, movedTo.slice(0, 10), textValue(values, 'holidays'))
    const endsAt = plus(startsAt, chosen.endsAt.getTime() - chosen.startsAt.getTime())
    await moveSession(context, chosen.id, { movedTo, startsAt, endsAt, place, link })
    const { occurrences, jobs } = await replan(context, group)
    const deliveries = await tellAll(context, chosen, 'session-moved', startsAt)
    const facts = {
      alias: group.alias,
      startsAt,
      timeZone: group.timeZone,
      wall,
      wanted: movedTo.slice(11),
      people: deliveries.length,
      now,
    }
    return {
      reply: { type: 'done', card: moveDone(texts, facts) },
      deliveries,
      occurrences,
      jobs,
      audit: [{ action: 'session.moved', subjectId: chosen.id }],
    }
  },
})

/** Asks before a session is moved to a public holiday. */
async function askAboutHoliday(context: Context, date: string, choice: string): Promise<void> {
  if (choice === 'keep') return
  const { texts, organisation } = context
  const calendar = groupOf(context).holidays ?? organisation.holidays ?? organisation.country
  const holidays = await publicHolidays(calendar, [Number(date.slice(0, 4))], texts.language)
  const hit = holidays.find((holiday) => holiday.date === date)
  if (!hit) return
  const message = texts.t('holidays.hit', { count: 1, days: `${date} (${hit.name})` })
  throw new UserError(message, { holidays: message })
}

function readMove(
  { texts, now }: Context,
  timeZone: string,
  values: Parameters<typeof textValue>[0],
) {
  const { t } = texts
  const fields: Record<string, string> = {}
  const example = localOf(now, timeZone).toPlainDate().add({ days: 7 }).toString()
  const typed = (name: string) => textValue(values, name)
  const date = parseDate(typed('date'))
  const time = parseTime(typed('time'))
  if (!date) fields.date = t('schedule.badDate', { got: echo(typed('date')), example })
  if (!time) fields.time = t('schedule.badTime', { got: echo(typed('time')) })
  const link = typed('link') === '' ? null : parseLink(typed('link'))
  if (typed('link') !== '' && !link)
    fields.link = t('schedule.badLink', { got: echo(typed('link')) })
  const movedTo = `${date ?? example}T${time ?? '12:00'}`
  const placed = placeOne(movedTo, timeZone)
  if (date && time && placed.startsAt <= now)
    fields.date = t('schedule.pastDate', { got: date, time, example })
  if (Object.keys(fields).length > 0) throw new UserError(Object.values(fields)[0] ?? '', fields)
  return { movedTo, ...placed, place: typed('place') || null, link }
}
