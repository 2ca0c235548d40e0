import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { Texts } from '../content/load.ts'
import { clip } from '../domain/text.ts'
import { UserError } from '../errors.ts'
import type { FieldValue } from '../platform.ts'
import type { Field, Form } from '../views/card.ts'

// A form that shows what is kept carries a fingerprint of each field. When it is sent, a field that
// was left alone is left as it is now, whoever changed it meanwhile; one that both changed is asked
// about (decision 43).

/** The version of such a form begins with it. */
const MARK = 'kept'
type Value = string | readonly string[]

const fingerprint = (value: Value): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('base64url').slice(0, 8)

/** The value that a field shows, as it comes back when nobody touches it. */
function shown(field: Field): Value {
  if (field.type === 'people') return [...field.value].sort()
  if (field.type === 'choice') return field.value ?? ''
  return tidy(clip(field.value ?? '', field.maxLength))
}
const tidy = (text: string): string => text.replace(/\r\n?/g, '\n').trim()

function sent(value: FieldValue | undefined, like: Value): Value {
  if (typeof like !== 'string')
    return Array.isArray(value) ? value.map(({ externalId }) => externalId).sort() : []
  return typeof value === 'string' ? tidy(value) : ''
}

const keptFields = ({ fields }: Form): readonly Field[] => fields.filter(({ isAsked }) => !isAsked)

/** The version of a form that shows what is kept, without anything that was typed into it. */
export const keptVersion = (form: Form): string =>
  [MARK, ...keptFields(form).map((field) => `${field.name}:${fingerprint(shown(field))}`)].join(' ')

/** Whether a form was made to be merged. */
export const isKept = (version: string | undefined): version is string =>
  version?.startsWith(`${MARK} `) ?? false

/** The fingerprints of a version by field; empty where it is of another kind. */
export const printsOf = (version: string | undefined): ReadonlyMap<string, string> =>
  new Map(
    (isKept(version) ? version.split(' ').slice(1) : []).map((one): [string, string] => {
      const at = one.lastIndexOf(':')
      return [one.slice(0, at), one.slice(at + 1)]
    }),
  )

/** Whether a field came back as it was shown. */
export const isUntouched = (
  prints: ReadonlyMap<string, string>,
  field: Field,
  value: FieldValue | undefined,
): boolean => prints.get(field.name) === fingerprint(sent(value, shown(field)))

/**
 * The values to write: those that were touched, and for the others what is kept now, as `now`, the
 * same form made at this moment, shows it. Throws UserError at the fields that somebody else has
 * changed as well.
 */
export function mergeKept(
  texts: Texts,
  version: string,
  values: Readonly<Record<string, FieldValue>>,
  now: Form,
): Record<string, FieldValue> {
  const prints = printsOf(version)
  const merged: Record<string, FieldValue> = { ...values }
  const same = now.fields.find(({ name }) => name === now.merges?.whileSame)
  // Another thing was chosen than the one that the fields show.
  if (same && sent(values[same.name], shown(same)) !== shown(same)) return merged
  const conflicts: Record<string, string> = {}
  const fields = keptFields(now).filter(({ name }) => prints.has(name))
  const list = fields.filter(({ name }) => now.merges?.together?.includes(name))
  const units = [...fields.filter((field) => !list.includes(field)).map((one) => [one]), list]
  for (const unit of units) {
    const own = unit.map((field) => fingerprint(sent(values[field.name], shown(field))))
    const kept = unit.map((field) => fingerprint(shown(field)))
    const base = unit.map(({ name }) => prints.get(name))
    const isSame = (a: readonly unknown[], b: readonly unknown[]) => isDeepStrictEqual(a, b)
    if (isSame(base, kept) || isSame(own, kept)) continue
    for (const [index, field] of unit.entries()) {
      const value = shown(field)
      if (isSame(own, base))
        merged[field.name] =
          typeof value === 'string' ? value : value.map((externalId) => ({ externalId }))
      else if (own[index] !== kept[index]) conflicts[field.name] = changedTo(texts, field)
    }
  }
  const [first] = Object.values(conflicts)
  if (first !== undefined) throw new UserError(first, conflicts, { isAnew: true })
  return merged
}

function changedTo({ t }: Texts, field: Field): string {
  const value = shown(field)
  const label =
    field.type === 'choice'
      ? (field.options.find((option) => option.value === value)?.label ?? '')
      : typeof value === 'string'
        ? value.replaceAll('\n', ' / ')
        : ''
  return label === '' ? t('form.meanwhile') : t('form.meanwhileTo', { now: clip(label, 60) })
}
