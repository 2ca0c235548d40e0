import { clip, plain } from '../domain/text.ts'
import type { Field } from '../views/card.ts'
import { TEAMS_LIMITS as LIMITS } from './limits.ts'

/** Adaptive Card JSON. Teams emits nothing newer than 1.5 reliably. */
export type Element = Record<string, unknown>

/** Fields are named so that a submission can be told apart from the button's own data. */
export const TEXT_FIELD = 'field:'
export const PEOPLE_FIELD = 'people:'

/** Rich text shows what it is given: a TextBlock would read Markdown out of what a person typed. */
export function paragraph(text: string, style: Element = {}): Element {
  const run = { type: 'TextRun', text: clip(plain(text), LIMITS.blockText) || ' ', ...style }
  return { type: 'RichTextBlock', inlines: [run] }
}

/** A field with its hint, and what is wrong with it. `leftEmpty` is said of one that is needed. */
export function renderField(field: Field, leftEmpty: string, error: string | undefined): Element[] {
  const notes: Element[] = []
  if (error) notes.push(paragraph(error, { color: 'Attention', weight: 'Bolder' }))
  if (field.hint) notes.push(paragraph(field.hint, { isSubtle: true, size: 'Small' }))
  return [renderInput(field, leftEmpty), ...notes]
}

function renderInput(field: Field, leftEmpty: string): Element {
  const needed = { isRequired: true, errorMessage: leftEmpty }
  const label = clip(plain(field.label), LIMITS.blockText) || ' '
  switch (field.type) {
    case 'text':
      return {
        type: 'Input.Text',
        id: TEXT_FIELD + field.name,
        label,
        // A client would refuse a value that it cannot keep.
        value: clip(field.value ?? '', field.maxLength),
        maxLength: field.maxLength,
        ...(field.isOptional ? {} : needed),
        ...(field.isLong ? { isMultiline: true } : {}),
      }
    case 'people':
      return {
        type: 'Input.ChoiceSet',
        id: PEOPLE_FIELD + field.name,
        label,
        isMultiSelect: true,
        value: field.value.join(','),
        choices: [],
        'choices.data': { type: 'Data.Query', dataset: 'graph.microsoft.com/users' },
      }
    case 'choice':
      return {
        type: 'Input.ChoiceSet',
        id: TEXT_FIELD + field.name,
        label,
        style: field.isExpanded ? 'expanded' : 'compact',
        ...(field.isOptional ? {} : needed),
        choices: field.options.map(({ value, label: title }) => ({
          value,
          title: clip(plain(title), LIMITS.titleText),
        })),
        ...(field.value === undefined ? {} : { value: field.value }),
      }
  }
}
