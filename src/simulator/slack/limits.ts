// Slack's limits, from its reference pages (docs.slack.dev/reference/block-kit). The renderer has a
// table of its own: sharing this one would hide its mistakes.
import { checkChart } from './charts.ts'
import {
  type Complaint,
  checkCount,
  checkLength,
  checkProperties,
  checkText,
  complain,
  type Json,
  list,
  MAX_ID,
} from './check.ts'
import { checkInput } from './inputs.ts'

export type { Complaint } from './check.ts'

const MAX_BLOCKS = { message: 50, view: 100 }
/** Undocumented; bolt-js issue 2509 found about 13,200 characters. */
const MAX_MESSAGE_TEXT = 13_200
const MAX_FALLBACK_TEXT = 40_000
const MAX_VIEW_BYTES = 250_000
const BLOCKS = new Set([
  'section',
  'header',
  'context',
  'actions',
  'divider',
  'input',
  'data_visualization',
])
/** Undocumented; several clients keep to it. */
const MAX_CHARTS = 2
const VIEW_PROPERTIES = new Set(
  'type title blocks submit close private_metadata callback_id clear_on_close notify_on_close external_id'.split(
    ' ',
  ),
)

/** Slack's complaints about a message's blocks; empty when it would take them. */
export function checkMessage(payload: Json): Complaint[] {
  const { blocks, text } = payload
  if (typeof text === 'string' && text.length > MAX_FALLBACK_TEXT) return ['msg_too_long']
  if (!Array.isArray(blocks)) return typeof text === 'string' && text !== '' ? [] : ['no_text']
  const complaints = checkBlocks(blocks as Json[], '/blocks', MAX_BLOCKS.message)
  if (textOf(blocks).length > MAX_MESSAGE_TEXT) complaints.push('msg_blocks_too_long')
  for (const [index, block] of (blocks as Json[]).entries())
    if (block.type === 'input')
      complaints.push(complain('input is not allowed in a message', `/blocks/${index}/type`))
  return complaints
}

/** All text that blocks show, in a row. */
function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(textOf).join('')
  if (typeof value !== 'object' || value === null) return ''
  const { text, ...rest } = value as Json
  return (typeof text === 'string' ? text : textOf(text)) + Object.values(rest).map(textOf).join('')
}

/** Slack's complaints about a modal or a home tab. */
export function checkView(view: Json): Complaint[] {
  const complaints: Complaint[] = []
  if (view.type !== 'modal' && view.type !== 'home')
    return [complain(`unsupported type: ${view.type}`, '/view/type'), ...complaints]
  if (JSON.stringify(view).length > MAX_VIEW_BYTES) complaints.push('view_too_large')
  for (const key of Object.keys(view))
    if (!VIEW_PROPERTIES.has(key))
      complaints.push(complain(`invalid additional property: ${key}`, '/view'))
  if (view.type === 'modal')
    checkText(view.title, { at: '/view/title', most: 24, isPlain: true }, complaints)
  for (const name of ['submit', 'close'] as const)
    if (view[name] !== undefined)
      checkText(view[name], { at: `/view/${name}`, most: 24, isPlain: true }, complaints)
  checkLength(view.private_metadata, 3000, '/view/private_metadata', complaints)
  checkLength(view.callback_id, MAX_ID, '/view/callback_id', complaints)
  checkLength(view.external_id, MAX_ID, '/view/external_id', complaints)
  const blocks = list(view.blocks)
  if (!Array.isArray(view.blocks))
    complaints.push(complain('missing required field: blocks', '/view'))
  complaints.push(...checkBlocks(blocks, '/view/blocks', MAX_BLOCKS.view))
  // Charts are for messages and the home tab (slackapi/slack-skills-plugin, design principles).
  if (view.type === 'modal' && blocks.some(({ type }) => type === 'data_visualization'))
    complaints.push(complain('data_visualization is not available in modals', '/view/blocks'))
  if (
    view.type === 'modal' &&
    blocks.some((block) => block.type === 'input') &&
    view.submit === undefined
  )
    complaints.push(complain('missing required field: submit', '/view'))
  return complaints
}

function checkBlocks(blocks: Json[], at: string, most: number): Complaint[] {
  const complaints: Complaint[] = []
  if (blocks.length > most) complaints.push(complain(`no more than ${most} items allowed`, at))
  if (blocks.filter(({ type }) => type === 'data_visualization').length > MAX_CHARTS)
    complaints.push(complain(`no more than ${MAX_CHARTS} data_visualization blocks allowed`, at))
  const ids = new Set<unknown>()
  for (const [index, block] of blocks.entries()) {
    const here = `${at}/${index}`
    if (block.block_id !== undefined && ids.has(block.block_id))
      complaints.push(complain(`\`${block.block_id}\` already exists`, `${here}/block_id`))
    ids.add(block.block_id)
    checkBlock(block, here, complaints)
  }
  return complaints
}

function checkBlock(block: Json, at: string, complaints: Complaint[]): void {
  if (!BLOCKS.has(String(block.type)))
    return void complaints.push(complain(`unsupported type: ${block.type}`, `${at}/type`))
  checkProperties(block, ['type', 'block_id'], at, complaints)
  checkLength(block.block_id, MAX_ID, `${at}/block_id`, complaints)
  if (block.type === 'section') checkSection(block, at, complaints)
  if (block.type === 'header')
    checkText(block.text, { at: `${at}/text`, most: 150, isPlain: true }, complaints)
  if (block.type === 'context') {
    const elements = checkCount(block.elements, 10, `${at}/elements`, complaints)
    for (const [index, element] of elements.entries())
      checkText(element, { at: `${at}/elements/${index}`, most: 2000, isPlain: false }, complaints)
  }
  if (block.type === 'actions') checkActions(block, at, complaints)
  if (block.type === 'input') checkInput(block, at, complaints)
  if (block.type === 'data_visualization') checkChart(block, at, complaints)
}

function checkSection(block: Json, at: string, complaints: Complaint[]): void {
  if (block.text !== undefined)
    checkText(block.text, { at: `${at}/text`, most: 3000, isPlain: false }, complaints)
  if (block.fields === undefined) return
  for (const [index, field] of checkCount(block.fields, 10, `${at}/fields`, complaints).entries())
    checkText(field, { at: `${at}/fields/${index}`, most: 2000, isPlain: false }, complaints)
}

function checkActions(block: Json, at: string, complaints: Complaint[]): void {
  const ids = new Set<unknown>()
  for (const [index, element] of checkCount(
    block.elements,
    25,
    `${at}/elements`,
    complaints,
  ).entries()) {
    const here = `${at}/elements/${index}`
    if (element.type !== 'button') {
      complaints.push(complain(`unsupported type: ${element.type}`, `${here}/type`))
      continue
    }
    checkProperties(element, ['type'], here, complaints)
    if (ids.has(element.action_id))
      complaints.push(
        complain(`\`action_id\` "${element.action_id}" already exists`, `${here}/action_id`),
      )
    ids.add(element.action_id)
    checkLength(element.action_id, MAX_ID, `${here}/action_id`, complaints)
    checkLength(element.value, 2000, `${here}/value`, complaints)
    checkLength(element.url, 3000, `${here}/url`, complaints)
    checkLength(element.accessibility_label, 75, `${here}/accessibility_label`, complaints)
    checkText(element.text, { at: `${here}/text`, most: 75, isPlain: true }, complaints)
    if (element.style !== undefined && element.style !== 'primary' && element.style !== 'danger')
      complaints.push(complain('must be a valid enum value', `${here}/style`))
  }
}
