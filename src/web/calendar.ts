import ical, { ICalCalendarMethod, ICalEventStatus } from 'ical-generator'
import { readCalendar } from '../commands/calendar.ts'
import type { Services } from '../commands/services.ts'
import { oneLine } from '../domain/text.ts'
import { isRead, sendJson } from '../http.ts'
import type { HttpHandler } from '../platform.ts'

/** How often a calendar program should look again. */
const LOOK_AGAIN_SECONDS = 3_600

/**
 * A group's calendar, or one session of it, as iCalendar (RFC 5545). Titles are the alias. Each
 * session is an event of its own with its instant, so a moved or cancelled one needs no exception
 * rule. Place and link stay in the chat.
 */
export function calendarFile(
  services: Pick<Services, 'database' | 'ballotKeys' | 'clock'>,
): HttpHandler {
  return async (request, response) => {
    if (!isRead(request)) return sendJson(response, 405, null)
    const query = new URLSearchParams(request.url?.split('?')[1] ?? '')
    const found = await readCalendar(services, query.get('t') ?? '', query.get('s'))
    if (!found) return sendJson(response, 404, null)
    const title = oneLine(found.alias)
    const calendar = ical({
      name: title,
      prodId: { company: 'Groupwell', product: 'Groupwell' },
      method: ICalCalendarMethod.PUBLISH,
      ttl: LOOK_AGAIN_SECONDS,
    })
    for (const { id, startsAt, endsAt, state, revision } of found.sessions)
      calendar.createEvent({
        id,
        start: startsAt,
        end: endsAt,
        summary: title,
        sequence: revision,
        stamp: services.clock.now(),
        status: state === 'cancelled' ? ICalEventStatus.CANCELLED : ICalEventStatus.CONFIRMED,
      })
    response.writeHead(200, {
      'content-type': 'text/calendar; charset=utf-8',
      'content-disposition': 'attachment; filename="group.ics"',
      'cache-control': 'private, no-store',
    })
    // Each line ends in CRLF, the last one too (RFC 5545, section 3.1).
    response.end(`${calendar.toString().trimEnd()}\r\n`)
  }
}
