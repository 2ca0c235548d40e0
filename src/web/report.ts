import type { ServerResponse } from 'node:http'
import { readReport } from '../commands/report.ts'
import type { Services } from '../commands/services.ts'
import { isRead, sendJson } from '../http.ts'
import type { HttpHandler } from '../platform.ts'
import { reportFhir } from '../views/fhir.ts'
import { type Report, reportCsv, reportHtml } from '../views/report.ts'

/**
 * The formats that it can be fetched in. `file`: the name under which a browser keeps it; without
 * one it is shown.
 */
const FORMS: Readonly<
  Record<string, { type: string; file: string | null; make(report: Report): Promise<string> }>
> = {
  csv: { type: 'text/csv', file: 'report.csv', make: async (report) => reportCsv(report) },
  fhir: {
    type: 'application/fhir+json',
    file: 'report.fhir.json',
    make: async (report) => `${JSON.stringify(reportFhir(report), null, 2)}\n`,
  },
  html: {
    type: 'text/html',
    file: null,
    make: async (report) => {
      // The picture's library is not small, and most services never make one.
      const { pictureOf } = await import('../views/picture.ts')
      return reportHtml(report, pictureOf)
    },
  },
}

/**
 * A group's report, for who holds a link that is still good. It runs no script and is kept nowhere.
 */
export function reportFile(
  services: Pick<Services, 'database' | 'ballotKeys' | 'clock' | 'content'>,
): HttpHandler {
  return async (request, response) => {
    if (!isRead(request)) return sendJson(response, 405, null)
    const query = new URLSearchParams(request.url?.split('?')[1] ?? '')
    const as = query.get('as') ?? 'html'
    const form = Object.hasOwn(FORMS, as) ? FORMS[as] : undefined
    const report = form && (await readReport(services, query.get('t') ?? ''))
    if (!form || !report) return sendJson(response, 404, null)
    send(response, form.type, form.file, await form.make(report))
  }
}

function send(response: ServerResponse, type: string, file: string | null, body: string): void {
  response.writeHead(200, {
    'content-type': `${type}; charset=utf-8`,
    ...(file === null ? {} : { 'content-disposition': `attachment; filename="${file}"` }),
    'cache-control': 'private, no-store',
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  })
  response.end(body)
}
