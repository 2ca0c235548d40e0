import { createServer, type ServerResponse } from 'node:http'
import { describe, expect, it } from 'vitest'
import { inOnePiece } from '../../src/slack/one-piece.ts'
import { atTheEnd } from '../ends.ts'
import { listenOn } from '../helpers.ts'

/** Answers twice, as a handler does that ends after its request was refused for being late. */
async function answerTwice(wrap: (response: ServerResponse) => ServerResponse) {
  let late: unknown = 'not said'
  const server = createServer((_, raw) => {
    const response = wrap(raw)
    response.writeHead(400, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ error: 'spät' }))
    try {
      response.writeHead(200, { 'content-type': 'text/plain' })
      response.end('done')
      late = null
    } catch (error) {
      late = error
    }
  })
  atTheEnd(async () => void server.close())
  const answer = await fetch(await listenOn(server))
  return { status: answer.status, body: await answer.text(), late }
}

describe('an answer in one piece', () => {
  it('is the first one: what is said to a refused request later goes nowhere', async () => {
    expect(await answerTwice(inOnePiece)).toEqual({
      status: 400,
      body: '{"error":"sp\\u00e4t"}',
      late: null,
    })
  })

  it('is not what Node does by itself: there the second one throws', async () => {
    const { late } = await answerTwice((response) => response)
    expect(late).toMatchObject({ code: 'ERR_HTTP_HEADERS_SENT' })
  })
})
