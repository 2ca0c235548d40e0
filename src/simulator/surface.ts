/**
 * A payload as a person sees it, read from the platform's own JSON and from nothing of the bot's.
 */
type SeenButton = { label: string; raw: Record<string, unknown> }
export type SeenInput = {
  name: string
  label: string
  hint: string | null
  type: 'text' | 'people' | 'choice'
  options: { value: string; label: string }[]
  value: string | string[] | null
  maxLength: number | null
  isOptional: boolean
  /** Where the platform keeps it: Slack's block, action and element type; Teams' input id. */
  at: { block: string; action: string; element: string }
}
/** `reading` is everything in the order in which it stands. */
export type Surface = {
  kind: string
  title: string | null
  reading: string[]
  buttons: SeenButton[]
  inputs: SeenInput[]
  submitLabel: string | null
}

type Json = Record<string, unknown>
const list = (value: unknown): Json[] => (Array.isArray(value) ? (value as Json[]) : [])
const str = (value: unknown): string => (typeof value === 'string' ? value : '')
const textOf = (value: unknown): string => str((value as Json | undefined)?.text)

function kindOf(first: unknown): string {
  const id = str(first)
  return id.startsWith('kind:') ? id.slice('kind:'.length) : 'unknown'
}

/** Reads a Slack message or view. */
export function slackSurface(payload: Json): Surface {
  const blocks = list(payload.blocks)
  const surface = emptySurface(
    kindOf(blocks[0]?.block_id),
    payload.title ? textOf(payload.title) : null,
  )
  surface.submitLabel = payload.submit ? textOf(payload.submit) : null
  if (blocks.length === 0 && payload.text) surface.reading.push(str(payload.text))
  for (const block of blocks) {
    if (block.type === 'section' || block.type === 'header')
      surface.reading.push(...textOf(block.text).split('\n'))
    if (block.type === 'context')
      surface.reading.push(...list(block.elements).map((element) => str(element.text)))
    if (block.type === 'data_visualization') surface.reading.push(...slackChart(block))
    if (block.type === 'actions') {
      for (const raw of list(block.elements))
        addButton(surface, { label: textOf(raw.text), raw: { ...raw, block_id: block.block_id } })
    }
    if (block.type === 'input') addInput(surface, slackInput(block))
  }
  return surface
}

/** A chart in words, for people who read and do not look: its title, its axis, each bar. */
function slackChart(block: Json): string[] {
  const chart = (block.chart ?? {}) as Json
  const axis = (chart.axis_config ?? {}) as Json
  const bars = list(chart.series).map(
    ({ name, data }) =>
      `  ${str(name)}: ${list(data)
        .map(({ label, value }) => `${str(label)} ${value}`)
        .join(', ')}`,
  )
  return [
    `[chart] ${str(block.title)} (${str(axis.y_label)})`,
    ...bars,
    ...[str(axis.x_label)].filter(Boolean),
  ]
}

function teamsChart(element: Json): string[] {
  const bars = list(element.data).map(
    ({ legend, values }) =>
      `  ${str(legend)}: ${list(values)
        .map(({ x, y }) => `${str(x)} ${y}`)
        .join(', ')}`,
  )
  return [
    `[chart] ${str(element.title)} (${str(element.yAxisTitle)})`,
    ...bars,
    ...[str(element.xAxisTitle)].filter(Boolean),
  ]
}

export function emptySurface(kind: string, title: string | null): Surface {
  return { kind, title, reading: [], buttons: [], inputs: [], submitLabel: null }
}

function addButton(surface: Surface, button: SeenButton): void {
  surface.buttons.push(button)
  surface.reading.push(`[${button.label}]`)
}

function addInput(surface: Surface, input: SeenInput): void {
  surface.inputs.push(input)
  const chosen = Array.isArray(input.value) ? `${input.value.length} chosen` : input.value
  const options = input.options.map(
    (option) => `  (${option.value === input.value ? '•' : ' '}) ${option.label}`,
  )
  surface.reading.push(
    input.options.length > 0 ? input.label : `${input.label}: ${chosen || '____'}`,
    ...options,
  )
  if (input.hint) surface.reading.push(`  ${input.hint}`)
}

function slackInput(block: Json): SeenInput {
  const element = (block.element ?? {}) as Json
  const initial =
    element.initial_users ??
    (element.initial_option as Json | undefined)?.value ??
    element.initial_value ??
    null
  return {
    name: str(block.block_id).replace(/^field:|#\d+$/g, ''),
    label: textOf(block.label),
    hint: block.hint ? textOf(block.hint) : null,
    type:
      element.type === 'plain_text_input'
        ? 'text'
        : element.type === 'multi_users_select'
          ? 'people'
          : 'choice',
    options: list(element.options).map((option) => ({
      value: str(option.value),
      label: textOf(option.text),
    })),
    value: initial as SeenInput['value'],
    maxLength: typeof element.max_length === 'number' ? element.max_length : null,
    isOptional: block.optional === true,
    at: { block: str(block.block_id), action: str(element.action_id), element: str(element.type) },
  }
}

/** Reads an Adaptive Card. */
export function teamsSurface(card: Json, title: string | null): Surface {
  const body = list(card.body)
  const submit = list(card.actions)[0]
  const surface = emptySurface(kindOf(submit?.id ?? body[0]?.id), title)
  for (const element of body) {
    if (element.type === 'TextBlock')
      surface.reading.push(str(element.text).replace(/\\([\\`*_{}[\]()#+\-!<>~|])/g, '$1'))
    if (element.type === 'RichTextBlock')
      surface.reading.push(
        list(element.inlines)
          .map((run) => str(run.text))
          .join(''),
      )
    if (str(element.type).startsWith('Chart.')) surface.reading.push(...teamsChart(element))
    if (element.type === 'ActionSet')
      for (const raw of list(element.actions)) addButton(surface, { label: str(raw.title), raw })
    if (str(element.type).startsWith('Input.')) addInput(surface, teamsInput(element))
  }
  surface.submitLabel = str(submit?.title) || null
  return surface
}

function teamsInput(element: Json): SeenInput {
  const isPeople = str(element.id).startsWith('people:')
  const value = str(element.value)
  return {
    name: str(element.id).replace(/^(field|people):/, ''),
    label: str(element.label),
    hint: null,
    type: element.type === 'Input.Text' ? 'text' : isPeople ? 'people' : 'choice',
    options: list(element.choices).map((choice) => ({
      value: str(choice.value),
      label: str(choice.title),
    })),
    value: isPeople ? value.split(',').filter((id) => id !== '') : value || null,
    maxLength: typeof element.maxLength === 'number' ? element.maxLength : null,
    isOptional: element.isRequired !== true,
    at: { block: '', action: str(element.id), element: str(element.type) },
  }
}

/** All of it as plain text, the way a screen reader would go through it. */
export function plainText(surface: Surface): string {
  const title = surface.title ? [surface.title] : []
  return [
    ...title,
    ...surface.reading,
    ...(surface.submitLabel ? [`[${surface.submitLabel}]`] : []),
  ].join('\n')
}
