import { LINES_GOOD_FOR_DAYS, type OwnLines } from '../content/help-lines.ts'
import { MAX_HELP_LINES, MAX_LINE_CHARS } from '../domain/limits.ts'
import { UserError } from '../errors.ts'
import { saveHelpLines } from '../store/organisation.ts'
import { helpLinesDone, helpLinesForm, linesCard } from '../views/help-lines.ts'
import { type Context, command } from './command.ts'
import { linesFor, linesOfPerson } from './help-lines-for.ts'
import { echo, formInput, linesValue, noInput, textValue } from './input.ts'

/** All help lines that fit somebody, with every way in. */
export const lines = command({
  verb: 'lines',
  isTyped: true,
  isSameForAll: true,
  access: { who: 'anyone' },
  effect: 'read',
  input: noInput,
  run: async (context) => ({
    reply: {
      type: 'card',
      card: linesCard(context.texts, {
        ...linesOfPerson(context),
        example: context.example('pause'),
      }),
    },
  }),
})

/**
 * The help lines that everybody sees before question one: the built-in ones of the country, or an
 * organisation's own.
 */
export const adminLines = command({
  verb: 'admin.lines',
  opens: 'form',
  isTyped: true,
  access: { who: 'admin' },
  effect: 'read',
  input: noInput,
  run: async (context) => {
    const { texts, organisation } = context
    const own = organisation.crisisLines
    const facts = {
      now: linesFor(context),
      emergency: own?.emergency ?? '',
      lines: (own?.lines ?? []).map(({ name, number }) => `${name}: ${number}`).join('\n'),
      days: LINES_GOOD_FOR_DAYS,
    }
    return { reply: { type: 'form', form: helpLinesForm(texts, facts) } }
  },
})

export const adminLinesSubmit = command({
  verb: 'admin.lines.submit',
  isTyped: false,
  access: { who: 'admin' },
  effect: 'write',
  changesSettings: true,
  form: 'admin.lines',
  input: formInput,
  run: async (context, { values }) => {
    const { texts, organisation, actor, now } = context
    const emergency = textValue(values, 'emergency')
    const typed = linesValue(values, 'lines')
    const own: OwnLines | null =
      emergency === '' && typed === ''
        ? null
        : {
            emergency: readEmergency(context, emergency),
            lines: readLines(context, typed),
            savedOn: dayOf(now),
          }
    await saveHelpLines(context, own)
    const shown = linesFor({ ...context, organisation: { ...organisation, crisisLines: own } })
    return {
      reply: {
        type: 'done',
        card: helpLinesDone(texts, { lines: shown, days: LINES_GOOD_FOR_DAYS }),
      },
      audit: [{ action: 'helpLines.changed', subjectId: actor.organisationId }],
    }
  },
})

const dayOf = (now: Date): string => now.toISOString().slice(0, 10)

/** A number that can be dialled: digits, and what people put between them. */
const NUMBER = /^[+*#]?\d[\d ()/+*#-]{0,24}$/

function readEmergency({ texts }: Context, typed: string): string {
  const message = texts.t('lines.badNumber', { got: echo(typed) })
  if (!NUMBER.test(typed)) throw new UserError(message, { emergency: message })
  return typed
}

/** A line each: "Name: number". Throws UserError that names the line. */
function readLines({ texts }: Context, typed: string): { name: string; number: string }[] {
  const fail = (message: string): never => {
    throw new UserError(message, { lines: message })
  }
  const rows = typed
    .split('\n')
    .map((row) => row.trim())
    .filter((row) => row !== '')
  if (rows.length === 0 || rows.length > MAX_HELP_LINES)
    return fail(texts.t('lines.howMany', { limit: MAX_HELP_LINES, got: rows.length }))
  return rows.map((row) => {
    const colon = row.lastIndexOf(':')
    const name = row.slice(0, Math.max(0, colon)).trim()
    const number = row.slice(colon + 1).trim()
    if (name === '' || row.length > MAX_LINE_CHARS || !NUMBER.test(number))
      return fail(texts.t('lines.badLine', { got: echo(row) }))
    return { name, number }
  })
}
