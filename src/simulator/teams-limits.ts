type Json = Record<string, unknown>

/** The simulator's own table (Teams cards reference, message size limit); it shares nothing with the renderer's. */
const MAX_MESSAGE_BYTES = 80_000
const ELEMENTS = new Set(['TextBlock', 'RichTextBlock', 'ActionSet', 'Input.Text', 'Input.ChoiceSet'])
const ACTIONS = new Set(['Action.Submit', 'Action.Execute'])
const NEWEST_VERSION = '1.5'

/** What Teams would refuse about an activity sent by a bot; empty when it would take it. */
export function checkActivity(activity: Json): string[] {
  const complaints: string[] = []
  if (Buffer.byteLength(JSON.stringify(activity), 'utf16le') > MAX_MESSAGE_BYTES * 2)
    complaints.push('MessageSizeTooBig')
  if (activity.type !== 'message') complaints.push(`activity type ${activity.type}`)
  const attachments = (Array.isArray(activity.attachments) ? activity.attachments : []) as Json[]
  if (attachments.length === 0 && typeof activity.text !== 'string') complaints.push('neither text nor attachment')
  for (const attachment of attachments) {
    if (attachment.contentType !== 'application/vnd.microsoft.card.adaptive')
      complaints.push(`attachment ${attachment.contentType}`)
    complaints.push(...checkCard((attachment.content ?? {}) as Json))
  }
  return complaints
}

/** What Teams would refuse, or show wrongly, about an Adaptive Card. */
export function checkCard(card: Json): string[] {
  const complaints: string[] = []
  if (card.type !== 'AdaptiveCard') complaints.push('card type')
  if (card.version !== NEWEST_VERSION) complaints.push(`card version ${card.version}`)
  const body = (Array.isArray(card.body) ? card.body : []) as Json[]
  if (body.length === 0) complaints.push('empty card')
  const ids = body.map((element) => element.id).filter((id) => id !== undefined)
  if (new Set(ids).size !== ids.length) complaints.push('duplicate element id')
  for (const [index, element] of body.entries()) checkElement(element, `/body/${index}`, complaints)
  for (const action of (card.actions ?? []) as Json[]) checkAction(action, '/actions', complaints)
  return complaints
}

function checkElement(element: Json, at: string, complaints: string[]): void {
  const type = String(element.type)
  if (!ELEMENTS.has(type)) complaints.push(`${at}: element ${type}`)
  if (type === 'TextBlock' && typeof element.text !== 'string') complaints.push(`${at}: no text`)
  if (type === 'RichTextBlock' && !(Array.isArray(element.inlines) && element.inlines.length > 0))
    complaints.push(`${at}: no inlines`)
  if (type.startsWith('Input.') && (!element.id || !element.label))
    complaints.push(`${at}: an input needs an id and a label`)
  if (type === 'Input.ChoiceSet' && !Array.isArray(element.choices)) complaints.push(`${at}: no choices`)
  if (type === 'ActionSet') for (const action of (element.actions ?? []) as Json[]) checkAction(action, at, complaints)
}

function checkAction(action: Json, at: string, complaints: string[]): void {
  if (!ACTIONS.has(String(action.type))) complaints.push(`${at}: action ${action.type}`)
  if (typeof action.title !== 'string' || action.title === '') complaints.push(`${at}: an action without a title`)
  if (action.type === 'Action.Execute' && !action.verb) complaints.push(`${at}: Action.Execute without a verb`)
  if (action.type === 'Action.Execute' && !action.fallback) complaints.push(`${at}: Action.Execute without a fallback`)
}
