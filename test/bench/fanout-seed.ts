import { createHash } from 'node:crypto'
import type { PrismaClient } from '../../src/store/generated/client.ts'
import { GROUPS, PEOPLE, workspaces } from './fanout-cast.ts'

const idOf = (...parts: (string | number)[]): string => {
  const hex = createHash('sha256').update(parts.join(' ')).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

/**
 * Organisations, people, groups and one session each that begins an hour after `dueAt`, when its
 * reminder is due.
 */
export async function seed(db: PrismaClient, dueAt: Date, serviceUrl: string): Promise<void> {
  const startsAt = new Date(dueAt.getTime() + 3_600_000)
  const endsAt = new Date(startsAt.getTime() + 5_400_000)
  const createdAt = dueAt
  const all = workspaces.map((workspace, index) => ({
    workspace,
    organisationId: idOf('organisation', index),
    index,
  }))
  await db.organisation.createMany({
    data: all.map(({ organisationId, index }) => ({
      id: organisationId,
      name: `Bench ${index}`,
      country: 'DE',
      createdAt,
      // Planned by the zone data of this runtime: nothing is planned anew.
      zoneData: process.versions.tz ?? null,
    })),
  })
  await db.connection.createMany({
    data: all.map(({ organisationId, workspace: { id, platform } }) => ({
      organisationId,
      id: idOf('connection', id),
      platform,
      externalId: id,
      name: id,
    })),
  })
  const people = all.flatMap(({ organisationId, workspace }) =>
    workspace.people.map((person, number) => ({
      organisationId,
      workspace,
      person,
      number,
      personId: idOf('person', person.id),
    })),
  )
  await db.person.createMany({
    data: people.map(({ organisationId, personId: id }) => ({ organisationId, id })),
  })
  await db.account.createMany({
    data: people.map(({ organisationId, workspace, person, personId }) => ({
      organisationId,
      id: idOf('account', person.id),
      personId,
      connectionId: idOf('connection', workspace.id),
      externalId: person.id,
      language: person.language,
      timeZone: person.timeZone,
      ...(workspace.platform === 'slack'
        ? { address: { directChannel: `D${person.id.slice(1)}` } }
        : {
            address: {
              serviceUrl,
              conversationId: `a:${person.id}`,
              botId: '28:bot',
              tenantId: workspace.id,
            },
          }),
    })),
  })
  const groups = all.flatMap(({ organisationId, workspace }) =>
    Array.from({ length: GROUPS }, (_, number) => ({
      organisationId,
      workspace,
      number,
      groupId: idOf('group', workspace.id, number),
    })),
  )
  await db.group.createMany({
    data: groups.map(({ organisationId, groupId: id, number }) => ({
      organisationId,
      id,
      kind: 'chronic-illness-support',
      alias: `Group ${number}`,
      timeZone: 'Europe/Berlin',
      createdAt,
    })),
  })
  const perGroup = PEOPLE / GROUPS
  await db.rosterEntry.createMany({
    data: people.map(({ organisationId, workspace, personId, number }) => ({
      organisationId,
      groupId: idOf('group', workspace.id, Math.floor(number / perGroup)),
      personId,
      role: number % perGroup === 0 ? ('facilitator' as const) : ('member' as const),
      joinedAt: createdAt,
    })),
  })
  await db.schedule.createMany({
    data: groups.map(({ organisationId, groupId }) => ({
      organisationId,
      id: idOf('schedule', groupId),
      groupId,
      rule: 'FREQ=DAILY;COUNT=1',
      localStart: '2026-03-03T17:30',
      timeZone: 'Europe/Berlin',
      durationMinutes: 90,
    })),
  })
  await db.session.createMany({
    data: groups.map(({ organisationId, groupId }) => ({
      organisationId,
      id: idOf('session', groupId),
      groupId,
      scheduleId: idOf('schedule', groupId),
      originalLocalStart: '2026-03-03T17:30',
      startsAt,
      endsAt,
    })),
  })
  await db.occurrence.createMany({
    data: groups.map(({ organisationId, groupId }) => ({
      organisationId,
      id: idOf('occurrence', groupId),
      kind: 'reminder' as const,
      dueAt,
      sessionId: idOf('session', groupId),
    })),
  })
}
