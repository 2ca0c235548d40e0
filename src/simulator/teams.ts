import { randomUUID } from 'node:crypto'
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import { type Answer, parseJson, type Received, serve } from './server.ts'
import { emptySurface, plainText, type Surface, teamsSurface } from './surface.ts'
import { checkActivity, checkCard } from './teams-limits.ts'
import {
  type Audience,
  type BotAnswer,
  createJournal,
  type Filled,
  type Hands,
  type Seen,
  type SimulatedPerson,
  waitUntil,
} from './workspace.ts'

type Json = Record<string, unknown>
export type TeamsTenant = { tenantId: string; appId: string; people: readonly SimulatedPerson[] }
export type TeamsFault = { status: number; retryAfter?: number; isAfterActing?: boolean }
/** Where somebody types: in their own chat with the bot, or in a channel, with a mention or as a private slash message. */
export type Place = 'personal' | 'mention' | 'targeted'

export type TeamsSimulator = Hands & {
  platform: 'teams'
  /** What the bot is told in place of Microsoft's authority. */
  authority: { openIdMetadataUrl: string; issuer: string; serviceUrl: string; getToken(): Promise<string> }
  connectTo(botUrl: string): void
  failNext(fault: TeamsFault): void
  /** The person opens the app for the first time: the bot learns where to reach them. */
  install(person: string): Promise<BotAnswer>
  typeIn(place: Place, person: string, line: string): Promise<BotAnswer>
  /** An activity as from a person, without sending it. */
  activity(person: string, fields: Json): Json
  /** Sends an activity with a valid token unless another authorization is given. */
  send(activity: Json, authorization?: string): Promise<BotAnswer>
  /** A token signed by this authority, with claims changed. */
  token(change?: JWTPayload & { exp?: number }): Promise<string>
  close(): Promise<void>
}

const ISSUER = 'https://api.botframework.com'
const CHANNEL = '19:channel@thread.tacv2'
const BOT_ID = '28:groupwell'

/** One Teams tenant on this machine: authority, connector, and the activities that people's clicks cause. */
export async function startTeams(tenant: TeamsTenant, now: () => Date): Promise<TeamsSimulator> {
  const journal = createJournal()
  const forms = new Map<string, Seen>()
  const faults: TeamsFault[] = []
  const connectorToken = randomUUID()
  const { privateKey, publicKey } = await generateKeyPair('RS256')
  const jwk = { ...(await exportJWK(publicKey)), kid: 'simulated', use: 'sig', alg: 'RS256', endorsements: ['msteams'] }
  let botUrl = ''

  const mri = (person: string) => `29:${person}`
  const chatOf = (person: string) => `a:${person}`
  const personOf = (id: string) =>
    tenant.people.find((person) => chatOf(person.id) === id || mri(person.id) === id)?.id ?? null

  const see = (
    audience: Audience,
    person: string,
    payload: unknown,
    surface: Surface,
    notification: string | null,
  ): Seen => {
    const seen: Seen = {
      at: now().toISOString(),
      platform: 'teams',
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
  const cardOf = (attachment: unknown): Json => ((attachment as Json | undefined)?.content ?? {}) as Json

  async function handle(request: Received): Promise<Answer> {
    if (request.path === '/.well-known/openidconfiguration') {
      return {
        status: 200,
        body: { issuer: ISSUER, jwks_uri: `${server.url}/keys`, id_token_signing_alg_values_supported: ['RS256'] },
      }
    }
    if (request.path === '/keys') return { status: 200, body: { keys: [jwk] } }
    if (request.headers.authorization !== `Bearer ${connectorToken}`)
      return { status: 401, body: { error: { code: 'Unauthorized' } } }
    const payload = parseJson(request.raw) ?? {}
    const fault = faults.shift()
    if (fault && !fault.isAfterActing) return logged(request, null, payload, faultAnswer(fault))
    const answer = act(request, payload)
    return fault ? logged(request, null, payload, faultAnswer(fault)) : answer
  }
  function act(request: Received, payload: Json): Answer {
    if (request.path === '/v3/conversations') {
      const person = personOf(String(((payload.members as Json[] | undefined) ?? [])[0]?.id))
      if (!person)
        return logged(request, null, payload, { status: 404, body: { error: { code: 'ConversationNotFound' } } })
      return logged(request, person, payload, { status: 200, body: { id: chatOf(person) } })
    }
    const conversation = decodeURIComponent(/^\/v3\/conversations\/([^/]+)\/activities$/.exec(request.path)?.[1] ?? '')
    const isTargeted = request.query.get('isTargetedActivity') === 'true'
    const chat = personOf(conversation)
    if (!chat && conversation !== CHANNEL)
      return logged(request, null, payload, { status: 404, body: { error: { code: 'ConversationNotFound' } } })
    const recipient = (payload.recipient ?? {}) as Json
    const target = personOf(String(recipient.id ?? ''))
    if (isTargeted && !target)
      return logged(request, null, payload, { status: 400, body: { error: { code: 'BadArgument' } } })
    if (isTargeted && chat)
      return logged(request, null, payload, {
        status: 400,
        body: { error: { code: 'BadArgument', message: 'targeted messages are not for 1:1 chats' } },
      })
    const complaints = checkActivity(payload)
    if (complaints.length > 0)
      return logged(request, chat, payload, {
        status: 400,
        body: { error: { code: 'BadSyntax', message: complaints.join('; ') } },
      })
    const attachment = (payload.attachments as Json[] | undefined)?.[0]
    const surface = attachment
      ? teamsSurface(cardOf(attachment), null)
      : { ...emptySurface('text', null), reading: [String(payload.text)] }
    const person = isTargeted ? (target ?? '') : (chat ?? 'everyone')
    see(
      isTargeted ? 'private' : chat ? (payload.replyToId ? 'private' : 'dm') : 'channel',
      person,
      payload,
      surface,
      String(payload.summary ?? payload.text ?? ''),
    )
    return logged(request, person, payload, { status: 201, body: { id: randomUUID() } })
  }
  function logged(request: Received, person: string | null, payload: Json, answer: Answer): Answer {
    const error = ((answer.body as Json).error as Json | undefined)?.code
    journal.requests.push({
      method: `${request.method} ${request.path}`,
      person,
      payload,
      status: answer.status,
      error: typeof error === 'string' ? error : null,
    })
    return answer
  }

  const server = await serve(handle)
  const token = async (change: JWTPayload & { exp?: number } = {}): Promise<string> => {
    const claims: JWTPayload = { serviceurl: server.url, iss: ISSUER, aud: tenant.appId, ...change }
    const jwt = new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'simulated', typ: 'JWT' })
    return await (change.exp === undefined ? jwt.setIssuedAt().setExpirationTime('10m') : jwt).sign(privateKey)
  }
  async function send(activity: Json, authorization?: string): Promise<BotAnswer> {
    const response = await fetch(`${botUrl}/api/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: authorization ?? `Bearer ${await token()}` },
      body: JSON.stringify(activity),
    })
    const text = await response.text()
    return { status: response.status, body: text === '' ? null : (parseJson(text) ?? text) }
  }
  function activity(person: string, fields: Json): Json {
    const known = tenant.people.find(({ id }) => id === person)
    return {
      id: randomUUID(),
      channelId: 'msteams',
      serviceUrl: server.url,
      timestamp: now().toISOString(),
      locale: known?.language ?? 'en-US',
      localTimezone: known?.timeZone,
      from: { id: mri(person), aadObjectId: person, name: known?.name },
      recipient: { id: BOT_ID, name: 'Groupwell' },
      conversation: { id: chatOf(person), conversationType: 'personal', tenantId: tenant.tenantId },
      channelData: { tenant: { id: tenant.tenantId } },
      ...fields,
    }
  }
  const inChannel = { id: CHANNEL, conversationType: 'channel', tenantId: tenant.tenantId }
  const typeIn = async (place: Place, person: string, line: string): Promise<BotAnswer> => {
    if (place === 'personal') return await send(activity(person, { type: 'message', text: line }))
    const entities = [{ type: 'mention', text: '<at>Groupwell</at>', mentioned: { id: BOT_ID, name: 'Groupwell' } }]
    if (place === 'mention')
      return await send(
        activity(person, { type: 'message', text: `<at>Groupwell</at> ${line}`, entities, conversation: inChannel }),
      )
    return await send(
      activity(person, {
        type: 'message',
        text: line,
        conversation: inChannel,
        recipient: { id: BOT_ID, isTargeted: true },
      }),
    )
  }
  function readDialog(person: string, answer: BotAnswer): BotAnswer {
    const task = ((answer.body as Json | null)?.task ?? null) as Json | null
    forms.delete(person)
    if (task?.type !== 'continue') return answer
    const value = task.value as Json
    const complaints = checkCard(cardOf(value.card))
    if (complaints.length > 0) throw new Error(`Teams would refuse the dialog: ${complaints.join('; ')}`)
    const seen = see('form', person, answer.body, teamsSurface(cardOf(value.card), String(value.title)), null)
    if (seen.surface.submitLabel) forms.set(person, seen)
    return answer
  }
  return {
    platform: 'teams',
    journal,
    authority: {
      openIdMetadataUrl: `${server.url}/.well-known/openidconfiguration`,
      issuer: ISSUER,
      serviceUrl: server.url,
      getToken: async () => connectorToken,
    },
    connectTo: (url) => {
      botUrl = url
    },
    failNext: (fault) => {
      faults.push(fault)
    },
    install: (person) => send(activity(person, { type: 'installationUpdate', action: 'add' })),
    typeIn,
    async type(person, line) {
      forms.delete(person)
      const before = journal.seen.length
      const answer = await typeIn('personal', person, line)
      // The answer to a typed line arrives after the request is acknowledged.
      if (answer.status === 200)
        await waitUntil(() => journal.seen.slice(before).some((seen) => seen.person === person))
      return answer
    },
    activity,
    send,
    token,
    close: () => server.close(),
    openForm: (person) => forms.get(person) ?? null,
    async press(seen, label) {
      const button = seen.surface.buttons.find((candidate) => candidate.label === label)
      if (!button) throw new Error(`no button “${label}” in: ${seen.text}`)
      const data = button.raw.data as Json
      const opensDialog = (data.msteams as Json | undefined)?.type === 'task/fetch'
      if (opensDialog)
        return readDialog(
          seen.person,
          await send(
            activity(seen.person, {
              type: 'invoke',
              name: 'task/fetch',
              value: { data, context: { theme: 'default' } },
            }),
          ),
        )
      const answer = await send(
        activity(seen.person, {
          type: 'invoke',
          name: 'adaptiveCard/action',
          value: { action: { type: button.raw.type, verb: button.raw.verb, data } },
        }),
      )
      const card = answer.body as Json | null
      if (card?.type === 'application/vnd.microsoft.card.adaptive')
        see('private', seen.person, card, teamsSurface((card.value ?? {}) as Json, null), null)
      return answer
    },
    async submit(person, filled) {
      const form = forms.get(person)
      if (!form) throw new Error(`no dialog is open for ${person}`)
      const card = cardOf((((form.payload as Json).task as Json).value as Json).card)
      const action = ((card.actions ?? []) as Json[])[0]
      return readDialog(
        person,
        await send(
          activity(person, {
            type: 'invoke',
            name: 'task/submit',
            value: { data: { ...(action?.data as Json), ...fieldsOf(form.surface, filled) } },
          }),
        ),
      )
    },
  }
}

function faultAnswer(fault: TeamsFault): Answer {
  const headers: Record<string, string> =
    fault.retryAfter === undefined ? {} : { 'retry-after': String(fault.retryAfter) }
  return {
    status: fault.status,
    body: { error: { code: fault.status === 429 ? 'TooManyRequests' : 'ServiceError' } },
    headers,
  }
}

/** What Teams sends of a dialog: every input by its id; people as ids with commas. */
function fieldsOf(surface: Surface, filled: Filled): Json {
  return Object.fromEntries(
    surface.inputs.map((input) => {
      const value = filled[input.name] ?? input.value ?? ''
      return [
        `${input.type === 'people' ? 'people' : 'field'}:${input.name}`,
        Array.isArray(value) ? value.join(',') : value,
      ]
    }),
  )
}
