import { sendJson } from '../http.ts'
import type { HttpHandler } from '../platform.ts'

/** The process is up. */
export const healthz: HttpHandler = (_request, response) =>
  sendJson(response, 200, { status: 'up' })

/** The process can serve: `check` reaches the store. */
export function readyz(check: () => Promise<void>, isStopping: () => boolean): HttpHandler {
  return async (_request, response) => {
    if (isStopping()) return sendJson(response, 503, { status: 'stopping' })
    const failure = await check().then(
      () => null,
      (error: unknown) => error,
    )
    sendJson(response, failure === null ? 200 : 503, {
      status: failure === null ? 'ready' : 'store',
    })
  }
}
