import { neverLeft } from '../errors.ts'
import { PlatformError } from '../platform.ts'
import { toPlatformError } from './failure.ts'

const CALL_TIMEOUT_MS = 10_000

/** One POST to the connector, tried once; null `token`: none is shown. Throws PlatformError. */
export async function call(url: URL, token: string | null, body: object): Promise<{ id?: string }> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
    redirect: 'error',
  }).catch((cause: unknown) => {
    if (neverLeft(cause))
      throw new PlatformError({ outcome: 'noWorkspace', reason: 'noConnection' }, { cause })
    throw new PlatformError({ outcome: 'unknown', reason: 'noAnswer' }, { cause })
  })
  const text = await response.text()
  if (!response.ok)
    throw toPlatformError(response.status, text, response.headers.get('retry-after'))
  return text === '' ? {} : (JSON.parse(text) as { id?: string })
}
