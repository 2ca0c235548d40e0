import type { ServerResponse } from 'node:http'
import {
  type AckFn,
  App,
  HTTPReceiver,
  type RespondArguments,
  type ViewResponseAction,
  type ViewSubmitAction,
} from '@slack/bolt'
import { WebClient } from '@slack/web-api'
import type { TextKey } from '../content/load.ts'
import { readBody, sendJson } from '../http.ts'
import type { Log } from '../log.ts'
import type { Incoming, OnIncoming, Platform, Traits } from '../platform.ts'
import { describe, send, whoAmI } from './calls.ts'
import { toPlatformError } from './failure.ts'
import { isSlackBody, parseButton, parseCommand, parseForm, parseHome } from './parse.ts'
import { slackRates, workspaceRates } from './rates.ts'
import { renderCardView, renderForm, renderHome, renderMessage } from './render.ts'
import { createReplayGuard } from './replay.ts'
import { QUIET } from './silent-logger.ts'
import { createViews } from './views.ts'

export type SlackSettings = {
  signingSecret: string
  botToken: string
  apiUrl: string
  /**
   * Tokens of workspaces besides the one that `botToken` is for; null for one that this app is not
   * in.
   */
  tokenFor?: (workspaceId: string) => string | null
}
export type SlackDeps = {
  onIncoming: OnIncoming
  log: Log
  say(key: TextKey): string
  wall(): Date
}

/** Slack closes the door at 3 s: past this a read is acknowledged empty and answered later. */
const ANSWER_WITHIN_MS = 2_200
/** A form must open within 3 s of the press; a call that takes longer has lost its trigger. */
const INTERACTIVE_TIMEOUT_MS = 2_500
const OUTBOUND_TIMEOUT_MS = 10_000
/** A form of thirty people is far below; anything larger is not from Slack. */
const BODY_LIMIT_BYTES = 1_000_000
/**
 * Slack signs with its own clock; a request from further in the future than this is not from now.
 */
const MAX_AHEAD_SECONDS = 60

/**
 * Slack behind the port: Bolt receives and verifies, two clients send. Neither retries: a retried
 * post is a double post.
 */
export function createSlack(settings: SlackSettings, deps: SlackDeps): Platform {
  const options = {
    slackApiUrl: settings.apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logger: QUIET,
  }
  const interactive = new WebClient(settings.botToken, {
    ...options,
    timeout: INTERACTIVE_TIMEOUT_MS,
  })
  const outbound = new WebClient(settings.botToken, { ...options, timeout: OUTBOUND_TIMEOUT_MS })
  const receiver = new HTTPReceiver({
    signingSecret: settings.signingSecret,
    endpoints: SLACK_PATH,
    bodyLimit: BODY_LIMIT_BYTES,
    logger: QUIET,
    unhandledRequestTimeoutMillis: 3001,
  })
  const app = new App({
    receiver,
    logger: QUIET,
    ignoreSelf: false,
    // Bolt would keep every conversation in memory.
    convoStore: false,
    tokenVerificationEnabled: false,
    authorize: async () => ({ botToken: settings.botToken }),
  })
  const running = new Set<Promise<void>>()
  const track = (work: Promise<void>): Promise<void> => {
    const tracked = work.finally(() => running.delete(tracked))
    running.add(tracked)
    return tracked
  }
  const turns = createTurns(interactive, deps)
  app.command(/.*/, ({ command, ack, respond }) =>
    track(turns.command(parseCommand(command), command.trigger_id, ack, respond)),
  )
  app.action({ type: 'block_actions' }, ({ body, ack, respond }) =>
    track(turns.button(parseButton(body), body.trigger_id, ack, respond)),
  )
  app.view<ViewSubmitAction>({ type: 'view_submission' }, ({ body, ack }) =>
    track(turns.form(() => parseForm(body, (id) => describe(interactive, id)), ack)),
  )
  app.view({ type: 'view_closed' }, ({ ack }) => ack())
  app.event('app_home_opened', ({ event, body }) => track(turns.home(parseHome(event, body))))
  app.error(async (error) => deps.log.error('slack.listener', error))
  let own: string | null = null
  const replays = createReplayGuard(deps.wall)
  return {
    ...SLACK_TRAITS,
    path: SLACK_PATH,
    handle: async (request, response) => {
      // Bolt throws on any other method.
      if (request.method !== 'POST') return sendJson(response, 405, null)
      const signature = String(request.headers['x-slack-signature'])
      const sentAt = Number(request.headers['x-slack-request-timestamp'])
      const isAhead = sentAt - deps.wall().getTime() / 1000 > MAX_AHEAD_SECONDS
      if (isAhead || replays.isReplay(signature)) return sendJson(response, 401, null)
      const body = await readBody(request, BODY_LIMIT_BYTES)
      if ('status' in body) return sendJson(response, body.status, null)
      if (!isSlackBody(request.headers['content-type'] ?? '', body.toString('utf8')))
        return sendJson(response, 400, null)
      response.once('finish', () => {
        if (response.statusCode === 200) replays.claimed(signature)
      })
      // Bolt takes a body that was read for it, and verifies the signature over it.
      receiver.requestListener(Object.assign(request, { rawBody: body }), inOnePiece(response))
    },
    start: async () => {
      const workspace = await whoAmI(interactive)
      own = workspace.externalId
      return workspace
    },
    serves: (workspaceId) =>
      workspaceId === own || (settings.tokenFor?.(workspaceId) ?? null) !== null,
    send: async (outgoing) =>
      await send(outbound, outgoing, settings.tokenFor?.(outgoing.workspaceId) ?? null),
    rates: slackRates,
    workspaceRates,
    batch: 1,
    stop: async () => {
      await Promise.allSettled([...running])
    },
  }
}

const SLACK_PATH = '/slack/events'
const SLACK_TRAITS: Traits = {
  name: 'slack',
  title: 'Slack',
  prefix: '/group ',
  reachesUnseen: true,
}

/**
 * The turn after each kind of request: run the verb, then answer so that only this person sees it.
 */
function createTurns(client: WebClient, deps: SlackDeps) {
  const openView = createViews(client, deps)
  return {
    async command(
      incoming: Incoming,
      triggerId: string,
      ack: AckFn<string | RespondArguments>,
      respond: (message: RespondArguments) => Promise<unknown>,
    ): Promise<void> {
      const work = deps.onIncoming(incoming)
      const isInTime = await endsWithin(work, ANSWER_WITHIN_MS)
      if (!isInTime) await ack()
      const reply = await work
      if (reply?.type === 'form') {
        const isOpen = await opens(openView(triggerId, reply))
        if (isInTime)
          await ack(
            isOpen ? undefined : { response_type: 'ephemeral', text: deps.say('error.busy') },
          )
        return
      }
      const message =
        reply && 'card' in reply
          ? ({ response_type: 'ephemeral', ...renderMessage(reply.card) } as const)
          : undefined
      if (isInTime) await ack(message)
      else if (message) await respond(message)
    },
    async button(
      incoming: Incoming | null,
      triggerId: string,
      ack: AckFn<void>,
      /** Missing for a button in a view, such as the home tab. */
      respond: ((message: RespondArguments) => Promise<unknown>) | undefined,
    ): Promise<void> {
      if (!incoming) return await ack()
      const reply = await deps.onIncoming(incoming)
      const isOpen = !reply || (await opens(openView(triggerId, reply)))
      // Nobody can be told there; left unacknowledged, Slack itself marks the button as failed. No
      // line is logged, see below.
      if (!isOpen && !respond) return
      await ack()
      // Told, not logged: the button may be a check-in's, and a line would say when somebody came.
      if (!isOpen)
        await respond?.({
          response_type: 'ephemeral',
          replace_original: false,
          text: deps.say('error.busy'),
        })
    },
    /**
     * Bolt has acknowledged it already; a home tab that cannot be drawn now is drawn at its next
     * opening.
     */
    async home(incoming: Incoming | null): Promise<void> {
      const reply = incoming && (await deps.onIncoming(incoming))
      if (!reply || !('card' in reply)) return
      try {
        await client.views.publish({
          user_id: incoming.sender.externalId,
          view: renderHome(reply.card),
        })
      } catch (error) {
        deps.log.warn('slack.home', { reason: toPlatformError(error, false).code })
      }
    },
    async form(
      parse: () => Promise<Incoming | null>,
      ack: AckFn<ViewResponseAction>,
    ): Promise<void> {
      const incoming = await parse()
      const reply = incoming && (await deps.onIncoming(incoming))
      if (!reply) return await ack()
      if (reply.type === 'errors') {
        const errors = Object.fromEntries(
          Object.entries(reply.fields).map(([name, text]) => [`field:${name}`, text]),
        )
        return await ack({ response_action: 'errors', errors })
      }
      const view =
        'card' in reply
          ? renderCardView(reply.card, deps.say('button.close'))
          : renderForm(reply.form)
      await ack({ response_action: 'update', view })
    },
  }
}

/**
 * Whether a form or result could be opened: its trigger may have expired, or Slack may not have
 * answered.
 */
async function opens(opening: Promise<void>): Promise<boolean> {
  return await opening.then(
    () => true,
    () => false,
  )
}

/** Whether work ended in time; it goes on either way. */
async function endsWithin(work: Promise<unknown>, ms: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<false>()
  const patience = setTimeout(() => resolve(false), ms)
  return await Promise.race([work.then(() => true), promise]).finally(() => clearTimeout(patience))
}

/**
 * Bolt says the head before the body, which then goes out in chunks; held back until the end, it is
 * one packet. In ASCII, which JSON can always be, head and body are one string to write, not two to
 * encode.
 */
function inOnePiece(response: ServerResponse): ServerResponse {
  const { writeHead, end } = response
  response.writeHead = (status: number, headers?: unknown) => {
    // Node calls it itself at the end, with the length that it knows by then.
    response.writeHead = writeHead
    response.statusCode = status
    for (const [name, value] of Object.entries((headers ?? {}) as Record<string, string>))
      response.setHeader(name, value)
    return response
  }
  response.end = (body?: unknown) =>
    end.call(response, isJson(response, body) ? body.replace(NOT_ASCII, escaped) : body, 'utf8')
  return response
}

const isJson = (response: ServerResponse, body: unknown): body is string =>
  typeof body === 'string' &&
  String(response.getHeader('content-type')).startsWith('application/json')

const NOT_ASCII = /[\u0080-\uffff]/g
const escaped = (character: string): string =>
  `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
