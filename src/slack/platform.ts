import { createSecretKey } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { App, type Context, type ViewSubmitAction } from '@slack/bolt'
import { WebClient } from '@slack/web-api'
import { readBody, refuseUnread, sendJson } from '../http.ts'
import { type Platform, REACHES_UNSEEN, type Traits } from '../platform.ts'
import { type Rejection, reasonOfStatus } from '../rejections.ts'
import { readSlackBody } from './body.ts'
import { describe, isShared, send, whoAmI } from './calls.ts'
import {
  isLink,
  modalOf,
  parseButton,
  parseCommand,
  parseForm,
  parseHome,
  roundOf,
  waitsOpenAt,
} from './parse.ts'
import { createSlackPace, SLACK_BATCH, slackRates } from './rates.ts'
import { createReceiver } from './receiver.ts'
import { createReplayGuard } from './replay.ts'
import { clockAhead, isSigned, readSignature } from './signed.ts'
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
/**
 * A press that could not open anything is left without an answer for so long: less than the three
 * seconds after which Slack gives up, so that its client says that it did not work.
 */
const UNHANDLED_MS = 2_800
/** A form of thirty people is far below; anything larger is not from Slack. */
const BODY_LIMIT_BYTES = 512_000

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
  const signingKey = createSecretKey(settings.signingSecret, 'utf8')
  const reject = (rejection: Rejection) => deps.onRejected('slack', rejection)
  const refuse = (response: ServerResponse) =>
    sendJson(response, 400, { error: deps.say('error.badRequest') })
  const onError = (error: unknown) => deps.log.error('slack.listener', error)
  const { receiver, take } = createReceiver({ unhandledMs: UNHANDLED_MS, refuse, onError })
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
    track(
      isLink(body)
        ? ack()
        : turns.button(parseButton(body), body.trigger_id, ack, respond, modalOf(body)),
    ),
  )
  app.view<ViewSubmitAction>({ type: 'view_submission' }, ({ body, ack, context }) =>
    track(
      turns.form(() => parseForm(body, sentAtOf(context), (id) => describe(interactive, id)), ack, {
        id: body.view.id,
        waitsOpenAt: waitsOpenAt(body),
        round: roundOf(body),
      }),
    ),
  )
  app.view({ type: 'view_closed' }, ({ ack }) => ack())
  app.event('app_home_opened', ({ event, body }) => track(turns.home(parseHome(event, body))))
  app.error(async (error) => onError(error))
  let own: string | null = null
  const replays = createReplayGuard(deps.wall)
  const pace = createSlackPace()
  return {
    ...SLACK_TRAITS,
    path: SLACK_PATH,
    handle: async (request, response) => {
      const refuseIt = (status: number, rejection: Rejection) => {
        reject(rejection)
        refuseUnread(response, status)
      }
      // Bolt throws on any other method.
      if (request.method !== 'POST') return refuseIt(405, { reason: 'method' })
      // Form and age first: they cost nothing, and a body that nobody signed is not waited for.
      const signed = readSignature(request.headers)
      if (!signed) return refuseIt(401, { reason: 'unsigned' })
      if (replays.isReplay(signed.signature)) return refuseIt(401, { reason: 'repeated' })
      const clockAheadSeconds = clockAhead(signed, deps.wall())
      if (clockAheadSeconds !== null) return refuseIt(401, { reason: 'clock', clockAheadSeconds })
      const body = await readBody(request, BODY_LIMIT_BYTES)
      if ('status' in body) return refuseIt(body.status, { reason: reasonOfStatus(body.status) })
      const text = body.toString('utf8')
      if (!isSigned(signingKey, signed, text)) return refuseIt(401, { reason: 'signature' })
      const asked = readSlackBody(request.headers['content-type'] ?? '', text)
      if (!asked) {
        reject({ reason: 'badShape' })
        return refuse(response)
      }
      response.once('finish', () => {
        if (response.statusCode === 200) replays.claimed(signed.signature)
      })
      await take(asked, signed.sentAt, response)
    },
    start: async () => {
      const workspace = await whoAmI(interactive)
      own = workspace.externalId
      return workspace
    },
    serves: (workspaceId) =>
      workspaceId === own || (settings.tokenFor?.(workspaceId) ?? null) !== null,
    send: async (outgoing) => {
      const { workspaceId } = outgoing
      return await send(outbound, outgoing, {
        token: settings.tokenFor?.(workspaceId) ?? null,
        onPosted: (how) => (how === 'taken' ? pace.took : pace.tooMany)(workspaceId),
      })
    },
    describe: async (workspaceId, externalId) => {
      const token = settings.tokenFor?.(workspaceId) ?? null
      const known = await describe(outbound, externalId, token)
      // Not found may mean that the token is for another workspace now: only "deleted" is a
      // closing.
      return known.isBot === undefined ? null : known
    },
    rates: slackRates,
    workspaceRates: pace.workspaceRates,
    batch: SLACK_BATCH,
    stop: async () => {
      await Promise.allSettled([...running])
    },
  }
}

/** When Slack sent a request, to the second: its signature's time. */
function sentAtOf({ sentAt }: Context): Date {
  if (typeof sentAt !== 'number') throw new Error('a request without a time got this far')
  return new Date(sentAt * 1000)
}

const SLACK_PATH = '/slack/events'
const SLACK_TRAITS: Traits = {
  name: 'slack',
  prefix: '/group ',
  reachesUnseen: REACHES_UNSEEN.slack,
  keepsForms: true,
}
