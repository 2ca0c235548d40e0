import type { ServerResponse } from 'node:http'
import type { App, Receiver } from '@slack/bolt'
import { sendJson } from '../http.ts'
import type { SlackBody } from './body.ts'

type Options = {
  /** A request that nothing has acknowledged by then is refused. */
  unhandledMs: number
  refuse(response: ServerResponse): void
  /** A listener fell over a payload that has our shape and none of Slack's. */
  onError(error: unknown): void
}

/**
 * The way from a verified body into Bolt and back. Bolt's own receiver reads, verifies and parses
 * once more what the guard has read, verified and parsed; it takes two to three times as long.
 */
export function createReceiver({ unhandledMs, refuse, onError }: Options) {
  let app: App | null = null
  const receiver: Receiver = {
    init: (own) => {
      app = own
    },
    // The service has one server for everything; it is not for this one to start or stop.
    start: async () => {},
    stop: async () => {},
  }
  return {
    receiver,
    /**
     * Answers one request; its signature has been checked. `sentAt` is the signature's time, in
     * seconds since 1970.
     */
    async take(body: SlackBody, sentAt: number, response: ServerResponse): Promise<void> {
      if ('ssl_check' in body) return sendJson(response, 200, null)
      if (body.type === 'url_verification')
        return sendJson(response, 200, { challenge: body.challenge })
      const patience = setTimeout(() => !response.headersSent && refuse(response), unhandledMs)
      response.once('close', () => clearTimeout(patience))
      let isAcknowledged = false
      const ack = async (answer?: unknown) => {
        if (isAcknowledged) throw new Error('a request was acknowledged twice')
        isAcknowledged = true
        // One that was refused because its time was over stays refused.
        if (response.headersSent) return
        if (typeof answer === 'string') response.end(answer)
        else sendJson(response, 200, answer ?? null)
      }
      try {
        await app?.processEvent({ body, ack, customProperties: { sentAt } })
      } catch (error) {
        onError(error)
        if (!response.headersSent) refuse(response)
      }
    },
  }
}
