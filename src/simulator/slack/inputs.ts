import {
  type Complaint,
  checkCount,
  checkLength,
  checkProperties,
  checkText,
  complain,
  INPUTS,
  type Json,
  MAX_ID,
} from './check.ts'

export function checkInput(block: Json, at: string, complaints: Complaint[]): void {
  checkText(block.label, { at: `${at}/label`, most: 2000, isPlain: true }, complaints)
  if (block.hint !== undefined)
    checkText(block.hint, { at: `${at}/hint`, most: 2000, isPlain: true }, complaints)
  const element = (block.element ?? {}) as Json
  const here = `${at}/element`
  if (!INPUTS.has(String(element.type)))
    return void complaints.push(complain(`unsupported type: ${element.type}`, `${here}/type`))
  checkProperties(element, ['type'], here, complaints)
  checkLength(element.action_id, MAX_ID, `${here}/action_id`, complaints)
  if (element.placeholder !== undefined)
    checkText(
      element.placeholder,
      { at: `${here}/placeholder`, most: 150, isPlain: true },
      complaints,
    )
  if (element.type === 'radio_buttons') checkOptions(element, 10, here, complaints)
  if (element.type === 'static_select') checkOptions(element, 100, here, complaints)
  if (element.type === 'plain_text_input') checkTextInput(element, here, complaints)
}

function checkOptions(element: Json, most: number, at: string, complaints: Complaint[]): void {
  const options = checkCount(element.options, most, `${at}/options`, complaints)
  for (const [index, option] of options.entries()) {
    checkText(
      option.text,
      { at: `${at}/options/${index}/text`, most: 75, isPlain: element.type !== 'radio_buttons' },
      complaints,
    )
    checkLength(option.value, 75, `${at}/options/${index}/value`, complaints)
  }
  const initial = element.initial_option as Json | undefined
  if (initial && !options.some((option) => JSON.stringify(option) === JSON.stringify(initial)))
    complaints.push(complain('initial_option must be one of the options', `${at}/initial_option`))
}

function checkTextInput(element: Json, at: string, complaints: Complaint[]): void {
  const { max_length: most, initial_value: initial } = element
  if (most !== undefined && !(typeof most === 'number' && most >= 1 && most <= 3000))
    complaints.push(complain('must be between 1 and 3000', `${at}/max_length`))
  if (typeof initial === 'string' && typeof most === 'number')
    checkLength(initial, most, `${at}/initial_value`, complaints)
}
