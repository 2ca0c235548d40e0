import { z } from 'zod'
import type { Texts } from '../content/load.ts'
import { MAX_CHOSEN, MAX_ECHO_CHARS } from '../domain/limits.ts'
import { oneLine } from '../domain/text.ts'
import { UserError } from '../errors.ts'
import type { FieldValue, PersonRef } from '../platform.ts'

/** The longest command line that is read; the rest is cut. */
const MAX_TEXT_CHARS = 500

/** A command that needs nothing but perhaps a group. */
export const groupInput = z.object({
  id: z.uuid().optional(),
  text: z
    .string()
    .transform((text) => text.trim().slice(0, MAX_TEXT_CHARS))
    .optional(),
})

export const noInput = z.object({})

/** A submitted form: what it is about, and its fields. */
export const formInput = z.object({
  id: z.uuid().nullish(),
  version: z.string().optional(),
  values: z.record(z.string(), z.custom<FieldValue>()),
})
export const idInput = z.object({ id: z.uuid() })

/** A field of one line: what a client sends in several is one all the same. */
export function textValue(values: Record<string, FieldValue>, name: string): string {
  return oneLine(linesValue(values, name))
}

/** A field in which lines end where somebody ended them. */
export function linesValue(values: Record<string, FieldValue>, name: string): string {
  const value = values[name]
  // Postgres takes no NUL in text.
  return typeof value === 'string' ? value.replaceAll('\0', '').trim() : ''
}

/**
 * People chosen in a form. Throws UserError, before the store is asked, when there are too many or
 * somebody is unknown; or the platform did not say who it is, unless they `mayBeUnchecked`.
 */
export function peopleValue(
  { t }: Texts,
  values: Record<string, FieldValue>,
  name: string,
  { mayBeUnchecked = false } = {},
): readonly PersonRef[] {
  const value = values[name]
  const people: readonly PersonRef[] = Array.isArray(value) ? value : []
  const fail = (message: string): never => {
    throw new UserError(message, { [name]: message })
  }
  if (people.length > MAX_CHOSEN)
    fail(t('roster.tooManyChosen', { limit: MAX_CHOSEN, got: people.length }))
  if (people.some(({ externalId }) => !PLATFORM_ID.test(externalId))) fail(t('roster.notAPerson'))
  const unchecked = mayBeUnchecked ? [] : people.filter(({ isUnchecked }) => isUnchecked)
  if (unchecked.length > 0) fail(t('roster.unchecked', { count: unchecked.length }))
  return people
}

/** Ids of people, as chat platforms make them: short, and without a space. */
const PLATFORM_ID = /^[\x21-\x7e]{2,255}$/

/** A person's own words, short enough to say back to them. */
export function echo(text: string): string {
  return text.length > MAX_ECHO_CHARS ? `${text.slice(0, MAX_ECHO_CHARS)}…` : text
}
