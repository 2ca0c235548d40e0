import { isHolidayCalendar } from '../content/holidays.ts'
import { LANGUAGES } from '../content/load.ts'
import { MAX_LINE_OF_SETTINGS, MOST_ANSWERS_NEEDED } from '../domain/limits.ts'
import { LONGEST_RETENTION } from '../domain/retention.ts'
import { UserError } from '../errors.ts'
import { saveSettings } from '../store/organisation.ts'
import type { DeliveryPlan } from '../store/outbox.ts'
import { ensurePeople } from '../store/people.ts'
import { settingsDone, settingsForm } from '../views/admin.ts'
import { command } from './command.ts'
import { lookAgain, together } from './contact-path.ts'
import { nameOf, settledOn, shownHere } from './elsewhere.ts'
import { echo, formInput, noInput, peopleValue, textValue } from './input.ts'

/** The ledger must last as long as that look. */
const LEAST_LEDGER_DAYS = 7
export const settings = command({
  verb: 'admin.settings',
  opens: 'form',
  isTyped: true,
  access: { who: 'admin' },
  effect: 'read',
  input: noInput,
  run: async (context) => {
    const { texts, organisation } = context
    const { language, holidays, country, resultMonths, ledgerDays, leastShared, leastStaff } =
      organisation
    const facts = {
      languages: LANGUAGES,
      language: language ?? 'en',
      holidays: holidays ?? '',
      country,
      resultMonths,
      ledgerDays,
      leastShared,
      leastStaff,
      safetyContact: await shownHere(context, organisation.safetyContactId),
      responsible: organisation.responsible ?? '',
      complaints: organisation.complaints ?? '',
    }
    return { reply: { type: 'form', form: settingsForm(texts, facts) } }
  },
})

export const settingsSubmit = command({
  verb: 'admin.settings.submit',
  isTyped: false,
  access: { who: 'admin' },
  effect: 'write',
  changesSettings: true,
  form: 'admin.settings',
  input: formInput,
  run: async (context, { values }) => {
    const { tx, texts, actor, organisation, connection, newId } = context
    const fields: Record<string, string> = {}
    const whole = (
      name: 'resultMonths' | 'ledgerDays' | 'leastShared' | 'leastStaff',
      from: number,
      to: number,
    ): number => {
      const typed = textValue(values, name)
      const value = /^\d{1,2}$/.test(typed) ? Number(typed) : Number.NaN
      if (!(value >= from && value <= to))
        fields[name] = texts.t('schedule.badNumber', { from, to, got: echo(typed) })
      return value
    }
    const resultMonths = whole('resultMonths', 1, LONGEST_RETENTION.resultMonths)
    const ledgerDays = whole('ledgerDays', LEAST_LEDGER_DAYS, LONGEST_RETENTION.ledgerDays)
    // Upwards only, from what was promised so far.
    const leastShared = whole('leastShared', organisation.leastShared, MOST_ANSWERS_NEEDED)
    const leastStaff = whole('leastStaff', organisation.leastStaff, MOST_ANSWERS_NEEDED)
    const holidays = textValue(values, 'holidays').toUpperCase() || null
    const isChanged = holidays !== organisation.holidays
    if (holidays && isChanged && !(await isHolidayCalendar(holidays)))
      fields.holidays = texts.t('edit.badHolidays', { got: echo(holidays) })
    const [safety] = await ensurePeople(
      tx,
      connection,
      peopleValue(texts, values, 'safetyContact').slice(0, 1),
      newId,
    )
    if (safety && (!safety.isStaff || safety.isDeactivated))
      fields.safetyContact = texts.t('roster.notStaff', {
        names: safety.name ?? texts.t('roster.someone'),
        count: 1,
      })
    if (Object.keys(fields).length > 0) throw new UserError(Object.values(fields)[0] ?? '', fields)
    const safetyContactId = await settledOn(
      context,
      safety?.personId ?? null,
      organisation.safetyContactId,
    )
    const language = LANGUAGES.find(({ id }) => id === textValue(values, 'language'))?.id ?? null
    await saveSettings(context, {
      language,
      holidays,
      resultMonths,
      ledgerDays,
      leastShared,
      leastStaff,
      safetyContactId,
      responsible: textValue(values, 'responsible').slice(0, MAX_LINE_OF_SETTINGS) || null,
      complaints: textValue(values, 'complaints').slice(0, MAX_LINE_OF_SETTINGS) || null,
    })
    const facts = { resultMonths, ledgerDays, leastShared, leastStaff }
    const isNew =
      safetyContactId !== null &&
      safetyContactId !== organisation.safetyContactId &&
      safetyContactId !== actor.personId
    const told: DeliveryPlan[] = isNew
      ? [{ key: `role-changed ${newId()}`, kind: 'role-changed', personId: safetyContactId }]
      : []
    return {
      ...together([
        await lookAgain(context),
        {
          deliveries: told,
          audit: [{ action: 'settings.changed', subjectId: actor.organisationId }],
        },
      ]),
      reply: {
        type: 'done',
        card: settingsDone(texts, {
          ...facts,
          safetyContact: safetyContactId && (await nameOf(context, safetyContactId)),
        }),
      },
    }
  },
})
