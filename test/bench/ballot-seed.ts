import { randomUUID } from 'node:crypto'
import type { PrismaClient } from '../../src/store/generated/client.ts'

export const WORKSPACE = 'T0BENCH'
export const OPENS = new Date('2026-03-03T18:00:00Z')
export const CLOSES = new Date('2026-03-05T18:00:00Z')

/**
 * Groups of so many members, each with a check-in that opens at `OPENS`; returns the members of
 * each.
 */
export async function seed(
  db: PrismaClient,
  groups: number,
  members: number,
): Promise<{ checkInId: string; members: string[] }[]> {
  const { id: organisationId } = await db.organisation.findFirstOrThrow()
  const connection = await db.connection.upsert({
    where: { platform_externalId: { platform: 'slack', externalId: WORKSPACE } },
    create: {
      organisationId,
      id: randomUUID(),
      platform: 'slack',
      externalId: WORKSPACE,
      name: 'Bench',
    },
    update: {},
  })
  const made = Array.from({ length: groups }, () => ({
    groupId: randomUUID(),
    checkInId: randomUUID(),
    people: Array.from({ length: members }, () => ({
      id: randomUUID(),
      externalId: `U${randomUUID().slice(0, 8)}`,
    })),
  }))
  const people = made.flatMap((group) =>
    group.people.map((person) => ({ ...person, groupId: group.groupId })),
  )
  await db.person.createMany({
    data: people.map(({ id }) => ({ organisationId, id, hasActed: true })),
  })
  await db.account.createMany({
    data: people.map(({ id: personId, externalId }) => ({
      organisationId,
      id: randomUUID(),
      personId,
      connectionId: connection.id,
      externalId,
    })),
  })
  await db.group.createMany({
    data: made.map(({ groupId: id }) => ({
      organisationId,
      id,
      kind: 'chronic-illness-support',
      alias: 'Bench',
      timeZone: 'UTC',
      createdAt: OPENS,
    })),
  })
  await db.rosterEntry.createMany({
    data: people.map(({ id: personId, groupId }) => ({
      organisationId,
      groupId,
      personId,
      role: 'member' as const,
      joinedAt: OPENS,
    })),
  })
  await db.checkIn.createMany({
    data: made.map(({ groupId, checkInId: id }) => ({
      organisationId,
      id,
      groupId,
      questionSetId: 'pulse',
      opensAt: OPENS,
      closesAt: CLOSES,
    })),
  })
  await db.occurrence.createMany({
    data: made.map(({ checkInId }) => ({
      organisationId,
      id: randomUUID(),
      kind: 'checkInOpens' as const,
      dueAt: OPENS,
      checkInId,
    })),
  })
  return made.map(({ checkInId, people: own }) => ({
    checkInId,
    members: own.map(({ externalId }) => externalId),
  }))
}
