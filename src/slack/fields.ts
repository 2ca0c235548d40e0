import type { types } from '@slack/bolt'
import { clip, plain } from '../domain/text.ts'
import type { Field } from '../views/card.ts'
import { SLACK_LIMITS as LIMITS } from './limits.ts'

/**
 * Everything is plain_text: no mention, link or formatting is ever read out of what a person typed.
 */
export const plainText = (text: string, limit: number): types.PlainTextElement => ({
  type: 'plain_text',
  text: clip(plain(text), limit) || ' ',
  emoji: false,
})

/**
 * A field of a form as an input block. `round` counts how often the form was drawn anew: Slack
 * keeps what somebody put into a block that it knows, and shows a new value in a new block alone.
 */
export function renderField(field: Field, round = 1): types.InputBlock {
  const isOptional = field.type === 'people' || (field.isOptional ?? false)
  return {
    type: 'input',
    block_id: blockOf(field.name, round),
    optional: isOptional,
    label: plainText(field.label, LIMITS.inputLabel),
    ...(field.hint ? { hint: plainText(field.hint, LIMITS.inputHint) } : {}),
    element: renderElement(field),
  }
}

export const blockOf = (name: string, round: number): string =>
  `field:${name}${round > 1 ? `#${round}` : ''}`

/** The field and the round that a block is named after; null: it is no field's. */
export function readBlock(blockId: string): { name: string; round: number } | null {
  const [, name, round = '1'] = /^field:([^#]+)(?:#(\d+))?$/.exec(blockId) ?? []
  return name === undefined ? null : { name, round: Number(round) }
}

type InputElement = types.InputBlock['element']

function renderElement(field: Field): InputElement {
  const action_id = 'value'
  const maxLength = field.type === 'text' ? Math.min(field.maxLength, LIMITS.textInput) : 0
  switch (field.type) {
    case 'text':
      return {
        type: 'plain_text_input',
        action_id,
        max_length: maxLength,
        ...(field.isLong ? { multiline: true } : {}),
        ...(field.value ? { initial_value: clip(field.value, maxLength) } : {}),
      }
    case 'people':
      return {
        type: 'multi_users_select',
        action_id,
        max_selected_items: field.limit,
        ...(field.value.length > 0 ? { initial_users: [...field.value] } : {}),
      }
    case 'choice': {
      const options = field.options.slice(0, LIMITS.options).map(({ value, label }) => ({
        text: plainText(label, LIMITS.optionLabel),
        value: value.slice(0, LIMITS.optionValue),
      }))
      const initial = options.find((option) => option.value === field.value)
      const type =
        field.isExpanded && options.length <= LIMITS.radioOptions
          ? ('radio_buttons' as const)
          : ('static_select' as const)
      return { type, action_id, options, ...(initial ? { initial_option: initial } : {}) }
    }
  }
}
