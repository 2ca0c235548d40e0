import { LANGUAGES } from '../content/load.ts'
import { DEFAULT_DIGEST, nextDigestAt } from '../domain/digest.ts'
import { parseTime } from '../domain/schedule.ts'
import { isTimeZone } from '../domain/time.ts'
import { UserError } from '../errors.ts'
import { findDigestPlan, saveDigestPlan } from '../store/digest.ts'
import { clearDigests } from '../store/occurrence.ts'
import { digestSettingsDone, digestSettingsForm } from '../views/digest-settings.ts'
import { command } from './command.ts'
import { echo, formInput, noInput, textValue } from './input.ts'

/**
 * When a supervisor's digest comes: weekday, hour, zone, in which language; and where: where this
 * was set last.
 */
export const digestSettings = command({
  verb: 'digest.settings',
  opens: 'form',
  isTyped: true,
  access: { who: 'supervisor' },
  effect: 'read',
  input: noInput,
  run: async (context) => {
    const { texts, actor } = context
    const plan = (await findDigestPlan(context, actor.personId)) ?? {
      ...DEFAULT_DIGEST,
      timeZone: context.zone.timeZone,
      language: null,
    }
    return { reply: { type: 'form', form: digestSettingsForm(texts, plan, LANGUAGES) } }
  },
})

export const digestSettingsSubmit = command({
  verb: 'digest.settings.submit',
  isTyped: false,
  access: { who: 'supervisor' },
  effect: 'write',
  form: 'digest.settings',
  input: formInput,
  run: async (context, { values }) => {
    const { texts, actor, now } = context
    const { personId } = actor
    const fields: Record<string, string> = {}
    const weekday = Number(textValue(values, 'weekday'))
    const localTime = parseTime(textValue(values, 'time'))
    const timeZone = textValue(values, 'timeZone')
    if (!localTime)
      fields.time = texts.t('schedule.badTime', { got: echo(textValue(values, 'time')) })
    if (!isTimeZone(timeZone)) fields.timeZone = texts.t('new.badZone', { got: echo(timeZone) })
    if (!localTime || Object.keys(fields).length > 0)
      throw new UserError(Object.values(fields)[0] ?? '', fields)
    const plan = {
      weekday: weekday >= 1 && weekday <= 7 ? weekday : DEFAULT_DIGEST.weekday,
      localTime,
      timeZone,
      language: LANGUAGES.find((one) => one.id === textValue(values, 'language'))?.id ?? null,
      connectionId: actor.connectionId,
    }
    await saveDigestPlan(context, personId, plan)
    await clearDigests(context, personId)
    const dueAt = nextDigestAt(plan, now)
    return {
      reply: { type: 'done', card: digestSettingsDone(texts, { dueAt, timeZone, now }) },
      occurrences: [{ kind: 'digest', dueAt, personId }],
    }
  },
})
