import { readJson, refuseUnread, sendJson } from '../http.ts'
import type { Log } from '../log.ts'
import {
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
import type { Card, Reply } from '../views/card.ts'
import {
  isPersonal,
  parseActivity,
  readActivity,
  senderOf,
  type TeamsActivity,
  tenantOf,
  toConversation,
} from './parse.ts'
import { TEAMS_BATCH, teamsRates, workspaceRates } from './rates.ts'
import { type AdaptiveCard, renderCard, renderDialogCard, renderForm } from './render.ts'
import { attachment, messageOf, replyPrivately } from './reply.ts'
import type { Answer, Transport } from './transport.ts'

export type TeamsDeps = {
  onIncoming: OnIncoming
  /** Somebody opened or closed the app without a command: where they can be reached. */
  onSeen(workspaceId: string, person: PersonRef): Promise<void>
  log: Log
  say(key: 'error.openChat' | 'error.badRequest'): string
}

/** Where activities come in, and what is made of one before it is read. */
export type TeamsEndpoint = { path: string; adopt(body: unknown): unknown }
const TEAMS_ENDPOINT: TeamsEndpoint = { path: '/api/messages', adopt: (body) => body }
const TEAMS_TRAITS: Traits = {
  name: 'teams',
  prefix: '',
  reachesUnseen: REACHES_UNSEEN.teams,
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
  const running = new Set<Promise<void>>()
  const inBackground = (work: Promise<void>): void => {
    const tracked = work
      .catch((error: unknown) =>
        deps.log.warn('teams.reply', {
          reason: error instanceof PlatformError ? error.code : 'unexpected',
        }),
      )
      .finally(() => running.delete(tracked))
    running.add(tracked)
  }
  const handle: HttpHandler = async (request, response) => {
    if (request.method !== 'POST') return refuseUnread(response, 405)
    const admitted = transport.admit(request.headers.authorization)
    if (!admitted) return refuseUnread(response, 401)
    const body = await readJson(request, BODY_LIMIT_BYTES)
    if ('status' in body) return refuseUnread(response, body.status)
    const sent = endpoint.adopt(body.value)
    const activity = readActivity(sent)
    if (!activity || typeof sent !== 'object' || sent === null)
      return sendJson(response, 400, { error: deps.say('error.badRequest') })
    const answer = await transport.receive(admitted, sent, activity.serviceUrl, () =>
      takeTurn(activity),
    )
    sendJson(response, answer.status, answer.body ?? null)
  }
  async function takeTurn(activity: TeamsActivity): Promise<Answer> {
    if (activity.type === 'conversationUpdate' || activity.type === 'installationUpdate')
      return await seen(activity)
    const incoming = parseActivity(activity)
    if (!incoming) return { status: activity.type === 'invoke' ? 400 : 200 }
    const reply = await deps.onIncoming(incoming)
    if (activity.type === 'message') {
      // The work is done; the answer goes out after this request is acknowledged.
      if (reply)
        inBackground(
          replyPrivately(transport, activity, chatCard(reply), deps.say('error.openChat')),
        )
      return { status: 200 }
    }
    return {
      status: 200,
      body:
        activity.name === 'adaptiveCard/action' ? cardAnswer(activity, reply) : dialogAnswer(reply),
    }
  }
  async function seen(activity: TeamsActivity): Promise<Answer> {
    const person = senderOf(activity)
    const tenant = tenantOf(activity)
    if (person && tenant && isPersonal(activity)) await deps.onSeen(tenant, person)
    return { status: 200 }
  }
  return {
    ...TEAMS_TRAITS,
    path: endpoint.path,
    handle,
    start: async () => ({ externalId: tenantId, name: tenantId }),
    serves: (workspaceId) => workspaceId === tenantId,
    send: async (outgoing) => await send(transport, outgoing),
    rates: teamsRates,
    workspaceRates,
    batch: TEAMS_BATCH,
    stop: async () => {
      await Promise.allSettled([...running])
    },
  }
}

/**
 * The card that can stand in a chat. The door gives no form and no result to a request that cannot
 * open one.
 */
function chatCard(reply: Reply): Card {
  if (reply.type === 'form' || reply.type === 'content')
    throw new Error('a form or a result was given to a chat')
  if (reply.type === 'errors') {
    return {
      kind: 'problem',
      title: reply.message,
      notification: reply.message,
      blocks: [{ type: 'text', text: reply.message }],
    }
  }
  return reply.card
}

/** Action.Execute in a personal chat: the answer takes the card's place. */
function cardAnswer(activity: TeamsActivity, reply: Reply | null) {
  if (!reply || !isPersonal(activity))
    return { statusCode: 200, type: 'application/vnd.microsoft.activity.message', value: '' }
  return {
    statusCode: 200,
    type: 'application/vnd.microsoft.card.adaptive',
    value: renderCard(chatCard(reply)).card,
  }
}

/** A dialog opened or sent: the next thing that it shows; an empty body closes it. */
function dialogAnswer(reply: Reply | null) {
  if (!reply) return {}
  const { title, card } = dialogContent(reply)
  return {
    task: {
      type: 'continue',
      value: { title, height: 'large', width: 'medium', card: attachment(card) },
    },
  }
}

function dialogContent(reply: Reply): { title: string; card: AdaptiveCard } {
  if (reply.type === 'form') return renderForm(reply.form)
  if (reply.type === 'errors')
    return reply.form ? renderForm(reply.form, reply.fields) : renderDialogCard(chatCard(reply))
  return renderDialogCard(reply.card)
}

async function send(transport: Transport, { recipient, notice }: Outgoing): Promise<Sent> {
  if (!recipient.address) throw new PlatformError({ outcome: 'notYet', reason: 'notOpened' })
  const conversation = toConversation(recipient.address)
  const path = `v3/conversations/${encodeURIComponent(conversation.conversationId)}/activities`
  await transport.post(conversation.serviceUrl, path, {
    ...messageOf(notice),
    from: { id: conversation.botId },
    conversation: { id: conversation.conversationId, tenantId: conversation.tenantId },
  })
  return { address: null }
}
