import { readMyData } from '../commands/mydata.ts'
import type { Services } from '../commands/services.ts'
import { isRead, sendJson } from '../http.ts'
import type { HttpHandler } from '../platform.ts'

/** A person's own data as JSON, for who holds a link that is still good. It is kept nowhere. */
export function mydataFile(
  services: Pick<Services, 'database' | 'ballotKeys' | 'clock' | 'content'>,
): HttpHandler {
  return async (request, response) => {
    if (!isRead(request)) return sendJson(response, 405, null)
    const query = new URLSearchParams(request.url?.split('?')[1] ?? '')
    const data = await readMyData(services, query.get('t') ?? '')
    if (!data) return sendJson(response, 404, null)
    response.writeHead(200, {
      'content-type': 'application/json; charset=utf-8',
      'content-disposition': 'attachment; filename="my-data.json"',
      'cache-control': 'private, no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    })
    response.end(`${JSON.stringify(data, null, 2)}\n`)
  }
}
