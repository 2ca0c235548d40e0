import { publicHolidays } from '../content/holidays.ts'
import { placeOne } from '../domain/recurrence.ts'
import { parseDate, parseLink, parseTime } from '../domain/schedule.ts'
import { localOf, plus } from '../domain/time.ts'
import { UserError } from '../errors.ts'
import { lockGroup } from '../store/group.ts'
import { moveSession } from '../store/session-change.ts'
import { moveDone, moveForm } from '../views/move.ts'
import { type Context, command, groupOf } from './command.ts'
import { echo, formInput, groupInput, textValue } from './input.ts'
import { replan } from './programme.ts'
import { aheadOf, choice, chosenSession, nothingAhead } from './session.ts'
import { tellAll } from './tell-all.ts'

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
