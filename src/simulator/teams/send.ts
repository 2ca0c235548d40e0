import { randomUUID } from 'node:crypto'
import { parseJson } from '../server.ts'
import type { BotAnswer } from '../workspace.ts'
import type { Authority } from './authority.ts'
import { BOT_ID, chatOf, type Json, mriOf, type TeamsState, tenantOf } from './state.ts'

/** Teams sends an activity again when the bot takes longer. */
const RESEND_AFTER_MS = 15_000

/** Activities to the bot, with the tokens that Teams puts on them. */
export type Sender = {
  /** `path` is the bot's endpoint. */
  connectTo(botUrl: string, path?: string): void
  /** An activity as from a person, without sending it. */
  activity(person: string, fields: Json): Json
  /** Sends an activity with a valid token unless another authorization is given. */
  send(activity: Json, authorization?: string, resendAfterMs?: number): Promise<BotAnswer>
  /** The next activity is delivered twice. */
  repeatNext(): void
}

export function createSender(
  state: TeamsState,
  authority: Authority,
  serviceUrl: () => string,
): Sender {
  let endpoint = ''
  let isRepeated = false
  async function post(activity: Json, authorization?: string): Promise<BotAnswer> {
    const token =
      authorization ??
      (state.app.isAnonymous ? null : `Bearer ${await authority.token(serviceUrl())}`)
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token === null ? {} : { authorization: token }),
      },
      body: JSON.stringify(activity),
    })
    const text = await response.text()
    const body = text === '' ? null : (parseJson(text) ?? text)
    return response.ok
      ? { status: response.status, body }
      : { status: response.status, body, problem: `status ${response.status}` }
  }
  return {
    connectTo: (url, path = '/api/messages') => {
      endpoint = url + path
    },
    repeatNext: () => {
      isRepeated = true
    },
    activity(person, fields) {
      const tenant = tenantOf(state, person)
      const known = tenant.people.find(({ id }) => id === person)
      return {
        id: randomUUID(),
        channelId: 'msteams',
        serviceUrl: serviceUrl(),
        timestamp: state.now().toISOString(),
        locale: known?.language ?? 'en-US',
        localTimezone: known?.timeZone,
        from: { id: mriOf(person), aadObjectId: person, name: known?.name },
        recipient: { id: BOT_ID, name: 'Groupwell' },
        conversation: {
          id: chatOf(person),
          conversationType: 'personal',
          tenantId: tenant.tenantId,
        },
        channelData: { tenant: { id: tenant.tenantId } },
        ...fields,
      }
    },
    async send(activity, authorization, resendAfterMs = RESEND_AFTER_MS) {
      const isTwice = isRepeated
      isRepeated = false
      let second: Promise<BotAnswer> | null = null
      const patience = setTimeout(() => {
        second = post(activity, authorization)
      }, resendAfterMs)
      const answer = await post(activity, authorization).finally(() => clearTimeout(patience))
      await second
      if (isTwice) await post(activity, authorization)
      return answer
    },
  }
}
