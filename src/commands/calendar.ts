import { z } from 'zod'
import { DAY_MS, plus } from '../domain/time.ts'
import { getGroup } from '../store/group.ts'
import { isOnRoster } from '../store/roster.ts'
import { listFrom, type SessionDetails } from '../store/session.ts'
import { calendarCard } from '../views/calendar.ts'
import { command, groupOf } from './command.ts'
import { groupInput } from './input.ts'
import { readLink, signLink } from './link.ts'
import type { Services } from './services.ts'

/** Past sessions that a calendar still shows. */
const PAST_DAYS = 90

/**
 * The web addresses of a group's calendar. They work for this person only while they are in the
 * group.
 */
export const calendar = command({
  verb: 'calendar',
  isTyped: false,
  access: { who: 'group', roles: ['member', 'facilitator', 'supervisor'] },
  subject: 'group',
  effect: 'read',
  input: groupInput,
  run: async (context) => {
    const { texts, actor, ballotKeys, publicUrl, now } = context
    const group = groupOf(context)
    const { organisationId, personId } = actor
    const token = signLink(ballotKeys.keyring, 'calendar', {
      organisationId,
      groupId: group.id,
      personId,
      until: null,
    })
    const url = `${publicUrl ?? ''}${CALENDAR_PATH}?t=${token}`
    const next = (await listFrom(context, group.id, now)).find(({ state }) => state === 'planned')
    const nextUrl = next ? `${url}&s=${next.id}` : null
    return {
      reply: { type: 'card', card: calendarCard(texts, { alias: group.alias, url, nextUrl }) },
    }
  },
})

export const CALENDAR_PATH = '/calendar.ics'

/**
 * A calendar's contents: the alias and the times, nothing of what the group is about. Null: the
 * token is none, or no longer.
 */
export async function readCalendar(
  services: Pick<Services, 'database' | 'ballotKeys' | 'clock'>,
  token: string,
  sessionId: string | null,
): Promise<{ alias: string; sessions: readonly SessionDetails[] } | null> {
  const holder = readLink(services.ballotKeys.keyring, 'calendar', token)
  if (!holder) return null
  const { organisationId, groupId, personId } = holder
  const tenant = { tx: services.database.db, organisationId }
  // In a group that has ended, too: what lay ahead is cancelled in the calendar, not gone from it.
  if (!(await isOnRoster(tenant, groupId, personId))) return null
  const { alias } = await getGroup(tenant, groupId)
  const all = await listFrom(tenant, groupId, plus(services.clock.now(), -PAST_DAYS * DAY_MS))
  if (sessionId === null) return { alias, sessions: all }
  const one = z.uuid().safeParse(sessionId).success ? all.filter(({ id }) => id === sessionId) : []
  return one.length > 0 ? { alias, sessions: one } : null
}
