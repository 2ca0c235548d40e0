import { createHmac } from 'node:crypto'
import { type Answer, parseJson, type Received } from '../server.ts'
import type { SeenInput, Surface } from '../surface.ts'
import type { Filled, SimulatedPerson } from '../workspace.ts'

export type Json = Record<string, unknown>

/** Slack's signature of a request body. */
export function sign(signingSecret: string, timestamp: string, raw: string): string {
  return `v0=${createHmac('sha256', signingSecret).update(`v0:${timestamp}:${raw}`).digest('hex')}`
}

/** A refusal with what is wrong where, in both of the places in which Slack says it. */
export const refuse = (error: string, messages: readonly string[]): Json => ({
  ok: false,
  error,
  errors: messages.map((message) => message.replace(/^\[ERROR\] /, '')),
  response_metadata: { messages },
})

export const no = (error: string): Json => ({ ok: false, error })

/** The body of an HTTP failure. */
export const failureBody = (status: number, error?: string): Json =>
  no(error ?? (status === 429 ? 'ratelimited' : 'internal_error'))

export const ok = (body: Json = {}): Answer => ({ status: 200, body: { ok: true, ...body } })

/** The Web API takes forms whose structured fields are JSON, or JSON. Null for anything else. */
export function readArgs(request: Received): Json | null {
  const type = request.headers['content-type'] ?? ''
  if (type.startsWith('application/json')) return parseJson(request.raw)
  if (request.raw !== '' && !type.startsWith('application/x-www-form-urlencoded')) return null
  const args: Json = {}
  for (const [key, value] of new URLSearchParams(request.raw))
    args[key] = key === 'blocks' || key === 'view' ? (parseJson(value) ?? value) : value
  return args
}

export function userOf(person: SimulatedPerson, teamId: string, withLocale: boolean): Json {
  return {
    id: person.id,
    team_id: teamId,
    name: person.id.toLowerCase(),
    real_name: person.name,
    profile: { display_name: person.name },
    tz: person.timeZone,
    is_bot: person.isBot ?? false,
    is_restricted: person.isGuest ?? false,
    is_ultra_restricted: false,
    deleted: person.isDeactivated ?? false,
    ...(withLocale ? { locale: person.language } : {}),
  }
}

/** The values of a form as Slack sends them: every input, with what stands in it. */
export function stateOf(surface: Surface, filled: Filled): Json {
  return Object.fromEntries(
    surface.inputs.map((input) => [
      input.at.block,
      { [input.at.action]: inputState(input, filled[input.name] ?? input.value) },
    ]),
  )
}

function inputState(input: SeenInput, value: string | readonly string[] | null | undefined): Json {
  const type = input.at.element
  if (input.type === 'people') return { type, selected_users: Array.isArray(value) ? value : [] }
  if (input.type === 'text')
    return { type, value: typeof value === 'string' && value !== '' ? value : null }
  const option = input.options.find((candidate) => candidate.value === value)
  return {
    type,
    selected_option: option
      ? { text: { type: 'plain_text', text: option.label }, value: option.value }
      : null,
  }
}
