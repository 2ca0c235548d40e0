import type { types } from '@slack/bolt'
import type { TextKey } from '../content/load.ts'
import { clip, plain } from '../domain/text.ts'
import type { Block, Button, Card, Form } from '../views/card.ts'
import { withSpokenLabels } from '../views/spoken.ts'
import { type ChartBlock, renderChart } from './chart.ts'
import { plainText, renderField } from './fields.ts'
import { SLACK_LIMITS as LIMITS } from './limits.ts'

type KnownBlock = types.KnownBlock | ChartBlock
type ModalView = types.ModalView

/** The fallback text is read as mrkdwn, so its three special characters are escaped. */
function escapeMrkdwn(text: string): string {
  return plain(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

export type SlackMessage = { text: string; blocks: KnownBlock[] }

const rendered = new WeakMap<Card, SlackMessage>()

/**
 * Slack draws charts in messages and refuses them in modals (docs.slack.dev, design principles).
 */
type Draws = 'charts' | 'text'

/** A card as a message. One that is shown again as text is not rendered again. */
export function renderMessage(card: Card, draws: Draws = 'text'): SlackMessage {
  if (draws === 'charts') return toMessage(card, withFewCharts)
  const message = rendered.get(card) ?? toMessage(card, withoutCharts)
  rendered.set(card, message)
  return message
}

/** A title that only repeats the first line is left out. */
function toMessage(card: Card, chosen: (blocks: readonly Block[]) => Block[]): SlackMessage {
  const first = card.blocks[0]
  const hasOwnTitle = !(first && 'text' in first && first.text === card.title)
  const blocks: Block[] = hasOwnTitle
    ? [{ type: 'heading', text: card.title }, ...card.blocks]
    : [...card.blocks]
  return {
    text: clip(escapeMrkdwn(card.notification), LIMITS.notification),
    blocks: labelled(card.kind, renderBlocks(chosen(blocks), LIMITS.blocksInMessage)),
  }
}

const withoutCharts = (blocks: readonly Block[]) => blocks.filter(({ type }) => type !== 'chart')
export const hasCharts = (card: Card) => card.blocks.some(({ type }) => type === 'chart')

/** A card as a modal without a submit button. */
export function renderCardView(card: Card, closeLabel: string): ModalView {
  return {
    type: 'modal',
    title: plainText(card.title, LIMITS.viewTitle),
    close: plainText(closeLabel, LIMITS.viewButton),
    blocks: labelled(card.kind, renderBlocks(withoutCharts(card.blocks), LIMITS.blocksInView)),
  }
}

/** Stands in the place of a form that is being worked on. */
export function renderWaiting(say: (key: TextKey) => string): ModalView {
  return {
    type: 'modal',
    title: plainText(say('error.workingTitle'), LIMITS.viewTitle),
    close: plainText(say('button.close'), LIMITS.viewButton),
    blocks: labelled('working', renderBlock({ type: 'text', text: say('error.working') })),
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
 * `problems` stand above it: what has to be mended, where Slack cannot show it beside the fields.
 * `round`: see renderField.
 */
export function renderForm(form: Form, problems: readonly string[] = [], round = 1): ModalView {
  const above = [...problems.map((text): Block => ({ type: 'text', text })), ...form.intro]
  const intro = renderBlocks(above, LIMITS.blocksInView - form.fields.length)
  return {
    type: 'modal',
    callback_id: form.verb,
    private_metadata: JSON.stringify({
      id: form.id,
      ...(form.version ? { version: form.version } : {}),
      ...(form.key ? { key: form.key } : {}),
      ...(form.waitsOpen ? { waitsOpen: true } : {}),
    }),
    title: plainText(form.title, LIMITS.viewTitle),
    submit: plainText(form.submitLabel, LIMITS.viewButton),
    close: plainText(form.closeLabel, LIMITS.viewButton),
    blocks: labelled(form.kind, [
      ...intro,
      ...form.fields.map((field) => renderField(field, round)),
    ]),
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
  const spoken = withSpokenLabels(blocks)
  const last = spoken.at(-1)
  const tail = last?.type === 'buttons' ? renderBlock(last) : []
  for (const block of spoken) {
    const next = renderBlock(block)
    room -= textLength(block)
    if (rendered.length + next.length > limit - 1 || room < 0) {
      const kept = rendered.slice(0, limit - 1 - tail.length)
      const cut: KnownBlock = { type: 'context', elements: [plainText('…', 1)] }
      return [...kept, cut, ...tail]
    }
    rendered.push(...next)
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

function renderBlock(block: Block): KnownBlock[] {
  switch (block.type) {
    case 'heading':
      return [{ type: 'header', text: plainText(block.text, LIMITS.headerText) }]
    case 'text':
      return [{ type: 'section', text: plainText(block.text, LIMITS.sectionText) }]
    case 'list': {
      const lines = block.items.map((item) => `• ${item}`).join('\n')
      return [{ type: 'section', text: plainText(lines, LIMITS.sectionText) }]
    }
    case 'note':
      return [{ type: 'context', elements: [plainText(block.text, LIMITS.contextText)] }]
    case 'buttons':
      return rowsOf(block.buttons).map((row) => ({
        type: 'actions',
        elements: row.map(renderButton),
      }))
    case 'chart':
      return [renderChart(block)]
  }
}

/** A row takes so many; what is more stands in the next. */
const rowsOf = (buttons: readonly Button[]): (readonly Button[])[] =>
  Array.from({ length: Math.ceil(buttons.length / LIMITS.buttonsInRow) }, (_, row) =>
    buttons.slice(row * LIMITS.buttonsInRow, (row + 1) * LIMITS.buttonsInRow),
  )

function renderButton(button: Button, index: number): types.Button {
  return {
    type: 'button',
    action_id: `button:${index}`,
    text: plainText(button.label, LIMITS.buttonText),
    ...(button.spoken
      ? { accessibility_label: clip(plain(button.spoken), LIMITS.buttonText) }
      : {}),
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
