import { randomUUID } from 'node:crypto'
import { meet } from '../faults.ts'
import type { Rate } from '../pace.ts'
import { type Answer, parseJson, type Received } from '../server.ts'
import { emptySurface, teamsSurface } from '../surface.ts'
import type { Authority } from './authority.ts'
import { checkActivity } from './limits.ts'
import {
  cardOf,
  chatOf,
  findConversation,
  findMember,
  type Json,
  mriOf,
  post,
  see,
  type TeamsState,
  type TeamsTenant,
} from './state.ts'

/** Microsoft's rate limits for bots, per conversation and per tenant. */
const PER_CONVERSATION: readonly Rate[] = [
  { calls: 7, perMs: 1_000 },
  { calls: 8, perMs: 2_000 },
  { calls: 60, perMs: 30_000 },
  { calls: 1_800, perMs: 3_600_000 },
]
const PER_TENANT: readonly Rate[] = [{ calls: 50, perMs: 1_000 }]
/** Clients forget a targeted message after a day. */
const TARGETED_LIFE_MS = 24 * 60 * 60_000

const refuse = (status: number, code: string, message = code): Answer => ({
  status,
  body: { error: { code, message } },
})
const failureBody = (status: number, error?: string): Json => ({
  error: {
    code: error ?? { 412: 'PreconditionFailed', 429: 'TooManyRequests' }[status] ?? 'ServiceError',
    message: `status ${status}`,
  },
})

/**
 * The connector's one way in: authority, token, fault, pace, then the route; everything is written
 * to the log.
 */
export async function answerConnector(
  state: TeamsState,
  authority: Authority,
  url: string,
  request: Received,
): Promise<Answer> {
  if (request.path === authority.paths.document)
    return { status: 200, body: authority.openIdDocument(url) }
  if (request.path === authority.paths.keys) return { status: 200, body: authority.keys() }
  const isKnown = request.headers.authorization === `Bearer ${authority.connectorToken}`
  if (!isKnown && !(state.app.isAnonymous && request.headers.authorization === undefined))
    return refuse(401, 'Unauthorized')
  const payload = parseJson(request.raw) ?? {}
  const call = `${request.method} ${request.path}`
  const outcome: { person: string | null } = { person: null }
  const act = (): Answer => {
    const { person, ...answer } = route(state, request, payload)
    outcome.person = person ?? null
    return answer
  }
  const answer = meet(state.faults.take(call), act, failureBody)
  const code = ((answer.body as Json | null)?.error as Json | undefined)?.code
  state.journal.requests.push({
    method: call,
    person: outcome.person,
    payload,
    status: answer.status,
    error: typeof code === 'string' ? code : null,
  })
  return answer
}

type Routed = Answer & { person?: string | null }

function route(state: TeamsState, request: Received, payload: Json): Routed {
  if (request.path === '/v3/conversations' && request.method === 'POST')
    return createConversation(state, payload)
  const parts =
    /^\/v3\/conversations\/([^/]+)\/(activities|members|pagedmembers)(?:\/([^/]+))?$/.exec(
      request.path,
    )
  if (!parts) return refuse(404, 'NotFound')
  const [, encoded = '', what, item] = parts
  const id = decodeURIComponent(encoded)
  const found = findConversation(state, id)
  if (!found) return refuse(404, 'ConversationNotFound')
  if (what !== 'activities')
    return readMembers(
      found,
      item === undefined ? null : decodeURIComponent(item),
      what === 'pagedmembers',
    )
  const wait =
    state.pace.take(id, PER_CONVERSATION) ?? state.pace.take(found.tenant.tenantId, PER_TENANT)
  if (wait !== null)
    return { ...refuse(429, 'TooManyRequests'), headers: { 'retry-after': String(wait) } }
  const isTargeted = request.query.get('isTargetedActivity') === 'true'
  const place = { id, ...found, isTargeted }
  if (request.method === 'POST') return send(state, place, payload)
  if (request.method === 'PUT' && item) return update(state, place, item, payload)
  if (request.method === 'DELETE' && item) return remove(state, place, item)
  return refuse(405, 'MethodNotAllowed')
}

type Place = { id: string; person: string | null; tenant: TeamsTenant; isTargeted: boolean }

function createConversation(state: TeamsState, payload: Json): Routed {
  const members = (payload.members as Json[] | undefined) ?? []
  const tenantId =
    payload.tenantId ?? ((payload.channelData as Json | undefined)?.tenant as Json | undefined)?.id
  const tenant = state.app.tenants.find((known) => known.tenantId === tenantId)
  if (members.length !== 1 || !tenant)
    return refuse(400, 'BadArgument', 'one member and its tenant are needed')
  // A member's id, or their Entra object id in its place (MicrosoftDocs/msteams-docs #14079).
  const id = String(members[0]?.id)
  const person = findMember(tenant, id) ?? findMember(tenant, mriOf(id))
  if (!person) return refuse(400, 'BadArgument', 'unknown member')
  if (!state.installed.has(person.id))
    return {
      ...refuse(
        403,
        'BotNotInConversationRoster',
        'The bot is not part of the conversation roster.',
      ),
      person: person.id,
    }
  return { status: 200, body: { id: chatOf(person.id) }, person: person.id }
}

function readMembers(
  { person, tenant }: { person: string | null; tenant: TeamsTenant },
  item: string | null,
  isPaged: boolean,
): Routed {
  const people = person ? tenant.people.filter(({ id }) => id === person) : tenant.people
  const members = people.map(({ id, name }) => ({
    id: mriOf(id),
    name,
    aadObjectId: id,
    objectId: id,
    tenantId: tenant.tenantId,
  }))
  if (item === null) return { status: 200, body: isPaged ? { members } : members }
  const member = members.find(({ id, aadObjectId }) => id === item || aadObjectId === item)
  return member ? { status: 200, body: member } : refuse(404, 'MemberNotFoundInConversation')
}

function send(state: TeamsState, place: Place, payload: Json): Routed {
  const { person, tenant, isTargeted } = place
  if (person && state.blocked.has(person)) return { ...refuse(403, 'MessageWritesBlocked'), person }
  // After an uninstall the connector often takes what nobody will see.
  if (person && state.removed.has(person))
    return { status: 201, body: { id: randomUUID() }, person }
  if (person && !state.installed.has(person))
    return { ...refuse(403, 'BotNotInConversationRoster'), person }
  const recipient = (payload.recipient as Json | undefined)?.id
  if (isTargeted && !recipient)
    return refuse(400, 'BadArgument', 'a targeted message needs a recipient')
  if (isTargeted && person)
    return refuse(400, 'BadArgument', 'targeted messages are not for 1:1 chats')
  const target = isTargeted ? findMember(tenant, String(recipient)) : null
  if (isTargeted && !target) return refuse(403, 'BotNotInConversationRoster')
  const problem = problemOf(payload)
  if (problem) return { ...problem, person }
  const id = randomUUID()
  const onlyFor = target?.id ?? null
  post(state, { id, place: place.id, author: 'bot', onlyFor, payload })
  if (isTargeted) state.targetedAt.set(id, state.now().getTime())
  const card = cardOf(payload)
  const surface = card
    ? teamsSurface(card, null)
    : { ...emptySurface('text', null), reading: [String(payload.text)] }
  const audience = isTargeted
    ? 'private'
    : person
      ? payload.replyToId
        ? 'private'
        : 'dm'
      : 'channel'
  const notification = String(payload.summary ?? payload.text ?? '')
  see(state, audience, onlyFor ?? person ?? 'everyone', { payload, surface, notification })
  return { status: 201, body: { id }, person: onlyFor ?? person }
}

function update(state: TeamsState, place: Place, item: string, payload: Json): Routed {
  const found = findMessage(state, place, item)
  if (!found) return refuse(404, 'ActivityNotFoundInConversation')
  if (place.isTargeted && payload.recipient !== undefined)
    return refuse(400, 'BadArgument', 'who sees a targeted message cannot change')
  const problem = problemOf(payload)
  if (problem) return problem
  found.payload = payload
  found.isEdited = true
  state.journal.onChange()
  return { status: 200, body: { id: item }, person: found.onlyFor ?? place.person }
}

function remove(state: TeamsState, place: Place, item: string): Routed {
  const found = findMessage(state, place, item)
  if (!found) return refuse(404, 'ActivityNotFoundInConversation')
  state.journal.messages.splice(state.journal.messages.indexOf(found), 1)
  state.journal.onChange()
  return { status: 200, body: {}, person: found.onlyFor ?? place.person }
}

/**
 * The bot's own message; a targeted one only while clients still have it, and only when it is named
 * as one.
 */
function findMessage(state: TeamsState, place: Place, item: string) {
  const found = state.journal.messages.find(
    (known) => known.place === place.id && known.id === item && known.author === 'bot',
  )
  if (!found || (found.onlyFor !== null) !== place.isTargeted) return null
  const sentAt = state.targetedAt.get(item)
  return sentAt !== undefined && state.now().getTime() - sentAt > TARGETED_LIFE_MS ? null : found
}

function problemOf(payload: Json): Answer | null {
  const complaints = checkActivity(payload)
  if (complaints.length === 0) return null
  if (complaints[0] === 'MessageSizeTooBig') return refuse(413, 'MessageSizeTooBig')
  return refuse(400, 'BadSyntax', complaints.join('; '))
}
