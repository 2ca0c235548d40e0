import type { types } from '@slack/bolt'
import { clip, plain } from '../domain/text.ts'
import type { Block, Button, Card, Field, Form } from '../views/card.ts'
import { type ChartBlock, renderChart } from './chart.ts'
import { SLACK_LIMITS as LIMITS } from './limits.ts'

type KnownBlock = types.KnownBlock | ChartBlock
type ModalView = types.ModalView
type PlainText = types.PlainTextElement

/**
 * Everything is plain_text: no mention, link or formatting is ever read out of what a person typed.
 */
const plainText = (text: string, limit: number): PlainText => ({
  type: 'plain_text',
  text: clip(plain(text), limit) || ' ',
  emoji: false,
})

/** The fallback text is read as mrkdwn, so its three special characters are escaped. */
function escapeMrkdwn(text: string): string {
  return plain(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

export type SlackMessage = { text: string; blocks: KnownBlock[] }

const rendered = new WeakMap<Card, SlackMessage>()

/** A card as a message. A card that is shown again is not rendered again. */
export function renderMessage(card: Card): SlackMessage {
  const message = rendered.get(card) ?? toMessage(card)
  rendered.set(card, message)
  return message
}

/** A title that only repeats the first line is left out. */
function toMessage(card: Card): SlackMessage {
  const first = card.blocks[0]
  const hasOwnTitle = !(first && 'text' in first && first.text === card.title)
  const blocks: Block[] = hasOwnTitle
    ? [{ type: 'heading', text: card.title }, ...card.blocks]
    : [...card.blocks]
  return {
    text: clip(escapeMrkdwn(card.notification), LIMITS.notification),
    blocks: labelled(card.kind, renderBlocks(withoutCharts(blocks), LIMITS.blocksInMessage)),
  }
}

const withoutCharts = (blocks: readonly Block[]) => blocks.filter(({ type }) => type !== 'chart')
export const hasCharts = (card: Card) => card.blocks.some(({ type }) => type === 'chart')

/**
 * A card as a modal without a submit button. Its charts are drawn where Slack may refuse them and
 * be asked again without.
 */
export function renderCardView(
  card: Card,
  closeLabel: string,
  draws: 'charts' | 'text' = 'text',
): ModalView {
  const blocks = draws === 'charts' ? withFewCharts(card.blocks) : withoutCharts(card.blocks)
  return {
    type: 'modal',
    title: plainText(card.title, LIMITS.viewTitle),
    close: plainText(closeLabel, LIMITS.viewButton),
    blocks: labelled(card.kind, renderBlocks(blocks, LIMITS.blocksInView)),
  }
}

/** Slack takes two charts at a time; the text beside the others stays. */
function withFewCharts(blocks: readonly Block[]): Block[] {
  let room: number = LIMITS.charts
  return blocks.filter(({ type }) => type !== 'chart' || room-- > 0)
}

/** A card as the app's home tab. */
export function renderHome(card: Card): types.HomeView {
  return {
    type: 'home',
    blocks: labelled(card.kind, renderBlocks(withoutCharts(card.blocks), LIMITS.blocksInView)),
  }
}

/**
 * A form as a modal. Its subject travels as an id in private_metadata; the verb is the callback id.
 */
export function renderForm(form: Form): ModalView {
  const intro = renderBlocks(form.intro, LIMITS.blocksInView - form.fields.length)
  return {
    type: 'modal',
    callback_id: form.verb,
    private_metadata: JSON.stringify({
      id: form.id,
      ...(form.version ? { version: form.version } : {}),
    }),
    title: plainText(form.title, LIMITS.viewTitle),
    submit: plainText(form.submitLabel, LIMITS.viewButton),
    close: plainText(form.closeLabel, LIMITS.viewButton),
    blocks: labelled(form.kind, [...intro, ...form.fields.map(renderField)]),
  }
}

/**
 * The first block's id says what kind of card this is; people never see it. Input blocks keep their
 * own ids.
 */
function labelled(kind: string, blocks: KnownBlock[]): KnownBlock[] {
  const [first, ...rest] = blocks
  if (!first || first.type === 'input')
    return [{ type: 'divider', block_id: `kind:${kind}` }, ...blocks]
  return [{ ...first, block_id: `kind:${kind}` }, ...rest]
}

/**
 * Blocks within the limits: what does not fit ends in a visible "…". A last row of buttons leads on
 * from there, and stays.
 */
function renderBlocks(blocks: readonly Block[], limit: number): KnownBlock[] {
  const rendered: KnownBlock[] = []
  let room: number = LIMITS.textInMessage
  const last = blocks.at(-1)
  const tail = last?.type === 'buttons' ? [renderBlock(last)] : []
  for (const block of blocks) {
    const next = renderBlock(block)
    room -= textLength(block)
    if (rendered.length === limit - 1 || room < 0) {
      const kept = rendered.slice(0, limit - 1 - tail.length)
      const cut: KnownBlock = { type: 'context', elements: [plainText('…', 1)] }
      return [...kept, cut, ...tail]
    }
    rendered.push(next)
  }
  return rendered
}

function textLength(block: Block): number {
  if (block.type === 'buttons')
    return block.buttons.reduce((sum, button) => sum + button.label.length, 0)
  if (block.type === 'chart') return 0
  return Math.min(
    LIMITS.sectionText,
    block.type === 'list' ? block.items.join('\n').length : block.text.length,
  )
}

function renderBlock(block: Block): KnownBlock {
  switch (block.type) {
    case 'heading':
      return { type: 'header', text: plainText(block.text, LIMITS.headerText) }
    case 'text':
      return { type: 'section', text: plainText(block.text, LIMITS.sectionText) }
    case 'list':
      return {
        type: 'section',
        text: plainText(block.items.map((item) => `• ${item}`).join('\n'), LIMITS.sectionText),
      }
    case 'note':
      return { type: 'context', elements: [plainText(block.text, LIMITS.contextText)] }
    case 'buttons':
      return {
        type: 'actions',
        elements: block.buttons.slice(0, LIMITS.buttonsInRow).map(renderButton),
      }
    case 'chart':
      return renderChart(block)
  }
}

function renderButton(button: Button, index: number): types.Button {
  return {
    type: 'button',
    action_id: `button:${index}`,
    text: plainText(button.label, LIMITS.buttonText),
    ...(button.opens === 'address'
      ? { url: button.url }
      : {
          value: JSON.stringify({
            verb: button.verb,
            id: button.id,
            ...(button.draft ? { text: clip(button.draft, LIMITS.draft) } : {}),
          }),
        }),
    ...(button.isPrimary ? { style: 'primary' } : {}),
  }
}

function renderField(field: Field): KnownBlock {
  const isOptional = field.type === 'people' || (field.isOptional ?? false)
  return {
    type: 'input',
    block_id: `field:${field.name}`,
    optional: isOptional,
    label: plainText(field.label, LIMITS.inputLabel),
    ...(field.hint ? { hint: plainText(field.hint, LIMITS.inputHint) } : {}),
    element: renderElement(field),
  }
}

type InputElement = Extract<KnownBlock, { type: 'input' }>['element']

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
