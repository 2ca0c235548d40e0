import { randomUUID } from 'node:crypto'
import { parseJson } from '../server.ts'
import type { BotAnswer } from '../workspace.ts'
import { APP_ID, BOT_USER, type SlackState } from './state.ts'
import { type Json, sign } from './wire.ts'

export type SignedHeaders = { timestamp: string; signature: string; contentType: string }
export type SlackAnswer = BotAnswer & { headers: Headers; isLate: boolean }

/** Slack waits so long for an acknowledgement. */
const PATIENCE_MS = 3_000
/** When an event is sent again: nearly at once, after a minute, after five. */
const RETRY_DELAYS_MS = [0, 60_000, 300_000] as const

/** Requests to the bot, signed as Slack signs them. */
export type Sender = {
  connectTo(botUrl: string): void
  /** A form-encoded request: a command or an interaction. */
  sendForm(body: Record<string, string>, change?: Partial<SignedHeaders>): Promise<SlackAnswer>
  /** An interaction by a person of a workspace. */
  interact(teamId: string, payload: Json): Promise<SlackAnswer>
  /**
   * An event, sent again while the bot does not answer 200; null when the app does not subscribe to
   * it.
   */
  event(
    teamId: string,
    event: Json,
    retryDelaysMs?: readonly number[],
  ): Promise<SlackAnswer[] | null>
  /** The check of the request URL: whether the bot gives the challenge back. */
  verifyUrl(): Promise<boolean>
  /** The next request is delivered twice, the second time marked as a retry. */
  repeatNext(): void
}

export function createSender(state: SlackState): Sender {
  let botUrl = ''
  let isRepeated = false

  async function post(raw: string, headers: Record<string, string>): Promise<SlackAnswer> {
    const startedAt = performance.now()
    const response = await fetch(`${botUrl}/slack/events`, { method: 'POST', headers, body: raw })
    const text = await response.text()
    const body = text === '' ? null : (parseJson(text) ?? text)
    return {
      status: response.status,
      body,
      headers: response.headers,
      isLate: performance.now() - startedAt > PATIENCE_MS,
    }
  }
  function signed(
    raw: string,
    contentType: string,
    change: Partial<SignedHeaders> = {},
  ): Record<string, string> {
    const timestamp = change.timestamp ?? String(Math.floor(Date.now() / 1000))
    return {
      'content-type': change.contentType ?? contentType,
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': change.signature ?? sign(state.app.signingSecret, timestamp, raw),
    }
  }
  const retry = (number: number, reason: string) => ({
    'x-slack-retry-num': String(number),
    'x-slack-retry-reason': reason,
  })
  async function sendRaw(
    raw: string,
    contentType: string,
    change?: Partial<SignedHeaders>,
  ): Promise<SlackAnswer> {
    const isTwice = isRepeated
    isRepeated = false
    const answer = await post(raw, signed(raw, contentType, change))
    if (!isTwice) return answer
    // A moment later, so that it carries another signature, as a retry does.
    const timestamp = String(Math.floor(Date.now() / 1000) + 1)
    await post(raw, {
      ...signed(raw, contentType, { ...change, timestamp }),
      ...retry(1, 'http_timeout'),
    })
    return answer
  }
  const sendForm: Sender['sendForm'] = (body, change) =>
    sendRaw(new URLSearchParams(body).toString(), 'application/x-www-form-urlencoded', change)

  return {
    connectTo: (url) => {
      botUrl = url
    },
    repeatNext: () => {
      isRepeated = true
    },
    sendForm,
    interact: (teamId, payload) =>
      sendForm({
        payload: JSON.stringify({
          api_app_id: APP_ID,
          token: 'unused',
          team: { id: teamId, domain: 'demo' },
          ...payload,
        }),
      }),
    async event(teamId, event, retryDelaysMs = RETRY_DELAYS_MS) {
      if (!state.app.events.includes(String(event.type))) return null
      const raw = JSON.stringify({
        token: 'unused',
        team_id: teamId,
        api_app_id: APP_ID,
        event,
        type: 'event_callback',
        event_id: `Ev${randomUUID().slice(0, 8)}`,
        event_time: Math.floor(Date.now() / 1000),
        authorizations: [
          {
            enterprise_id: null,
            team_id: teamId,
            user_id: BOT_USER,
            is_bot: true,
            is_enterprise_install: false,
          },
        ],
        is_ext_shared_channel: false,
      })
      const answers = [await sendRaw(raw, 'application/json')]
      for (const [index, delayMs] of retryDelaysMs.entries()) {
        const last = answers.at(-1)
        if (!last || isTaken(last) || last.headers.get('x-slack-no-retry') === '1') break
        if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs))
        const reason = last.isLate ? 'http_timeout' : 'http_error'
        answers.push(
          await post(raw, { ...signed(raw, 'application/json'), ...retry(index + 1, reason) }),
        )
      }
      return answers
    },
    async verifyUrl() {
      const challenge = randomUUID()
      const { status, body } = await sendRaw(
        JSON.stringify({ token: 'unused', challenge, type: 'url_verification' }),
        'application/json',
      )
      const given = typeof body === 'string' ? body : (body as Json | null)?.challenge
      return status === 200 && given === challenge
    },
  }
}

const isTaken = (answer: SlackAnswer): boolean => answer.status === 200 && !answer.isLate
