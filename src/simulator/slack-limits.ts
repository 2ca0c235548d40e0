type Json = Record<string, unknown>

/** The simulator's own table, from Slack's reference pages; it shares nothing with the renderer's. */
const TEXT_LIMITS: Record<string, number> = {
  header: 150,
  section: 3000,
  context: 2000,
  button: 75,
  label: 2000,
  hint: 2000,
  option: 75,
  title: 24,
  submit: 24,
  close: 24,
}
const KNOWN_BLOCKS = new Set(['section', 'header', 'context', 'actions', 'input', 'divider'])
const MAX_BLOCKS = { message: 50, view: 100 }
const MAX_MESSAGE_TEXT = 13_200
const MAX_VIEW_BYTES = 250_000
const MAX_ID = 255

/** A complaint in Slack's own form: what and where. */
export type Complaint = string
const complain = (what: string, pointer: string): Complaint => `[ERROR] ${what} [json-pointer:${pointer}]`

/** What Slack would refuse about a message's blocks; empty when it would take them. */
export function checkMessage(payload: Json): Complaint[] {
  const blocks = payload.blocks
  if (!Array.isArray(blocks)) return typeof payload.text === 'string' && payload.text !== '' ? [] : ['no_text']
  const complaints = checkBlocks(blocks as Json[], '/blocks', MAX_BLOCKS.message)
  const sum = JSON.stringify(blocks).length
  if (sum > MAX_MESSAGE_TEXT * 2) complaints.push('msg_blocks_too_long')
  if ((blocks as Json[]).some((block) => block.type === 'input'))
    complaints.push(complain('input is not allowed in a message', '/blocks'))
  return complaints
}

/** What Slack would refuse about a modal. */
export function checkView(view: Json): Complaint[] {
  const complaints: Complaint[] = []
  if (view.type !== 'modal') complaints.push(complain('unsupported view type', '/view/type'))
  if (JSON.stringify(view).length > MAX_VIEW_BYTES) complaints.push('view_too_large')
  checkText(view.title, 'title', '/view/title', complaints)
  if (view.submit !== undefined) checkText(view.submit, 'submit', '/view/submit', complaints)
  if (view.close !== undefined) checkText(view.close, 'close', '/view/close', complaints)
  if (String(view.private_metadata ?? '').length > 3000)
    complaints.push(complain('must be less than 3001 characters', '/view/private_metadata'))
  if (String(view.callback_id ?? '').length > MAX_ID)
    complaints.push(complain('must be less than 256 characters', '/view/callback_id'))
  const blocks = (Array.isArray(view.blocks) ? view.blocks : []) as Json[]
  complaints.push(...checkBlocks(blocks, '/view/blocks', MAX_BLOCKS.view))
  if (blocks.some((block) => block.type === 'input') && view.submit === undefined)
    complaints.push(complain('missing required field: submit', '/view'))
  return complaints
}

function checkBlocks(blocks: Json[], at: string, limit: number): Complaint[] {
  const complaints: Complaint[] = []
  if (blocks.length > limit) complaints.push(complain(`no more than ${limit} items allowed`, at))
  const ids = blocks.map((block) => block.block_id).filter((id) => id !== undefined)
  if (new Set(ids).size !== ids.length) complaints.push(complain('block_id already exists', at))
  for (const [index, block] of blocks.entries()) checkBlock(block, `${at}/${index}`, complaints)
  return complaints
}

function checkBlock(block: Json, at: string, complaints: Complaint[]): void {
  if (!KNOWN_BLOCKS.has(String(block.type))) complaints.push(complain(`unsupported type: ${block.type}`, at))
  if (String(block.block_id ?? '').length > MAX_ID)
    complaints.push(complain('must be less than 256 characters', `${at}/block_id`))
  if (block.type === 'section' || block.type === 'header')
    checkText(block.text, String(block.type), `${at}/text`, complaints)
  if (block.type === 'context') checkList(block.elements, 10, 'context', `${at}/elements`, complaints)
  if (block.type === 'actions') checkActions(block, at, complaints)
  if (block.type === 'input') checkInput(block, at, complaints)
}

function checkList(value: unknown, limit: number, kind: string, at: string, complaints: Complaint[]): void {
  const items = (Array.isArray(value) ? value : []) as Json[]
  if (items.length === 0 || items.length > limit) complaints.push(complain(`must have 1 to ${limit} items`, at))
  for (const [index, item] of items.entries())
    checkText(kind === 'option' ? item.text : item, kind, `${at}/${index}`, complaints)
}

function checkActions(block: Json, at: string, complaints: Complaint[]): void {
  const elements = (Array.isArray(block.elements) ? block.elements : []) as Json[]
  if (elements.length === 0 || elements.length > 25)
    complaints.push(complain('must have 1 to 25 items', `${at}/elements`))
  const ids = elements.map((element) => element.action_id)
  if (new Set(ids).size !== ids.length) complaints.push(complain('action_id already exists', at))
  for (const [index, element] of elements.entries()) {
    checkText(element.text, 'button', `${at}/elements/${index}/text`, complaints)
    if (String(element.value ?? '').length > 2000)
      complaints.push(complain('must be less than 2001 characters', `${at}/elements/${index}/value`))
  }
}

function checkInput(block: Json, at: string, complaints: Complaint[]): void {
  checkText(block.label, 'label', `${at}/label`, complaints)
  if (block.hint !== undefined) checkText(block.hint, 'hint', `${at}/hint`, complaints)
  const element = (block.element ?? {}) as Json
  const isChoice = element.type === 'radio_buttons' || element.type === 'static_select'
  if (isChoice) {
    checkList(
      element.options,
      element.type === 'radio_buttons' ? 10 : 100,
      'option',
      `${at}/element/options`,
      complaints,
    )
    for (const option of (element.options ?? []) as Json[]) {
      if (String(option.value).length > 75)
        complaints.push(complain('must be less than 76 characters', `${at}/element/options`))
    }
  } else if (element.type !== 'plain_text_input' && element.type !== 'multi_users_select') {
    complaints.push(complain(`unsupported element: ${element.type}`, `${at}/element`))
  }
  if (typeof element.max_length === 'number' && (element.max_length < 1 || element.max_length > 3000))
    complaints.push(complain('max_length must be 1 to 3000', `${at}/element`))
  if (
    typeof element.initial_value === 'string' &&
    typeof element.max_length === 'number' &&
    element.initial_value.length > element.max_length
  ) {
    complaints.push(complain('initial_value is longer than max_length', `${at}/element`))
  }
}

function checkText(value: unknown, kind: string, at: string, complaints: Complaint[]): void {
  const text = value as Json | undefined
  if (!text || typeof text.text !== 'string' || text.text.length === 0) {
    complaints.push(complain('must be more than 0 characters', at))
    return
  }
  const limit = TEXT_LIMITS[kind] ?? 3000
  if (text.text.length > limit) complaints.push(complain(`must be less than ${limit + 1} characters`, at))
  const mayBeMrkdwn = kind === 'section' || kind === 'context'
  if (text.type !== 'plain_text' && !(mayBeMrkdwn && text.type === 'mrkdwn'))
    complaints.push(complain('must be plain_text', at))
}
