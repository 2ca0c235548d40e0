import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import { call } from '../../src/teams/call.ts'
import { atTheEnd } from '../ends.ts'
import { freePort } from '../free-port.ts'

/** Something that listens where the connector should; how often it was asked. */
async function listen(answer: RequestListener) {
  const seen = { requests: 0 }
  const server = createServer((request, response) => {
    seen.requests += 1
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  atTheEnd(async () => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { seen, post: () => call(new URL(`http://127.0.0.1:${port}/v3/x`), 'token', { a: 1 }) }
}
const NOBODY_KNOWS = { outcome: 'unknown', reason: 'noAnswer' }

it('what is posted has its answer', async () => {
  const { post } = await listen((request, response) => {
    const { method, headers } = request
    const { authorization, 'content-type': type, 'user-agent': agent } = headers
    const id = [method, authorization, type, agent, headers['accept-encoding']].join(' ')
    response.writeHead(201).end(JSON.stringify({ id }))
  })
  expect(await post()).toEqual({ id: 'POST Bearer token application/json groupwell identity' })
})

it('a redirection is not followed, and nobody knows what became of the post', async () => {
  const { seen, post } = await listen((_, response) =>
    response.writeHead(307, { location: '/v3/y' }).end('{"id":"1"}'),
  )
  await expect(post()).rejects.toMatchObject({ attempt: NOBODY_KNOWS, code: 'not_the_connector' })
  expect(seen.requests).toBe(1)
})

it('an answer that breaks off is one of which nobody knows', async () => {
  const { seen, post } = await listen((_, response) => {
    response.writeHead(200, { 'content-length': '100' })
    response.write('{"id":', () => response.destroy())
  })
  await expect(post()).rejects.toMatchObject({ attempt: NOBODY_KNOWS })
  expect(seen.requests).toBe(1)
})

it('a page of the network’s own is not the connector’s answer; 201 and 202 are', async () => {
  const page = await listen((_, response) => response.writeHead(200).end('<html>Log in</html>'))
  await expect(page.post()).rejects.toMatchObject({ attempt: NOBODY_KNOWS })
  const done = await listen((_, response) => response.writeHead(202).end())
  expect(await done.post()).toEqual({})
})

it('where nobody listens nothing has left', async () => {
  const posted = call(new URL(`http://127.0.0.1:${await freePort()}/v3/x`), null, {})
  await expect(posted).rejects.toMatchObject({
    attempt: { outcome: 'noWorkspace', reason: 'noConnection' },
  })
})
