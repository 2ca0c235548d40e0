import { randomUUID } from 'node:crypto'
import { type Answer, parseJson, type Received, serve } from './server.ts'
import { checkMessage, checkView } from './slack-limits.ts'
import { type Fault, faultAnswer, readArgs, refuse, sign, stateOf, takeFault, userOf } from './slack-wire.ts'
import { emptySurface, plainText, type Surface, slackSurface } from './surface.ts'
import {
  type Audience,
  type BotAnswer,
  createJournal,
  type Hands,
  type Seen,
  type SimulatedPerson,
} from './workspace.ts'

type Json = Record<string, unknown>
export type SlackWorkspace = {
  teamId: string
  teamName: string
  botToken: string
  signingSecret: string
  scopes: readonly string[]
  people: readonly SimulatedPerson[]
}

export type SlackSimulator = Hands & {
  platform: 'slack'
  apiUrl: string
  /** Where the bot listens. */
  connectTo(botUrl: string): void
  failNext(fault: Fault): void
  /** Sends a request as Slack would, signed unless told otherwise. */
  send(body: Record<string, string>, change?: Partial<SignedHeaders>): Promise<BotAnswer & { headers: Headers }>
  newTrigger(): string
  close(): Promise<void>
}
export type SignedHeaders = { timestamp: string; signature: string; contentType: string }

const TRIGGER_LIFE_MS = 3_000
const RESPONSE_URL_USES = 5
const RESPONSE_URL_LIFE_MS = 30 * 60_000
const APP_ID = 'A0GROUPWELL'

/** The scope that each method asks for; a method that is not here is not served. */
const SCOPES: Record<string, string | null> = {
  'auth.test': null,
  'users.info': 'users:read',
  'conversations.open': 'im:write',
  'chat.postMessage': 'chat:write',
  'views.open': null,
}

/** One Slack workspace on this machine: its Web API, and the requests that people's clicks cause. `now` is the product clock. */
export async function startSlack(workspace: SlackWorkspace, now: () => Date): Promise<SlackSimulator> {
  const journal = createJournal()
  const triggers = new Map<string, { person: string; until: number; isUsed: boolean }>()
  const responseUrls = new Map<string, { person: string; until: number; uses: number }>()
  const channels = new Map<string, string>()
  const forms = new Map<string, { seen: Seen; view: Json }>()
  const faults: Fault[] = []
  let botUrl = ''

  const see = (
    audience: Audience,
    person: string,
    payload: unknown,
    shown: Json,
    notification: string | null,
  ): Seen => {
    const surface = slackSurface(shown)
    const seen: Seen = {
      at: now().toISOString(),
      platform: 'slack',
      audience,
      person,
      kind: surface.kind,
      notification,
      text: plainText(surface),
      payload,
      surface,
    }
    journal.seen.push(seen)
    return seen
  }
  const showView = (person: string, payload: unknown, view: Json): void => {
    forms.set(person, {
      seen: see('form', person, payload, view, null),
      view: { ...view, id: forms.get(person)?.view.id ?? `V${randomUUID()}` },
    })
  }

  const methods: Record<string, (args: Json) => Json> = {
    'auth.test': () => ({
      ok: true,
      team_id: workspace.teamId,
      team: workspace.teamName,
      user_id: 'U0BOT',
      bot_id: 'B0BOT',
    }),
    'users.info': (args) => {
      const person = workspace.people.find(({ id }) => id === args.user)
      return person
        ? { ok: true, user: userOf(person, args.include_locale === 'true') }
        : { ok: false, error: 'user_not_found' }
    },
    'conversations.open': (args) => {
      const person = workspace.people.find(({ id }) => id === args.users)
      if (!person) return { ok: false, error: 'user_not_found' }
      if (person.isDeactivated) return { ok: false, error: 'user_disabled' }
      if (person.isBot) return { ok: false, error: 'cannot_dm_bot' }
      const channel = `D${person.id.slice(1)}`
      channels.set(channel, person.id)
      return { ok: true, channel: { id: channel } }
    },
    'chat.postMessage': (args) => {
      const person = channels.get(String(args.channel))
      if (!person) return { ok: false, error: 'channel_not_found' }
      const complaints = checkMessage(args)
      if (complaints.length > 0) return refuse('invalid_blocks', complaints)
      see('dm', person, args, args, String(args.text ?? ''))
      return { ok: true, channel: args.channel, ts: `${Date.now() / 1000}` }
    },
    'views.open': (args) => {
      const trigger = triggers.get(String(args.trigger_id))
      if (!trigger) return { ok: false, error: 'invalid_trigger_id' }
      if (trigger.isUsed) return { ok: false, error: 'exchanged_trigger_id' }
      if (Date.now() > trigger.until) return { ok: false, error: 'expired_trigger_id' }
      const complaints = checkView((args.view ?? {}) as Json)
      if (complaints.length > 0) return refuse('invalid_arguments', complaints)
      trigger.isUsed = true
      forms.delete(trigger.person)
      showView(trigger.person, args, args.view as Json)
      return { ok: true, view: args.view }
    },
  }

  async function handle(request: Received): Promise<Answer> {
    const hook = /^\/response\/(.+)$/.exec(request.path)?.[1]
    if (hook) return answerHook(hook, request)
    const method = request.path.replace(/^\/api\//, '')
    const args = readArgs(request)
    const fault = takeFault(faults, method)
    if (fault && !fault.isAfterActing) return logged(method, args, faultAnswer(fault))
    const scope = SCOPES[method]
    if (scope === undefined) return logged(method, args, { status: 200, body: { ok: false, error: 'unknown_method' } })
    if (request.headers.authorization !== `Bearer ${workspace.botToken}`)
      return logged(method, args, { status: 200, body: { ok: false, error: 'invalid_auth' } })
    if (scope !== null && !workspace.scopes.includes(scope))
      return logged(method, args, { status: 200, body: { ok: false, error: 'missing_scope', needed: scope } })
    const body = methods[method]?.(args) ?? { ok: false, error: 'unknown_method' }
    return logged(method, args, fault ? faultAnswer(fault) : { status: 200, body })
  }
  const logged = (method: string, payload: Json, answer: Answer): Answer => {
    const error = (answer.body as Json | null)?.error
    const person = channels.get(String(payload.channel)) ?? triggers.get(String(payload.trigger_id))?.person ?? null
    journal.requests.push({
      method,
      person,
      payload,
      status: answer.status,
      error: typeof error === 'string' ? error : null,
    })
    return answer
  }
  function answerHook(id: string, request: Received): Answer {
    const hook = responseUrls.get(id)
    if (!hook || hook.uses >= RESPONSE_URL_USES || Date.now() > hook.until)
      return { status: 404, body: { ok: false, error: 'used_url' } }
    hook.uses += 1
    const message = parseJson(request.raw) ?? {}
    see('private', hook.person, message, message, null)
    return logged('response_url', message, { status: 200, body: { ok: true } })
  }

  const newTrigger = (person: string): string => {
    const id = `${Date.now()}.${randomUUID()}`
    triggers.set(id, { person, until: Date.now() + TRIGGER_LIFE_MS, isUsed: false })
    return id
  }
  const newHook = (person: string): string => {
    const id = randomUUID()
    responseUrls.set(id, { person, until: Date.now() + RESPONSE_URL_LIFE_MS, uses: 0 })
    return `${server.url}/response/${id}`
  }
  async function send(
    body: Record<string, string>,
    change: Partial<SignedHeaders> = {},
  ): Promise<BotAnswer & { headers: Headers }> {
    const raw = new URLSearchParams(body).toString()
    const timestamp = change.timestamp ?? String(Math.floor(Date.now() / 1000))
    const signature = change.signature ?? sign(workspace.signingSecret, timestamp, raw)
    const response = await fetch(`${botUrl}/slack/events`, {
      method: 'POST',
      headers: {
        'content-type': change.contentType ?? 'application/x-www-form-urlencoded',
        'x-slack-request-timestamp': timestamp,
        'x-slack-signature': signature,
      },
      body: raw,
    })
    const text = await response.text()
    return { status: response.status, body: text === '' ? null : (parseJson(text) ?? text), headers: response.headers }
  }
  const interactive = (payload: Json) =>
    send({
      payload: JSON.stringify({
        api_app_id: APP_ID,
        token: 'unused',
        team: { id: workspace.teamId, domain: 'demo' },
        ...payload,
      }),
    })
  const userRef = (person: string) => ({
    id: person,
    username: person.toLowerCase(),
    name: person.toLowerCase(),
    team_id: workspace.teamId,
  })

  const server = await serve(handle)
  return {
    platform: 'slack',
    journal,
    apiUrl: `${server.url}/api/`,
    connectTo: (url) => {
      botUrl = url
    },
    failNext: (fault) => {
      faults.push(fault)
    },
    newTrigger: () => newTrigger('nobody'),
    send,
    close: () => server.close(),
    openForm: (person) => forms.get(person)?.seen ?? null,
    async type(person, line) {
      forms.delete(person)
      const answer = await send({
        token: 'unused',
        team_id: workspace.teamId,
        team_domain: 'demo',
        channel_id: 'C0ANY',
        channel_name: 'any',
        user_id: person,
        user_name: person.toLowerCase(),
        command: '/group',
        text: line,
        api_app_id: APP_ID,
        is_enterprise_install: 'false',
        response_url: newHook(person),
        trigger_id: newTrigger(person),
      })
      const body = answer.body as Json | null
      if (answer.status === 200 && body && typeof body === 'object') {
        const complaints = checkMessage(body)
        if (complaints.length > 0) throw new Error(`Slack would refuse the reply: ${complaints.join('; ')}`)
        see(body.response_type === 'in_channel' ? 'channel' : 'private', person, body, body, null)
      }
      return answer
    },
    async press(seen, label) {
      const button = seen.surface.buttons.find((candidate) => candidate.label === label)
      if (!button) throw new Error(`no button “${label}” in: ${seen.text}`)
      return await interactive({
        type: 'block_actions',
        user: userRef(seen.person),
        trigger_id: newTrigger(seen.person),
        response_url: newHook(seen.person),
        container: { type: 'message' },
        channel: { id: `D${seen.person.slice(1)}`, name: 'directmessage' },
        actions: [
          {
            type: 'button',
            action_id: button.raw.action_id,
            block_id: button.raw.block_id,
            value: button.raw.value,
            text: button.raw.text,
            action_ts: '1',
          },
        ],
      })
    },
    async submit(person, filled) {
      const form = forms.get(person)
      if (!form) throw new Error(`no form is open for ${person}`)
      const { id, ...view } = form.view
      const state = { values: stateOf(form.seen.surface, filled) }
      const answer = await interactive({
        type: 'view_submission',
        user: userRef(person),
        trigger_id: newTrigger(person),
        response_urls: [],
        view: { ...view, id, team_id: workspace.teamId, hash: '1', state, app_id: APP_ID },
      })
      const body = answer.body as Json | null
      if (answer.status !== 200) return answer
      if (!body || typeof body !== 'object') forms.delete(person)
      else if (body.response_action === 'update') {
        const complaints = checkView(body.view as Json)
        if (complaints.length > 0) throw new Error(`Slack would refuse the view: ${complaints.join('; ')}`)
        showView(person, body, body.view as Json)
        if (!(body.view as Json).submit) forms.delete(person)
      } else if (body.response_action === 'errors') seeErrors(person, body, form.seen.surface)
      return answer
    },
  }

  function seeErrors(person: string, body: Json, surface: Surface): void {
    const lines = Object.entries((body.errors ?? {}) as Record<string, string>).map(([block, text]) => {
      const input = surface.inputs.find(({ name }) => `field:${name}` === block)
      if (!input) throw new Error(`Slack would refuse an error for ${block}: no such input`)
      return `${input.label}: ${text}`
    })
    const shown: Surface = { ...emptySurface('form-errors', surface.title), reading: lines }
    journal.seen.push({
      at: now().toISOString(),
      platform: 'slack',
      audience: 'form',
      person,
      kind: 'form-errors',
      notification: null,
      text: plainText(shown),
      payload: body,
      surface: shown,
    })
  }
}
