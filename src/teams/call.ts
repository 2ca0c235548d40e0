import { request } from 'undici'
import { neverLeft } from '../errors.ts'
import { PlatformError } from '../platform.ts'
import { toPlatformError } from './failure.ts'

const CALL_TIMEOUT_MS = 10_000

/** The parts of the connector's answers that are read. */
export type Said = { id?: string; name?: string }

/**
 * One POST to the connector, or a GET where `body` is null, tried once; null `token`: none is
 * shown. Throws PlatformError. undici's own call, since `fetch` around it was an eighth of a reply.
 */
export async function call(url: URL, token: string | null, body: object | null): Promise<Said> {
  const { statusCode, headers, text } = await ask(url, token, body).catch((cause: unknown) => {
    if (neverLeft(cause))
      throw new PlatformError({ outcome: 'noWorkspace', reason: 'noConnection' }, { cause })
    throw new PlatformError({ outcome: 'unknown', reason: 'noAnswer' }, { cause })
  })
  if (statusCode >= 400)
    throw toPlatformError(statusCode, text, headers['retry-after']?.toString() ?? null)
  // A redirection is not followed: the connector sends none.
  const said = statusCode < 300 ? readSaid(text) : null
  if (said === null && !SAYS_IT_IS_DONE.has(statusCode))
    throw new PlatformError(
      { outcome: 'unknown', reason: 'noAnswer' },
      { code: 'not_the_connector' },
    )
  return said ?? {}
}

async function ask(url: URL, token: string | null, body: object | null) {
  const {
    statusCode,
    headers,
    body: answer,
  } = await request(url, {
    method: body === null ? 'GET' : 'POST',
    headers: {
      // Unlike fetch, undici names nobody, which some gateways refuse, and unpacks nothing.
      'user-agent': 'groupwell',
      'accept-encoding': 'identity',
      ...(body === null ? {} : { 'content-type': 'application/json' }),
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    },
    body: body === null ? null : JSON.stringify(body),
    signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
  })
  return { statusCode, headers, text: await answer.text() }
}

/** Statuses that a network's own page does not have: what was sent is there, or will be. */
const SAYS_IT_IS_DONE = new Set([201, 202])

/** An answer of the connector has an id, of a message, a chat or a person; null: it has none. */
function readSaid(text: string): Said | null {
  try {
    const said = JSON.parse(text) as Said | null
    return typeof said?.id === 'string' ? said : null
  } catch {
    return null
  }
}
