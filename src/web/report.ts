import type { Door } from '../commands/door.ts'
import { readReport } from '../commands/report.ts'
import { sendJson } from '../http.ts'
import type { HttpHandler } from '../platform.ts'
import { reportCsv, reportHtml } from '../views/report.ts'

/** A group's report as a table or a page, for who holds a link that is still good. It runs no script and is kept nowhere. */
export function reportFile(door: Pick<Door, 'database' | 'vault' | 'clock' | 'content'>): HttpHandler {
  return async (request, response) => {
    if (request.method !== 'GET') return sendJson(response, 405, null)
    const query = new URLSearchParams(request.url?.split('?')[1] ?? '')
    const report = await readReport(door, query.get('t') ?? '')
    if (!report) return sendJson(response, 404, null)
    const isTable = query.get('as') === 'csv'
    response.writeHead(200, {
      'content-type': isTable ? 'text/csv; charset=utf-8' : 'text/html; charset=utf-8',
      ...(isTable ? { 'content-disposition': 'attachment; filename="report.csv"' } : {}),
      'cache-control': 'private, no-store',
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    })
    response.end(isTable ? reportCsv(report) : reportHtml(report))
  }
}
