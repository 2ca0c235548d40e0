import { createHmac, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import { DAY_MS, plus } from '../domain/time.ts'
import { getGroup } from '../store/group.ts'
import { findRole } from '../store/roster.ts'
import { listFrom, type SessionDetails } from '../store/session.ts'
import { calendarCard } from '../views/calendar.ts'
import { type BallotKeys, command, groupOf } from './command.ts'
import { groupInput } from './input.ts'
import type { Services } from './services.ts'

/** Past sessions that a calendar still shows. */
const PAST_DAYS = 90
const MAC_BYTES = 16
const UUID_BYTES = 16

/** The web addresses of a group's calendar. They work for this person only while they are in the group. */
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
    const token = calendarToken(ballotKeys, actor.organisationId, group.id, actor.personId)
    const url = `${publicUrl ?? ''}${CALENDAR_PATH}?t=${token}`
    const next = (await listFrom(context, group.id, now)).find(({ state }) => state === 'planned')
    const nextUrl = next ? `${url}&s=${next.id}` : null
    return { reply: { type: 'card', card: calendarCard(texts, { alias: group.alias, url, nextUrl }) } }
  },
})

export const CALENDAR_PATH = '/calendar.ics'

/** Organisation, group and person, sealed with a key of its own: nobody can make one, and it says nothing to who finds it. */
function calendarToken({ keyring }: BallotKeys, organisationId: string, groupId: string, personId: string): string {
  const ids = [organisationId, groupId, personId].map((id) => Buffer.from(id.replaceAll('-', ''), 'hex'))
  const body = Buffer.concat([Buffer.from([keyring.current]), ...ids])
  return Buffer.concat([body, macOf(keyring, keyring.current, body)]).toString('base64url')
}

function macOf(keyring: BallotKeys['keyring'], keyId: number, body: Buffer): Buffer {
  const key = keyring.keys.get(keyId)?.calendar ?? Buffer.alloc(0)
  return createHmac('sha256', key).update(body).digest().subarray(0, MAC_BYTES)
}

type Holder = { organisationId: string; groupId: string; personId: string }

function readToken({ keyring }: BallotKeys, token: string): Holder | null {
  const bytes = Buffer.from(token, 'base64url')
  if (bytes.length !== 1 + 3 * UUID_BYTES + MAC_BYTES) return null
  const body = bytes.subarray(0, -MAC_BYTES)
  const keyId = body[0] ?? 0
  if (!keyring.keys.has(keyId) || !timingSafeEqual(macOf(keyring, keyId, body), bytes.subarray(-MAC_BYTES))) return null
  const id = (index: number) => body.toString('hex', 1 + index * UUID_BYTES, 1 + (index + 1) * UUID_BYTES)
  const uuid = (hex: string) => hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
  return { organisationId: uuid(id(0)), groupId: uuid(id(1)), personId: uuid(id(2)) }
}

/** What a calendar shows: the alias and the times, nothing of what the group is about. Null: the token is none, or no longer. */
export async function readCalendar(
  services: Pick<Services, 'database' | 'ballotKeys' | 'clock'>,
  token: string,
  sessionId: string | null,
): Promise<{ alias: string; sessions: readonly SessionDetails[] } | null> {
  const holder = readToken(services.ballotKeys, token)
  if (!holder) return null
  const { organisationId, groupId, personId } = holder
  const tenant = { tx: services.database.db, organisationId }
  if ((await findRole(tenant, groupId, personId)) === null) return null
  const { alias } = await getGroup(tenant, groupId)
  const all = await listFrom(tenant, groupId, plus(services.clock.now(), -PAST_DAYS * DAY_MS))
  if (sessionId === null) return { alias, sessions: all }
  const one = z.uuid().safeParse(sessionId).success ? all.filter(({ id }) => id === sessionId) : []
  return one.length > 0 ? { alias, sessions: one } : null
}
