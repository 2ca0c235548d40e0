import { createHash } from 'node:crypto'
import type { PrismaClient } from '../../src/store/generated/client.ts'

/**
 * A hundred workspaces, two groups of ten in each, a session each whose reminder is due: 2,000
 * deliveries, 20 s at Slack's pace.
 */
const WORKSPACES = 100
const GROUPS = 2
const PEOPLE = 10
const SESSIONS = 1
export const ALL = WORKSPACES * GROUPS * PEOPLE * SESSIONS
export const NOW = new Date('2026-03-02T16:30:00Z')

const digits = Array.from({ length: WORKSPACES }, (_, index) => index)
export const workspaces = digits.map((workspace) => ({
  teamId: `TCRASH${workspace}`,
  teamName: `Crash ${workspace}`,
  botToken: `xoxb-crash-${workspace}`,
  people: Array.from({ length: GROUPS * PEOPLE }, (_, person) => ({
    id: `UC${workspace}P${String(person).padStart(2, '0')}`,
    name: `Person ${person}`,
    language: 'en-GB',
    timeZone: 'Europe/Berlin',
  })),
}))
export const TOKENS: ReadonlyMap<string, string> = new Map(
  workspaces.map(({ teamId, botToken }) => [teamId, botToken]),
)

const idOf = (...parts: (string | number)[]): string => {
  const hex = createHash('sha256').update(parts.join(' ')).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

/**
 * Each session has a time of its own within the week, so that a message's words say which it was
 * about.
 */
const startOf = (session: number) => new Date(NOW.getTime() + (session + 1) * 12 * 3_600_000)

/** One organisation with all of it. Reminders are due now, each for its own session. */
export async function seed(db: PrismaClient): Promise<void> {
  const organisationId = idOf('organisation')
  await db.organisation.create({
    data: { id: organisationId, name: 'Crash', country: 'DE', createdAt: NOW },
  })
  await db.connection.createMany({
    data: workspaces.map(({ teamId }) => ({
      organisationId,
      id: idOf('connection', teamId),
      platform: 'slack' as const,
      externalId: teamId,
      name: teamId,
    })),
  })
  const people = workspaces.flatMap(({ teamId, people: own }) =>
    own.map((person, index) => ({ teamId, person, index })),
  )
  await db.person.createMany({
    data: people.map(({ person }) => ({ organisationId, id: idOf('person', person.id) })),
  })
  await db.account.createMany({
    data: people.map(({ teamId, person }) => ({
      organisationId,
      id: idOf('account', person.id),
      personId: idOf('person', person.id),
      connectionId: idOf('connection', teamId),
      externalId: person.id,
      language: 'en-GB',
      address: { directChannel: `D${person.id.slice(1)}` },
    })),
  })
  const groups = workspaces.flatMap(({ teamId }) =>
    Array.from({ length: GROUPS }, (_, group) => ({
      teamId,
      group,
      id: idOf('group', teamId, group),
    })),
  )
  await db.group.createMany({
    data: groups.map(({ id, group }) => ({
      organisationId,
      id,
      kind: 'chronic-illness-support',
      alias: `Group ${group}`,
      timeZone: 'UTC',
      createdAt: NOW,
    })),
  })
  await db.rosterEntry.createMany({
    data: people.map(({ teamId, person, index }) => ({
      organisationId,
      groupId: idOf('group', teamId, Math.floor(index / PEOPLE)),
      personId: idOf('person', person.id),
      role: 'member' as const,
      joinedAt: NOW,
    })),
  })
  await db.schedule.createMany({
    data: groups.map(({ id }) => ({
      organisationId,
      id: idOf('schedule', id),
      groupId: id,
      rule: 'FREQ=DAILY;COUNT=10',
      localStart: '2026-03-03T16:30',
      timeZone: 'UTC',
      durationMinutes: 90,
    })),
  })
  const sessions = groups.flatMap(({ id }) =>
    Array.from({ length: SESSIONS }, (_, session) => ({
      groupId: id,
      session,
      id: idOf('session', id, session),
    })),
  )
  await db.session.createMany({
    data: sessions.map(({ groupId, session, id }) => ({
      organisationId,
      id,
      groupId,
      scheduleId: idOf('schedule', groupId),
      originalLocalStart: startOf(session).toISOString().slice(0, 16),
      startsAt: startOf(session),
      endsAt: new Date(startOf(session).getTime() + 5_400_000),
    })),
  })
  await db.occurrence.createMany({
    data: sessions.map(({ id }) => ({
      organisationId,
      id: idOf('occurrence', id),
      kind: 'reminder' as const,
      dueAt: NOW,
      sessionId: id,
    })),
  })
}

const wordsOf = (at: Date) => `${at.getUTCDate()} March, ${at.toISOString().slice(11, 16)}`

/** The delivery that a post was: the person and the day in its words. */
export const keyOfPost = (channel: string, text: string): string =>
  `${channel} ${/\d+ March, \d\d:\d\d/.exec(text)?.[0] ?? text}`

/** The same key for a row of the ledger. */
export function keys(): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const { teamId, people } of workspaces)
    people.forEach((person, index) => {
      const groupId = idOf('group', teamId, Math.floor(index / PEOPLE))
      for (let session = 0; session < SESSIONS; session += 1)
        found.set(
          `${idOf('person', person.id)} ${idOf('session', groupId, session)}`,
          `D${person.id.slice(1)} ${wordsOf(startOf(session))}`,
        )
    })
  return found
}
