import { sendJson } from '../http.ts'
import type { HttpHandler } from '../platform.ts'

/** The process is up. */
export const healthz: HttpHandler = (_request, response) =>
  sendJson(response, 200, { status: 'up' })

/**
 * The process can serve; otherwise 503 with the reason. A trouble that does not keep requests from
 * being answered stands beside it.
 */
export function readyz(
  look: () => Promise<{ notReady: string | null; trouble: string | null }>,
  isStopping: () => boolean,
): HttpHandler {
  return async (_request, response) => {
    if (isStopping()) return sendJson(response, 503, { status: 'stopping' })
    const { notReady, trouble } = await look()
    const status = { status: notReady ?? 'ready' }
    sendJson(response, notReady === null ? 200 : 503, trouble ? { ...status, trouble } : status)
  }
}
