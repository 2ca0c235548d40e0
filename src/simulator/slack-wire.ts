import { createHmac } from 'node:crypto'
import { type Answer, parseJson, type Received } from './server.ts'
import type { SeenInput, Surface } from './surface.ts'
import type { Filled, SimulatedPerson } from './workspace.ts'

type Json = Record<string, unknown>

/** A failure for the next call of a method: before it acts, or after. */
export type Fault = { method: string; status: number; retryAfter?: number; isAfterActing?: boolean }

/** Slack's signature of a request body. */
export function sign(signingSecret: string, timestamp: string, raw: string): string {
  return `v0=${createHmac('sha256', signingSecret).update(`v0:${timestamp}:${raw}`).digest('hex')}`
}

export const refuse = (error: string, messages: string[]): Json => ({
  ok: false,
  error,
  response_metadata: { messages },
})

export function takeFault(faults: Fault[], method: string): Fault | null {
  const index = faults.findIndex((fault) => fault.method === method)
  return index === -1 ? null : (faults.splice(index, 1)[0] ?? null)
}

export function faultAnswer(fault: Fault): Answer {
  const headers: Record<string, string> =
    fault.retryAfter === undefined ? {} : { 'retry-after': String(fault.retryAfter) }
  return {
    status: fault.status,
    body: { ok: false, error: fault.status === 429 ? 'ratelimited' : 'internal_error' },
    headers,
  }
}

/** The Web API takes forms whose structured fields are JSON, or JSON. */
export function readArgs(request: Received): Json {
  if (request.headers['content-type']?.startsWith('application/json')) return parseJson(request.raw) ?? {}
  const args: Json = {}
  for (const [key, value] of new URLSearchParams(request.raw))
    args[key] = key === 'blocks' || key === 'view' ? JSON.parse(value) : value
  return args
}

export function userOf(person: SimulatedPerson, withLocale: boolean): Json {
  return {
    id: person.id,
    name: person.id.toLowerCase(),
    real_name: person.name,
    profile: { display_name: person.name },
    tz: person.timeZone,
    is_bot: person.isBot ?? false,
    deleted: person.isDeactivated ?? false,
    ...(withLocale ? { locale: person.language } : {}),
  }
}

/** What Slack sends of a form: every input, with what stands in it. */
export function stateOf(surface: Surface, filled: Filled): Json {
  return Object.fromEntries(
    surface.inputs.map((input) => [
      `field:${input.name}`,
      { value: inputState(input, filled[input.name] ?? input.value) },
    ]),
  )
}

function inputState(input: SeenInput, value: string | readonly string[] | null | undefined): Json {
  if (input.type === 'people') return { type: 'multi_users_select', selected_users: Array.isArray(value) ? value : [] }
  if (input.type === 'text')
    return { type: 'plain_text_input', value: typeof value === 'string' && value !== '' ? value : null }
  const option = input.options.find((candidate) => candidate.value === value)
  return {
    type: 'radio_buttons',
    selected_option: option ? { text: { type: 'plain_text', text: option.label }, value: option.value } : null,
  }
}
