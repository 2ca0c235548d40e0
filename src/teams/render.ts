import { clip, plain } from '../domain/text.ts'
import {
  type Block,
  type Button,
  type Card,
  type Chart,
  type Field,
  type Form,
  LEVEL,
} from '../views/card.ts'
import { TEAMS_LIMITS as LIMITS } from './limits.ts'

/** Adaptive Card JSON. Teams emits nothing newer than 1.5 reliably. */
type Element = Record<string, unknown>
export type AdaptiveCard = {
  type: 'AdaptiveCard'
  $schema: string
  version: '1.5'
  body: Element[]
  actions?: Element[]
}

/** Fields are named so that a submission can be told apart from the button's own data. */
export const TEXT_FIELD = 'field:'
export const PEOPLE_FIELD = 'people:'

/** A card for a chat. `notification` becomes the activity's summary: what a lock screen shows. */
export function renderCard(card: Card): { card: AdaptiveCard; summary: string } {
  const first = card.blocks[0]
  const hasOwnTitle = !(first && 'text' in first && first.text === card.title)
  const title = hasOwnTitle ? [headingElement(card.title, 'Large')] : []
  return {
    card: adaptive(card.kind, [...title, ...renderBlocks(card.blocks)]),
    summary: clip(plain(card.notification), LIMITS.notification),
  }
}

/** A card inside a dialog, whose frame carries the title. */
export function renderDialogCard(card: Card): { title: string; card: AdaptiveCard } {
  return {
    title: clip(plain(card.title), LIMITS.titleText),
    card: adaptive(card.kind, renderBlocks(card.blocks)),
  }
}

/** A form for a dialog. `errors` stand above the fields that they are about. */
export function renderForm(
  form: Form,
  errors: Readonly<Record<string, string>> = {},
): { title: string; card: AdaptiveCard } {
  const fields = form.fields.flatMap((field) => renderField(field, errors[field.name]))
  const submit = {
    type: 'Action.Submit',
    id: `kind:${form.kind}`,
    title: clip(plain(form.submitLabel), LIMITS.buttonText) || ' ',
    data: { verb: form.verb, id: form.id, ...(form.version ? { version: form.version } : {}) },
  }
  const card = { ...FRAME, body: [...renderBlocks(form.intro), ...fields], actions: [submit] }
  return { title: clip(plain(form.title), LIMITS.titleText), card }
}

const FRAME = {
  type: 'AdaptiveCard',
  $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
  version: '1.5',
} as const

/**
 * The first element's id says what kind of card this is (a form's submit action says it there);
 * people never see it.
 */
function adaptive(kind: string, body: Element[]): AdaptiveCard {
  const [first, ...rest] = body
  return { ...FRAME, body: first ? [{ ...first, id: `kind:${kind}` }, ...rest] : [] }
}

/**
 * Blocks within the limits: what does not fit ends in a visible "…". A last row of buttons leads on
 * from there, and stays.
 */
function renderBlocks(blocks: readonly Block[]): Element[] {
  const rendered: Element[] = []
  let room: number = LIMITS.cardText
  const last = blocks.at(-1)
  const tail = last?.type === 'buttons' ? renderBlock(last) : []
  for (const block of blocks) {
    room -= textLength(block)
    const next = renderBlock(block)
    if (rendered.length + next.length > LIMITS.blocks || room < 0)
      return [...rendered, paragraph('…'), ...tail]
    rendered.push(...next)
  }
  return rendered
}

function textLength(block: Block): number {
  if (block.type === 'buttons' || block.type === 'chart') return 0
  return block.type === 'list' ? block.items.join('').length : block.text.length
}

function renderBlock(block: Block): Element[] {
  switch (block.type) {
    case 'heading':
      return [headingElement(block.text, 'Medium')]
    case 'text':
      return [paragraph(block.text)]
    case 'list':
      return block.items.map((item) => paragraph(`• ${item}`))
    case 'note':
      return [paragraph(block.text, { isSubtle: true, size: 'Small' })]
    case 'buttons':
      return rows(block.buttons).map((buttons) => ({
        type: 'ActionSet',
        actions: buttons.map(renderButton),
      }))
    case 'chart':
      return [renderChart(block)]
  }
}

/** Told apart by how light they are, too; one series has one colour. */
const CHART_COLOURS = [
  'categoricalBlue',
  'categoricalMarigold',
  'categoricalPurple',
  'categoricalLime',
]

/** A client that draws none leaves it out: what it shows stands beside it as text. */
function renderChart({ title, hidden, categories, series, levels }: Chart): Element {
  const label = (text: string) => clip(plain(text), LIMITS.titleText) || ' '
  return {
    type: 'Chart.VerticalBar.Grouped',
    title: label(title),
    ...(hidden === null ? {} : { xAxisTitle: label(hidden) }),
    yAxisTitle: label(levels.map((name, index) => `${index + 1} ${name}`).join(', ')),
    data: series.map(({ name, bands }, number) => ({
      legend: label(name),
      color: CHART_COLOURS[number % CHART_COLOURS.length],
      values: bands.map((band, index) => ({ x: label(categories[index] ?? ''), y: LEVEL[band] })),
    })),
    fallback: 'drop',
  }
}

/** Buttons of a row get equal parts of it, and a label that is longer than its part is cut off. */
function rows(buttons: readonly Button[]): (readonly Button[])[] {
  const filled: Button[][] = []
  for (const next of buttons) {
    const row = filled.at(-1) ?? []
    const longest = Math.max(...[...row, next].map(({ label }) => label.length))
    const fits =
      row.length < LIMITS.buttonsInRow && (row.length + 1) * (longest + 4) <= LIMITS.rowText
    if (fits && row.length > 0) row.push(next)
    else filled.push([next])
  }
  return filled
}

/** Rich text shows what it is given: a TextBlock would read Markdown out of what a person typed. */
function paragraph(text: string, style: Element = {}): Element {
  const run = { type: 'TextRun', text: clip(plain(text), LIMITS.blockText) || ' ', ...style }
  return { type: 'RichTextBlock', inlines: [run] }
}

/**
 * Only a TextBlock can be a heading for screen readers, so Markdown's own characters are escaped in
 * it.
 */
function headingElement(text: string, size: 'Medium' | 'Large'): Element {
  const escaped = clip(plain(text), LIMITS.titleText).replace(/[\\`*_{}[\]()#+\-!<>~|]/g, '\\$&')
  return {
    type: 'TextBlock',
    text: escaped || ' ',
    style: 'heading',
    weight: 'Bolder',
    size,
    wrap: true,
  }
}

/**
 * A button to a form or a result opens a dialog; any other is an Action.Execute, with Action.Submit
 * for old clients.
 */
function renderButton(button: Button): Element {
  const common = { title: clip(plain(button.label), LIMITS.buttonText) || ' ' }
  if (button.opens === 'address') return { type: 'Action.OpenUrl', ...common, url: button.url }
  const data = { verb: button.verb, id: button.id, ...(button.draft ? { text: button.draft } : {}) }
  if (button.opens === 'dialog')
    return { type: 'Action.Submit', ...common, data: { ...data, msteams: { type: 'task/fetch' } } }
  return {
    type: 'Action.Execute',
    ...common,
    verb: button.verb,
    data,
    fallback: { type: 'Action.Submit', ...common, data },
  }
}

function renderField(field: Field, error: string | undefined): Element[] {
  const notes: Element[] = []
  if (error) notes.push(paragraph(error, { color: 'Attention', weight: 'Bolder' }))
  if (field.hint) notes.push(paragraph(field.hint, { isSubtle: true, size: 'Small' }))
  return [renderInput(field), ...notes]
}

function renderInput(field: Field): Element {
  const label = clip(plain(field.label), LIMITS.blockText) || ' '
  switch (field.type) {
    case 'text':
      return {
        type: 'Input.Text',
        id: TEXT_FIELD + field.name,
        label,
        value: field.value ?? '',
        maxLength: field.maxLength,
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
        choices: field.options.map(({ value, label: title }) => ({
          value,
          title: clip(plain(title), LIMITS.titleText),
        })),
        ...(field.value === undefined ? {} : { value: field.value }),
      }
  }
}
