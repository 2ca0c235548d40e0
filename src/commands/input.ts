import { z } from 'zod'
import { MAX_ECHO_CHARS } from '../domain/limits.ts'
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
export const formInput = z.object({ id: z.uuid().nullish(), values: z.record(z.string(), z.custom<FieldValue>()) })
export const idInput = z.object({ id: z.uuid() })

export function textValue(values: Record<string, FieldValue>, name: string): string {
  const value = values[name]
  return typeof value === 'string' ? value.trim() : ''
}

export function peopleValue(values: Record<string, FieldValue>, name: string): readonly PersonRef[] {
  const value = values[name]
  return Array.isArray(value) ? value : []
}

/** What a person typed, short enough to say back to them. */
export function echo(text: string): string {
  return text.length > MAX_ECHO_CHARS ? `${text.slice(0, MAX_ECHO_CHARS)}…` : text
}
