import type { IncomingMessage } from 'node:http'
import { sendJson } from '../http.ts'
import type { Platform } from '../platform.ts'
import { PlatformError } from '../platform.ts'
import { call } from './call.ts'
import { admitWithoutToken } from './guard.ts'
import { createTeams, type TeamsDeps } from './platform.ts'
import type { Transport } from './transport.ts'

/**
 * Every tenant that a client names is this one: nothing of a real organisation can be reached from
 * here.
 */
export const PLAYGROUND_TENANT = 'playground'
const PLAYGROUND_PATH = '/api/playground'

/**
 * For trying the bot with a Teams client that has no token, such as Microsoft's Agents Playground:
 * the same platform at an address of its own. It opens for this machine alone, called by this
 * machine's own name, and sends to this machine alone.
 */
export function createPlayground(deps: TeamsDeps): Platform {
  const teams = createTeams(PLAYGROUND_TENANT, ANONYMOUS, deps, { path: PLAYGROUND_PATH, adopt })
  return {
    ...teams,
    handle: async (request, response) =>
      isFromHere(request) ? await teams.handle(request, response) : sendJson(response, 403, null),
  }
}

/** No token is asked for and none is shown. */
const ANONYMOUS: Transport = {
  home: null,
  admit: admitWithoutToken,
  async receive(_admitted, _activity, serviceUrl, logic) {
    return isLoopback(serviceUrl) ? await logic() : { status: 403 }
  },
  async post(serviceUrl, path, body) {
    if (!isLoopback(serviceUrl))
      throw new PlatformError(
        { outcome: 'gone', reason: 'blocked' },
        { code: 'serviceUrlNotAllowed' },
      )
    return await call(
      new URL(path, serviceUrl.endsWith('/') ? serviceUrl : `${serviceUrl}/`),
      null,
      body,
    )
  },
}

const LOOPBACK_NAMES = new Set(['localhost', '127.0.0.1', '[::1]'])
const LOOPBACK_PEERS = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1'])

function isLoopback(address: string): boolean {
  return URL.canParse(address) && LOOPBACK_NAMES.has(new URL(address).hostname)
}

/**
 * The peer is this machine, and asked for it by name: a page of another site cannot, whatever its
 * own name resolves to.
 */
function isFromHere({ socket, headers }: IncomingMessage): boolean {
  const isOwnName = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(headers.host ?? '')
  const isOwnPage = headers.origin === undefined || headers.origin === `http://${headers.host}`
  return LOOPBACK_PEERS.has(socket.remoteAddress ?? '') && isOwnName && isOwnPage
}

function adopt(body: unknown): unknown {
  if (typeof body !== 'object' || body === null) return body
  const { conversation } = body as { conversation?: object }
  const personal = { conversationType: 'personal', ...conversation, tenantId: PLAYGROUND_TENANT }
  return {
    ...body,
    channelId: 'msteams',
    conversation: personal,
    channelData: { tenant: { id: PLAYGROUND_TENANT } },
  }
}
