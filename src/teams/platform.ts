import { readJson, refuseUnread, sendJson } from '../http.ts'
import type { Log } from '../log.ts'
import {
  type Address,
  type Count,
  type HttpHandler,
  type OnIncoming,
  type Outgoing,
  type PersonRef,
  type Platform,
  PlatformError,
  REACHES_UNSEEN,
  type Sent,
  type Traits,
} from '../platform.ts'
import {
  type OnRejected,
  type Rejection,
  type RejectReason,
  reasonOfStatus,
} from '../rejections.ts'
import type { Reply } from '../views/card.ts'
import { toConversation } from './address.ts'
import { cardAnswer, chatCard, dialogAnswer } from './answers.ts'
import { isAdmitted } from './guard.ts'
import {
  isPersonal,
  parseActivity,
  readActivity,
  senderOf,
  type TeamsActivity,
  tenantOf,
} from './parse.ts'
import { homeFor, presenceOf } from './presence.ts'
import { TEAMS_BATCH, teamsRates, workspaceRates } from './rates.ts'
import { createReplies } from './replies.ts'
import { messageOf, openChat, replyPrivately, sayHere } from './reply.ts'
import type { Answer, Transport } from './transport.ts'

type Line =
  | 'error.openChat'
  | 'error.badRequest'
  | 'error.leftEmpty'
  | 'teams.hello'
  | 'teams.guest'
export type TeamsDeps = {
  onIncoming: OnIncoming
  onRejected: OnRejected
  /** Somebody added the app: where they can be reached. */
  onAdded(workspaceId: string, person: PersonRef): Promise<void>
  /** Somebody took it off: nothing that is sent to them arrives. */
  onRemoved(workspaceId: string, externalId: string): Promise<void>
  log: Log
  /** Counts what is answered among what is sent; null: no pace is kept. */
  count: Count | null
  /** One of our lines; `language` null: the service's own. */
  say(key: Line, language: string | null): string
}

/** Where activities come in, and what is made of one before it is read. */
export type TeamsEndpoint = { path: string; adopt(body: unknown): unknown }
const TEAMS_ENDPOINT: TeamsEndpoint = { path: '/api/messages', adopt: (body) => body }
const TEAMS_TRAITS: Traits = {
  name: 'teams',
  prefix: '',
  reachesUnseen: REACHES_UNSEEN.teams,
  keepsForms: false,
}

/** Teams takes 100 KB a message; a form of thirty people comes back far below. */
const BODY_LIMIT_BYTES = 256_000

/**
 * Teams behind the port: activities in, cards out. A line typed anywhere is answered to its writer
 * alone.
 */
export function createTeams(
  tenantId: string,
  transport: Transport,
  deps: TeamsDeps,
  endpoint: TeamsEndpoint = TEAMS_ENDPOINT,
): Platform {
  const replies = createReplies(transport, tenantId, deps)
  const handle: HttpHandler = async (request, response) => {
    const refuse = (status: number, rejection: Rejection) => {
      deps.onRejected('teams', rejection)
      refuseUnread(response, status)
    }
    if (request.method !== 'POST') return refuse(405, { reason: 'method' })
    const admitted = transport.admit(request.headers.authorization)
    if (!isAdmitted(admitted)) return refuse(401, admitted)
    const body = await readJson(request, BODY_LIMIT_BYTES)
    if ('status' in body) return refuse(body.status, { reason: reasonOfStatus(body.status) })
    const sent = endpoint.adopt(body.value)
    const activity = readActivity(sent)
    if (!activity || typeof sent !== 'object' || sent === null) {
      deps.onRejected('teams', { reason: 'badShape' })
      return sendJson(response, 400, { error: deps.say('error.badRequest', null) })
    }
    let isVerified = false
    const answer = await transport.receive(admitted, sent, activity.serviceUrl, () => {
      isVerified = true
      return takeTurn(activity)
    })
    if (!isVerified) deps.onRejected('teams', { reason: reasonOfRefusal(answer.status) })
    sendJson(response, answer.status, answer.body ?? null)
  }
  async function takeTurn(activity: TeamsActivity): Promise<Answer> {
    if (activity.type === 'conversationUpdate' || activity.type === 'installationUpdate')
      return await comeOrGone(activity)
    const incoming = parseActivity(activity)
    if (!incoming) return unread(activity)
    const reply = await deps.onIncoming(incoming)
    if (activity.type === 'message') {
      // The work is done; the answer goes out after this request is acknowledged.
      answerAlone(activity, reply)
      return { status: 200 }
    }
    if (activity.name !== 'adaptiveCard/action')
      // An error leaves the dialog as it is, with all that was chosen in it.
      return reply?.type === 'errors' && reply.isKept && !reply.form
        ? { status: 503 }
        : { status: 200, body: dialogAnswer(reply, deps.say) }
    // In a channel the card is not theirs alone: the answer comes beside it.
    const isAlone = isPersonal(activity)
    if (!isAlone) answerAlone(activity, reply)
    return { status: 200, body: cardAnswer(isAlone ? reply : null) }
  }
  /** Nothing that a command answers: what asks for one is counted, and told where it can be. */
  function unread(activity: TeamsActivity): Answer {
    const isGuest = senderOf(activity) === null
    if (activity.type !== 'invoke' && activity.type !== 'message') return { status: 200 }
    deps.onRejected('teams', { reason: isGuest ? 'guest' : 'foreign' })
    // A guest of a meeting has no account that anything could be for.
    if (activity.type === 'message' && isGuest)
      replies.send((to) => sayHere(to, activity, deps.say('teams.guest', null)))
    return { status: activity.type === 'invoke' ? 400 : 200 }
  }
  function answerAlone(activity: TeamsActivity, reply: Reply | null): void {
    if (!reply) return
    const answer = { card: chatCard(reply), language: reply.language ?? null }
    const openChat = deps.say('error.openChat', reply.language ?? null)
    replies.send((to) => replyPrivately(to, activity, { ...answer, openChat }))
  }
  /** Somebody added the app, or took it off: the first thing that they see is its home. */
  async function comeOrGone(activity: TeamsActivity): Promise<Answer> {
    const person = senderOf(activity)
    const tenant = tenantOf(activity)
    const presence = presenceOf(activity)
    const isInstalled = activity.type === 'installationUpdate' && presence === 'added'
    if (!isPersonal(activity)) {
      if (isInstalled) replies.send((to) => sayHere(to, activity, deps.say('teams.hello', null)))
      return { status: 200 }
    }
    if (!person || !tenant) return { status: 200 }
    if (presence === 'removed') await deps.onRemoved(tenant, person.externalId)
    if (presence === 'added') await deps.onAdded(tenant, person)
    const home = isInstalled ? homeFor(activity) : null
    if (home) answerAlone(activity, await deps.onIncoming(home))
    return { status: 200 }
  }
  return {
    ...TEAMS_TRAITS,
    path: endpoint.path,
    handle,
    start: async () => ({ externalId: tenantId, name: tenantId }),
    serves: (workspaceId) => workspaceId === tenantId,
    send: async (outgoing) => await send(transport, outgoing),
    describe: async (_workspaceId, externalId, near) =>
      near && (await describe(transport, externalId, near)),
    rates: teamsRates,
    workspaceRates,
    batch: TEAMS_BATCH,
    stop: replies.settled,
  }
}

/** The reason for which a token that passed the guard was refused after all. */
function reasonOfRefusal(status: number): RejectReason {
  if (status === 503) return 'keysUnreachable'
  return status === 403 ? 'issuer' : 'signature'
}

/**
 * Somebody's name, as a team whose channel they are in tells it: Teams' own picker gives an id
 * alone. Null: they are not in it, or it does not tell.
 */
async function describe(
  transport: Transport,
  externalId: string,
  near: Address,
): Promise<PersonRef | null> {
  try {
    const { serviceUrl, conversationId } = toConversation(near)
    const path = `v3/conversations/${encodeURIComponent(conversationId)}/members/${externalId}`
    const { name } = await transport.post(serviceUrl, path, null)
    return name ? { externalId, name } : null
  } catch {
    return null
  }
}

async function send(transport: Transport, outgoing: Outgoing): Promise<Sent> {
  const { recipient, notice, language } = outgoing
  const post = async (address: Address) => {
    const { serviceUrl, conversationId: id, botId, tenantId } = toConversation(address)
    await transport.post(serviceUrl, `v3/conversations/${encodeURIComponent(id)}/activities`, {
      ...messageOf(notice, language ?? null),
      from: { id: botId },
      conversation: { id, tenantId },
    })
  }
  const known = recipient.address
  const refusal = known && (await post(known).then(() => null, ifNotThere))
  if (known && refusal === null) return { address: null }
  const address = await openChat(transport, outgoing).catch((error: unknown) => {
    // Teams gives none: it is as the first refusal said.
    throw isNotGiven(error) ? (refusal ?? error) : error
  })
  await post(address)
  return { address }
}

const isNotGiven = (error: unknown): boolean =>
  error instanceof PlatformError && error.attempt.outcome === 'notYet'

/**
 * The refusal where a chat is not there any more, as after somebody removed it: nothing was posted,
 * and it is opened once more. Throws any other error.
 */
function ifNotThere(error: unknown): PlatformError {
  if (error instanceof PlatformError && error.code === 'ConversationNotFound') return error
  throw error
}
