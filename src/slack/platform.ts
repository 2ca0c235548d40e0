import type { ServerResponse } from 'node:http'
import { App, HTTPReceiver, isValidSlackRequest, type ViewSubmitAction } from '@slack/bolt'
import { WebClient } from '@slack/web-api'
import { readBody, refuseUnread, sendJson } from '../http.ts'
import { type Platform, REACHES_UNSEEN, type Traits } from '../platform.ts'
import { isSlackBody } from './body.ts'
import { describe, isShared, send, whoAmI } from './calls.ts'
import { inOnePiece } from './one-piece.ts'
import { parseButton, parseCommand, parseForm, parseHome } from './parse.ts'
import { slackRates, workspaceRates } from './rates.ts'
import { createReplayGuard } from './replay.ts'
import { SILENT } from './silent-logger.ts'
import { createTurns, type SlackDeps } from './turns.ts'

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
/** A form must open within 3 s of the press; a call that takes longer has lost its trigger. */
const INTERACTIVE_TIMEOUT_MS = 2_500
const OUTBOUND_TIMEOUT_MS = 10_000
/** A press that could not open anything is left without an answer for so long. */
const UNHANDLED_MS = 2_800
/** A form of thirty people is far below; anything larger is not from Slack. */
const BODY_LIMIT_BYTES = 512_000
/**
 * Slack signs with its own clock; a request from further in the future than this is not from now.
 */
const MAX_AHEAD_SECONDS = 60
/** Slack's own rule for requests that were held back. */
const MAX_AGE_SECONDS = 300
const SIGNATURE = /^v0=[0-9a-f]{64}$/

/**
 * Slack behind the port: Bolt receives and verifies, two clients send. Neither retries: a retried
 * post is a double post.
 */
export function createSlack(settings: SlackSettings, deps: SlackDeps): Platform {
  const options = {
    slackApiUrl: settings.apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logger: SILENT,
  }
  const interactive = new WebClient(settings.botToken, {
    ...options,
    timeout: INTERACTIVE_TIMEOUT_MS,
  })
  const outbound = new WebClient(settings.botToken, { ...options, timeout: OUTBOUND_TIMEOUT_MS })
  const { signingSecret } = settings
  const refuse = (response: ServerResponse) =>
    sendJson(response, 400, { error: deps.say('error.badRequest') })
  const receiver = new HTTPReceiver({
    signingSecret,
    endpoints: SLACK_PATH,
    bodyLimit: BODY_LIMIT_BYTES,
    logger: SILENT,
    // Before Slack gives up; its client then says that it did not work.
    unhandledRequestTimeoutMillis: UNHANDLED_MS,
    unhandledRequestHandler: ({ response }) => refuse(response as ServerResponse),
    // Bolt fell over a payload that has our shape and none of Slack's.
    processEventErrorHandler: async ({ error, response }) => {
      deps.log.error('slack.listener', error)
      if (!response.headersSent) refuse(response)
      return false
    },
  })
  const app = new App({
    receiver,
    logger: SILENT,
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
    track(
      turns.command(
        () => parseCommand(command, (id) => isShared(interactive, id)),
        command.trigger_id,
        ack,
        respond,
      ),
    ),
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
      if (request.method !== 'POST') return refuseUnread(response, 405)
      const { headers } = request
      const signature = String(headers['x-slack-signature'])
      const sentAt = Number(headers['x-slack-request-timestamp'] || Number.NaN)
      const age = deps.wall().getTime() / 1000 - sentAt
      const isNow = age >= -MAX_AHEAD_SECONDS && age <= MAX_AGE_SECONDS
      // Form and age first: they cost nothing, and a body that nobody signed is not waited for.
      if (!isNow || !SIGNATURE.test(signature) || replays.isReplay(signature))
        return refuseUnread(response, 401)
      const body = await readBody(request, BODY_LIMIT_BYTES)
      if ('status' in body) return refuseUnread(response, body.status)
      const text = body.toString('utf8')
      const signed = { 'x-slack-signature': signature, 'x-slack-request-timestamp': sentAt }
      if (!isValidSlackRequest({ signingSecret, body: text, headers: signed }))
        return sendJson(response, 401, null)
      if (!isSlackBody(headers['content-type'] ?? '', text)) return refuse(response)
      response.once('finish', () => {
        if (response.statusCode === 200) replays.claimed(signature)
      })
      // Bolt takes a body that was read for it, and verifies the signature over it once more.
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
  prefix: '/group ',
  reachesUnseen: REACHES_UNSEEN.slack,
}
