import { unheardOn } from '../domain/contact.ts'
import { parseDate } from '../domain/schedule.ts'
import { endOfDate, instantOf, localOf } from '../domain/time.ts'
import { UserError } from '../errors.ts'
import { type Absence, findAbsence, saveAbsence } from '../store/absence.ts'
import { listHelpersOf, listPromising } from '../store/ladder.ts'
import { ensurePeople } from '../store/people.ts'
import { awayDone, awayForm } from '../views/away.ts'
import { type Context, command } from './command.ts'
import { lookAgain, together } from './contact-path.ts'
import { nameOf, settledOn, shownHere } from './elsewhere.ts'
import { echo, formInput, noInput, peopleValue, textValue } from './input.ts'

/** Staff say that they are not there for contact requests, and who is in their place. */
export const away = command({
  verb: 'away',
  opens: 'form',
  isTyped: true,
  access: { who: 'staff' },
  effect: 'read',
  input: noInput,
  run: async (context) => {
    const { texts, actor, now } = context
    const timeZone = context.zone.timeZone
    const absence = await findAbsence(context, actor.personId, now)
    const form = awayForm(texts, {
      from: dateOf(absence?.from ?? now, timeZone),
      // Until the end of a day: its last moment names it.
      until: absence ? dateOf(new Date(absence.until.getTime() - 1), timeZone) : '',
      isAway: absence !== null,
      standIn: await shownHere(context, absence?.standInId ?? null),
    })
    return { reply: { type: 'form', form } }
  },
})

const dateOf = (at: Date, timeZone: string): string =>
  localOf(at, timeZone).toPlainDate().toString()

export const awaySubmit = command({
  verb: 'away.submit',
  isTyped: false,
  access: { who: 'staff' },
  effect: 'write',
  form: 'away',
  input: formInput,
  run: async (context, { values }) => {
    const { tx, texts, actor, now, connection, newId } = context
    const timeZone = context.zone.timeZone
    const [standIn] = await ensurePeople(
      tx,
      connection,
      peopleValue(texts, values, 'standIn').slice(0, 1),
      newId,
    )
    const before = await findAbsence(context, actor.personId, now)
    const standInId = await settledOn(context, standIn?.personId ?? null, before?.standInId ?? null)
    const absence = readAbsence(context, values, timeZone, standInId)
    if (standIn && (!standIn.isStaff || standIn.personId === actor.personId)) {
      const names = standIn.name ?? texts.t('roster.someone')
      const message = texts.t(standIn.isStaff ? 'away.notYourself' : 'roster.notStaff', {
        names,
        count: 1,
      })
      throw new UserError(message, { standIn: message })
    }
    await saveAbsence(context, actor.personId, absence)
    return {
      ...together([
        await lookAgain(context),
        {
          audit: [
            { action: absence ? 'staff.away' : 'staff.back', subjectId: actor.organisationId },
          ],
        },
      ]),
      reply: {
        type: 'done',
        card: awayDone(texts, {
          absence,
          standIn: absence?.standInId ? await nameOf(context, absence.standInId) : null,
          empty: await emptyWithout(context, actor.personId),
          timeZone,
          now,
        }),
      },
    }
  },
})

/** Names of groups that this person answers for, and in which nobody is there now. */
async function emptyWithout(context: Context, personId: string): Promise<string[]> {
  const groups = await listPromising(context)
  const ids = groups.map(({ id }) => id)
  const helpers = await listHelpersOf(context, ids, context.now)
  return groups
    .filter(({ id }) => {
      const own = helpers.get(id) ?? []
      return own.some((one) => one.personId === personId) && unheardOn(own, true, []).length > 0
    })
    .map(({ alias }) => alias)
}

/** Whole local days. An empty last day: they are there. Throws UserError beside the field. */
function readAbsence(
  { texts, now }: Context,
  values: Parameters<typeof textValue>[0],
  timeZone: string,
  standInId: string | null,
): Absence | null {
  const read = (name: 'from' | 'until'): string => {
    const typed = textValue(values, name)
    const date = parseDate(typed)
    if (date) return date
    const message = texts.t('schedule.badDate', {
      got: echo(typed),
      example: dateOf(now, timeZone),
    })
    throw new UserError(message, { [name]: message })
  }
  if (textValue(values, 'until') === '') return null
  const [from, last] = [read('from'), read('until')]
  const until = endOfDate(last, timeZone)
  if (last < from || until <= now) {
    const message = texts.t('away.badUntil')
    throw new UserError(message, { until: message })
  }
  return { from: instantOf(`${from}T00:00`, timeZone), until, standInId }
}
