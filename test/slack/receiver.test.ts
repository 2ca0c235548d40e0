import { createServer } from 'node:http'
import { App } from '@slack/bolt'
import { describe, expect, it } from 'vitest'
import { sendJson } from '../../src/http.ts'
import { readSlackBody, type SlackBody } from '../../src/slack/body.ts'
import { createReceiver } from '../../src/slack/receiver.ts'
import { SILENT } from '../../src/slack/silent-logger.ts'
import { atTheEnd } from '../ends.ts'
import { listenOn } from '../helpers.ts'

const FORM = 'application/x-www-form-urlencoded'
const COMMAND = new URLSearchParams({
  command: '/group',
  team_id: 'T1',
  user_id: 'U1',
  trigger_id: '1.2',
  response_url: 'http://127.0.0.1:9/',
}).toString()

type Ack = (answer?: unknown) => Promise<void>

/** A real Bolt app behind the receiver; `listener` hears each command. */
async function ask(
  listener: (ack: Ack) => Promise<void>,
  { type = FORM, body = COMMAND, unhandledMs = 2_800 } = {},
) {
  const errors: string[] = []
  const { receiver, take } = createReceiver({
    unhandledMs,
    refuse: (response) => sendJson(response, 400, { error: 'spät' }),
    onError: (error) => void errors.push(String(error)),
  })
  const app = new App({
    receiver,
    logger: SILENT,
    convoStore: false,
    tokenVerificationEnabled: false,
    authorize: async () => ({ botToken: 'xoxb' }),
  })
  app.error(async (error) => {
    throw error
  })
  const { promise: heard, resolve: isHeard } = Promise.withResolvers<unknown>()
  app.command(/.*/, async ({ ack, context }) => {
    await listener(ack as Ack).finally(() => isHeard(context.sentAt))
  })
  const server = createServer((_, response) => {
    void take(readSlackBody(type, body) as SlackBody, 1_700_000_000, response)
  })
  atTheEnd(async () => void server.close())
  const response = await fetch(await listenOn(server))
  const answer = {
    status: response.status,
    body: await response.text(),
    length: response.headers.get('content-length'),
  }
  return { answer, errors, heard }
}

describe('a receiver for Bolt', () => {
  it('answers with what a listener acknowledges, in one piece', async () => {
    const { answer, heard } = await ask((ack) => ack({ text: 'good' }))
    expect(answer).toEqual({ status: 200, body: '{"text":"good"}', length: '15' })
    expect(await heard).toBe(1_700_000_000)
  })

  it('answers with nothing where there is nothing to say', async () => {
    const { answer } = await ask((ack) => ack())
    expect(answer).toEqual({ status: 200, body: '', length: '0' })
  })

  it('refuses what nobody acknowledged in time, and drops what is said later', async () => {
    const { promise: answered, resolve } = Promise.withResolvers<void>()
    const late = ask(
      async (ack) => {
        await answered
        await ack({ text: 'too late' })
      },
      { unhandledMs: 1 },
    )
    const { answer, errors, heard } = await late
    resolve()
    await heard
    expect(answer).toMatchObject({ status: 400, body: '{"error":"spät"}' })
    expect(errors).toEqual([])
  })

  it('tells of a second acknowledgement, and keeps the first', async () => {
    const { answer, errors } = await ask(async (ack) => {
      await ack({ text: 'first' })
      await ack({ text: 'second' })
    })
    expect(answer.body).toBe('{"text":"first"}')
    expect(errors.join()).toContain('acknowledged twice')
  })

  it('refuses, and tells, where a listener fell', async () => {
    const { answer, errors } = await ask(async () => {
      throw new TypeError('no such field')
    })
    expect(answer.status).toBe(400)
    expect(errors.join()).toContain('no such field')
  })

  it('answers Slack’s checks of the address and of its certificate by itself', async () => {
    const none = async () => expect.fail('no listener is asked')
    const challenge = { type: 'url_verification', challenge: 'c', token: 't' }
    const checked = await ask(none, { type: 'application/json', body: JSON.stringify(challenge) })
    expect(checked.answer).toMatchObject({ status: 200, body: '{"challenge":"c"}' })
    const certificate = await ask(none, { body: 'ssl_check=1&token=t' })
    expect(certificate.answer).toMatchObject({ status: 200, body: '' })
  })
})
