import { z } from 'zod'

const id = z.string().min(1).max(255)
const text = z.string()
/** Bolt decides by these words what a payload is: each kind has its own and none of another. */
const none = z.undefined().optional()
const ofOneKind = { event: none, command: none, name: none, options: none }
const from = {
  user: z.looseObject({ id, team_id: id.optional() }),
  team: z.looseObject({ id }).nullish(),
  channel: z.looseObject({ id }).nullish(),
  is_enterprise_install: z.boolean().nullish(),
}
const view = z.looseObject({
  id,
  callback_id: text,
  private_metadata: text,
  app_installed_team_id: id.nullish(),
})

const buttons = z.looseObject({
  ...ofOneKind,
  ...from,
  type: z.literal('block_actions'),
  trigger_id: id,
  response_url: z.url().optional(),
  actions: z.array(z.looseObject({ type: id, action_id: text, block_id: text.optional() })).min(1),
})
const answered = z.looseObject({
  selected_users: z.array(id).nullish(),
  selected_option: z.looseObject({ value: text }).nullish(),
  value: text.nullish(),
})
const form = z.looseObject({
  ...ofOneKind,
  ...from,
  actions: none,
  type: z.literal('view_submission'),
  response_urls: z.array(z.looseObject({ response_url: z.url() })).optional(),
  view: view.extend({
    state: z.looseObject({ values: z.record(z.string(), z.record(z.string(), answered)) }),
  }),
})
const closed = z.looseObject({
  ...ofOneKind,
  ...from,
  actions: none,
  type: z.literal('view_closed'),
  view,
})
const payload = z.discriminatedUnion('type', [buttons, form, closed])

const command = z.looseObject({
  command: id,
  team_id: id,
  user_id: id,
  trigger_id: id,
  text: text.optional(),
  response_url: z.url(),
  channel_id: text.optional(),
  channel_name: text.optional(),
})

const event = z.looseObject({
  type: z.literal('event_callback'),
  team_id: id,
  event_id: id,
  command: none,
  authorizations: z
    .array(z.looseObject({ team_id: text.nullish(), is_enterprise_install: z.boolean().nullish() }))
    .nullish(),
  is_enterprise_install: z.boolean().nullish(),
  event: z.looseObject({
    type: id,
    user: id.optional(),
    channel: id.optional(),
    channel_id: none,
    item: none,
  }),
})
const check = z.looseObject({ type: z.literal('url_verification'), challenge: text })
const json = z.discriminatedUnion('type', [event, check])

const certificateCheck = z.looseObject({ ssl_check: text })

/** A body as Slack sends it, parsed, in the shape of one of these kinds. */
export type SlackBody = z.infer<
  typeof payload | typeof command | typeof json | typeof certificateCheck
>

/**
 * A signed body that has the shape of something that this app is asked: a command, a button, a
 * form, an event, or Slack's checks of the address and its certificate. Null for anything else:
 * Bolt would run into it, or wait three seconds for somebody to answer it.
 */
export function readSlackBody(contentType: string, body: string): SlackBody | null {
  if (contentType.startsWith('application/json')) return taken(json, parseJson(body))
  if (contentType !== 'application/x-www-form-urlencoded') return null
  const values = new URLSearchParams(body)
  const sent = values.get('payload')
  if (sent !== null) return values.size === 1 ? taken(payload, parseJson(sent)) : null
  const form = Object.fromEntries(values)
  return 'ssl_check' in form ? taken(certificateCheck, form) : taken(command, form)
}

function taken<T>(shape: z.ZodType<T>, value: unknown): T | null {
  return shape.safeParse(value).data ?? null
}

export function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '')
  } catch {
    return null
  }
}
