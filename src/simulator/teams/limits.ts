// Teams' limits (cards reference, message size limit, Adaptive Cards 1.5 schema). The renderer has
// a table of its own: sharing this one would hide its mistakes.
type Json = Record<string, unknown>

/**
 * Teams refuses at about 100 KB of UTF-16 and asks bots to stay within 80 KB; the simulator holds
 * them to that.
 */
const MAX_MESSAGE_BYTES = 80 * 1024
const VERSIONS = new Set(['1.0', '1.1', '1.2', '1.3', '1.4', '1.5'])
/** Buttons beyond that are not shown. */
const MAX_ACTIONS = 6

const COMMON = ['type', 'id', 'spacing', 'separator', 'isVisible', 'height', 'fallback', 'requires']
const INPUT = [...COMMON, 'label', 'isRequired', 'errorMessage', 'value']
/** The properties of each element that the simulator draws; anything else is refused. */
const ELEMENTS: Record<string, { needs: readonly string[]; may: readonly string[] }> = {
  TextBlock: {
    needs: ['text'],
    may: [
      ...COMMON,
      ...'color fontType horizontalAlignment isSubtle maxLines size weight wrap style'.split(' '),
    ],
  },
  RichTextBlock: { needs: ['inlines'], may: [...COMMON, 'horizontalAlignment'] },
  'Chart.VerticalBar.Grouped': {
    needs: ['data'],
    may: [
      ...COMMON,
      ...['title', 'xAxisTitle', 'yAxisTitle', 'color', 'colorSet', 'showBarValues', 'stacked'],
      'horizontalAlignment',
    ],
  },
  ActionSet: { needs: ['actions'], may: [...COMMON, 'horizontalAlignment'] },
  'Input.Text': {
    needs: ['id', 'label'],
    may: [...INPUT, 'isMultiline', 'maxLength', 'placeholder', 'regex', 'style', 'inlineAction'],
  },
  'Input.ChoiceSet': {
    needs: ['id', 'label', 'choices'],
    may: [...INPUT, 'choices.data', 'isMultiSelect', 'style', 'placeholder', 'wrap'],
  },
}
const ACTIONS: Record<string, readonly string[]> = {
  'Action.OpenUrl': ['type', 'id', 'title', 'iconUrl', 'url', 'style', 'tooltip', 'fallback'],
  'Action.Submit': [
    'type',
    'id',
    'title',
    'iconUrl',
    'data',
    'associatedInputs',
    'style',
    'tooltip',
    'fallback',
  ],
  'Action.Execute': [
    'type',
    'id',
    'title',
    'iconUrl',
    'verb',
    'data',
    'associatedInputs',
    'style',
    'tooltip',
    'fallback',
  ],
}
const CARD = new Set(
  'type $schema version body actions fallbackText lang speak refresh msteams rtl'.split(' '),
)

const list = (value: unknown): Json[] => (Array.isArray(value) ? (value as Json[]) : [])

/** Teams' complaints about an activity sent by a bot; empty when it would take it. */
export function checkActivity(activity: Json): string[] {
  if (Buffer.byteLength(JSON.stringify(activity), 'utf16le') > MAX_MESSAGE_BYTES * 2)
    return ['MessageSizeTooBig']
  const complaints: string[] = []
  if (activity.type !== 'message') complaints.push(`activity type ${activity.type}`)
  const attachments = list(activity.attachments)
  if (attachments.length === 0 && (typeof activity.text !== 'string' || activity.text === ''))
    complaints.push('neither text nor attachment')
  for (const attachment of attachments) {
    if (attachment.contentType !== 'application/vnd.microsoft.card.adaptive')
      complaints.push(`attachment ${attachment.contentType}`)
    complaints.push(...checkCard((attachment.content ?? {}) as Json))
  }
  return complaints
}

/** Teams' complaints about an Adaptive Card: what it would refuse, or show wrongly. */
export function checkCard(card: Json): string[] {
  const complaints: string[] = []
  if (card.type !== 'AdaptiveCard') complaints.push('card type')
  if (!VERSIONS.has(String(card.version))) complaints.push(`card version ${card.version}`)
  for (const key of Object.keys(card))
    if (!CARD.has(key)) complaints.push(`/: unknown property ${key}`)
  const body = list(card.body)
  const actions = list(card.actions)
  if (body.length === 0) complaints.push('empty card')
  const ids = new Set<unknown>()
  for (const { id } of [...body, ...actions]) {
    if (id !== undefined && ids.has(id)) complaints.push(`duplicate element id ${id}`)
    ids.add(id)
  }
  for (const [index, element] of body.entries()) checkElement(element, `/body/${index}`, complaints)
  checkActions(actions, '/actions', complaints)
  return complaints
}

/**
 * Complaints about a card in a dialog: every button there is a plain Action.Submit, which comes
 * back as task/submit (learn.microsoft.com, use dialogs with bots). Nothing else is documented.
 */
export function checkDialog(card: Json): string[] {
  const sets = list(card.body).filter(({ type }) => type === 'ActionSet')
  const actions = [...list(card.actions), ...sets.flatMap((set) => list(set.actions))]
  const strange = actions.filter(
    ({ type, data }) =>
      type !== 'Action.OpenUrl' &&
      (type !== 'Action.Submit' || (data as Json | undefined)?.msteams !== undefined),
  )
  return [...checkCard(card), ...strange.map(({ title }) => `in a dialog: ${title}`)]
}

function checkElement(element: Json, at: string, complaints: string[]): void {
  const known = ELEMENTS[String(element.type)]
  if (!known) return void complaints.push(`${at}: element ${element.type}`)
  for (const name of known.needs)
    if (element[name] === undefined || element[name] === '') complaints.push(`${at}: no ${name}`)
  for (const key of Object.keys(element))
    if (!known.needs.includes(key) && !known.may.includes(key))
      complaints.push(`${at}: unknown property ${key}`)
  if (element.type === 'RichTextBlock') {
    if (list(element.inlines).length === 0) complaints.push(`${at}: no inlines`)
    for (const inline of list(element.inlines))
      if (inline.type !== 'TextRun' || typeof inline.text !== 'string')
        complaints.push(`${at}: an inline is no TextRun`)
  }
  if (element.type === 'Chart.VerticalBar.Grouped')
    for (const { legend, values } of list(element.data))
      if (
        typeof legend !== 'string' ||
        list(values).some(({ x, y }) => typeof x !== 'string' || typeof y !== 'number')
      )
        complaints.push(`${at}: a series needs a legend, and of each bar x and y`)
  if (element.type === 'Input.ChoiceSet')
    for (const choice of list(element.choices))
      if (typeof choice.title !== 'string' || typeof choice.value !== 'string')
        complaints.push(`${at}: a choice needs a title and a value`)
  if (
    element.type === 'Input.Text' &&
    element.maxLength !== undefined &&
    !(Number(element.maxLength) > 0)
  )
    complaints.push(`${at}: maxLength`)
  if (element.type === 'ActionSet') checkActions(list(element.actions), at, complaints)
}

function checkActions(actions: Json[], at: string, complaints: string[]): void {
  if (actions.length > MAX_ACTIONS)
    complaints.push(`${at}: ${actions.length} actions, ${MAX_ACTIONS} are shown`)
  for (const action of actions) checkAction(action, at, complaints)
}

function checkAction(action: Json, at: string, complaints: string[]): void {
  const known = ACTIONS[String(action.type)]
  if (!known) return void complaints.push(`${at}: action ${action.type}`)
  for (const key of Object.keys(action))
    if (!known.includes(key)) complaints.push(`${at}: unknown property ${key} on ${action.type}`)
  if (typeof action.title !== 'string' || action.title === '')
    complaints.push(`${at}: an action without a title`)
  // Teams draws neither.
  if (action.style === 'positive' || action.style === 'destructive')
    complaints.push(`${at}: style ${action.style}`)
  if (action.type === 'Action.Execute' && !action.verb)
    complaints.push(`${at}: Action.Execute without a verb`)
  if (action.type === 'Action.Execute' && !action.fallback)
    complaints.push(`${at}: Action.Execute without a fallback`)
}
