import { sendJson } from '../http.ts'
import type { HttpHandler } from '../platform.ts'

/** The process is up. */
export const healthz: HttpHandler = (_request, response) =>
  sendJson(response, 200, { status: 'up' })

/** The process can serve; otherwise 503 with the reason that `look` gives (null: none). */
export function readyz(look: () => Promise<string | null>, isStopping: () => boolean): HttpHandler {
  return async (_request, response) => {
    const reason = isStopping() ? 'stopping' : await look()
    sendJson(response, reason === null ? 200 : 503, { status: reason ?? 'ready' })
  }
}
