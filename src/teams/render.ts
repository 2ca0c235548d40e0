import { clip, plain } from '../domain/text.ts'
import { type Block, type Button, type Card, type Chart, type Form, LEVEL } from '../views/card.ts'
import { withSpokenLabels } from '../views/spoken.ts'
import { type Element, paragraph, renderField } from './fields.ts'
import { TEAMS_LIMITS as LIMITS } from './limits.ts'

export type AdaptiveCard = {
  type: 'AdaptiveCard'
  $schema: string
  version: '1.5'
  /** The language that a screen reader reads it in. */
  lang?: string
  body: Element[]
  actions?: Element[]
}
/** Null: nobody said. */
type Language = string | null

/**
 * The place that a card stands in. A dialog sends everything back by a plain Action.Submit: nothing
 * else is documented there.
 */
type Place = 'chat' | 'dialog'

/** A card for a chat. `notification` becomes the activity's summary: what a lock screen shows. */
export function renderCard(
  card: Card,
  language: Language = null,
): { card: AdaptiveCard; summary: string } {
  const first = card.blocks[0]
  const hasOwnTitle = !(first && 'text' in first && first.text === card.title)
  const title = hasOwnTitle ? [headingElement(card.title, 'Large')] : []
  return {
    card: adaptive(card.kind, language, [...title, ...renderBlocks(card.blocks, 'chat')]),
    summary: clip(plain(card.notification), LIMITS.notification),
  }
}

/** A card inside a dialog, whose frame carries the title. */
export function renderDialogCard(
  card: Card,
  language: Language = null,
): { title: string; card: AdaptiveCard } {
  return {
    title: clip(plain(card.title), LIMITS.titleText),
    card: adaptive(card.kind, language, renderBlocks(card.blocks, 'dialog')),
  }
}

/** The language of a form, and what its client says of a field that must not be empty. */
type Reading = { language: Language; leftEmpty: string }

/** A form for a dialog. `errors` stand above the fields that they are about. */
export function renderForm(
  form: Form,
  { language, leftEmpty }: Reading,
  errors: Readonly<Record<string, string>> = {},
): { title: string; card: AdaptiveCard } {
  const fields = form.fields.flatMap((field) => renderField(field, leftEmpty, errors[field.name]))
  const submit = {
    type: 'Action.Submit',
    id: `kind:${form.kind}`,
    title: clip(plain(form.submitLabel), LIMITS.buttonText) || ' ',
    data: {
      verb: form.verb,
      id: form.id,
      ...(form.version ? { version: form.version } : {}),
      ...(form.key ? { key: form.key } : {}),
    },
  }
  const body = [...renderBlocks(form.intro, 'dialog'), ...fields]
  const card = { ...FRAME, ...langOf(language), body, actions: [submit] }
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
function adaptive(kind: string, language: Language, body: Element[]): AdaptiveCard {
  const [first, ...rest] = body
  return {
    ...FRAME,
    ...langOf(language),
    body: first ? [{ ...first, id: `kind:${kind}` }, ...rest] : [],
  }
}

const langOf = (language: Language) => (language === null ? {} : { lang: language })

/**
 * Blocks within the limits: what does not fit ends in a visible "…". A last row of buttons leads on
 * from there, and stays.
 */
function renderBlocks(blocks: readonly Block[], place: Place): Element[] {
  const rendered: Element[] = []
  let room: number = LIMITS.cardText
  const spoken = withSpokenLabels(blocks)
  const last = spoken.at(-1)
  const tail = last?.type === 'buttons' ? renderBlock(last, place) : []
  for (const block of spoken) {
    room -= textLength(block)
    const next = renderBlock(block, place)
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

function renderBlock(block: Block, place: Place): Element[] {
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
        actions: buttons.map((button) => renderButton(button, place)),
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
 * In a chat a button to a form or a result opens a dialog; any other is an Action.Execute, with
 * Action.Submit for old clients.
 */
function renderButton(button: Button, place: Place): Element {
  const common = {
    title: clip(plain(button.label), LIMITS.buttonText) || ' ',
    ...(button.spoken ? { tooltip: clip(plain(button.spoken), LIMITS.titleText) } : {}),
  }
  if (button.opens === 'address') return { type: 'Action.OpenUrl', ...common, url: button.url }
  const data = { verb: button.verb, id: button.id, ...(button.draft ? { text: button.draft } : {}) }
  if (place === 'dialog') return { type: 'Action.Submit', ...common, data }
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
