export type Json = Record<string, unknown>

/** A complaint in Slack's own words: what, and the pointer to where. */
export type Complaint = string
export const complain = (what: string, pointer: string): Complaint =>
  `[ERROR] ${what} [json-pointer:${pointer}]`

export const list = (value: unknown): Json[] => (Array.isArray(value) ? (value as Json[]) : [])

export function checkCount(
  value: unknown,
  most: number,
  at: string,
  complaints: Complaint[],
): Json[] {
  const items = list(value)
  if (items.length === 0) complaints.push(complain('no fewer than 1 items allowed', at))
  if (items.length > most) complaints.push(complain(`no more than ${most} items allowed`, at))
  return items
}

export function checkLength(
  value: unknown,
  most: number,
  at: string,
  complaints: Complaint[],
): void {
  if (value === undefined) return
  if (typeof value !== 'string') complaints.push(complain('must provide a string', at))
  else if (value.length > most)
    complaints.push(complain(`must be less than ${most + 1} characters`, at))
}

/** The items of a list that must have one to `most`. */
export function checkText(
  value: unknown,
  { at, most, isPlain }: { at: string; most: number; isPlain: boolean },
  complaints: Complaint[],
): void {
  if (typeof value !== 'object' || value === null)
    return void complaints.push(complain('must provide an object', at))
  const { type, text } = value as Json
  if (typeof text !== 'string' || text.length === 0)
    complaints.push(complain('must be more than 0 characters', `${at}/text`))
  else checkLength(text, most, `${at}/text`, complaints)
  if (type !== 'plain_text' && (isPlain || type !== 'mrkdwn'))
    complaints.push(complain('must be a valid enum value', `${at}/type`))
}

export const MAX_ID = 255

/** The properties of each block and element that the simulator draws; anything else is refused. */
const PROPERTIES: Record<string, { needs: readonly string[]; may: readonly string[] }> = {
  section: { needs: ['text'], may: ['fields', 'accessory', 'expand'] },
  header: { needs: ['text'], may: [] },
  context: { needs: ['elements'], may: [] },
  actions: { needs: ['elements'], may: [] },
  divider: { needs: [], may: [] },
  data_visualization: { needs: ['title', 'chart'], may: [] },
  input: { needs: ['label', 'element'], may: ['hint', 'optional', 'dispatch_action'] },
  button: {
    needs: ['text', 'action_id'],
    may: ['value', 'url', 'style', 'confirm', 'accessibility_label'],
  },
  plain_text_input: {
    needs: ['action_id'],
    may: ['initial_value', 'multiline', 'min_length', 'max_length', 'placeholder', 'focus_on_load'],
  },
  radio_buttons: {
    needs: ['action_id', 'options'],
    may: ['initial_option', 'confirm', 'focus_on_load'],
  },
  static_select: {
    needs: ['action_id', 'options'],
    may: ['initial_option', 'placeholder', 'confirm', 'focus_on_load'],
  },
  multi_users_select: {
    needs: ['action_id'],
    may: ['initial_users', 'max_selected_items', 'placeholder', 'confirm', 'focus_on_load'],
  },
}

export const INPUTS = new Set([
  'plain_text_input',
  'radio_buttons',
  'static_select',
  'multi_users_select',
])

export function checkProperties(
  item: Json,
  always: readonly string[],
  at: string,
  complaints: Complaint[],
): void {
  const known = PROPERTIES[String(item.type)] ?? { needs: [], may: [] }
  for (const name of known.needs)
    if (item[name] === undefined) complaints.push(complain(`missing required field: ${name}`, at))
  for (const key of Object.keys(item))
    if (![...always, ...known.needs, ...known.may].includes(key))
      complaints.push(complain(`invalid additional property: ${key}`, at))
}
