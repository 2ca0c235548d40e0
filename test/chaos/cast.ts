import { randomUUID } from 'node:crypto'
import type { SimulatedPerson } from '../../src/simulator/workspace.ts'
import type { PrismaClient } from '../../src/store/generated/client.ts'

export const PLATFORMS = ['slack', 'teams'] as const
export type PlatformName = (typeof PLATFORMS)[number]
/** Groups on each platform, and the members of each. */
const GROUPS = 6
const MEMBERS = 8

const idOn = { slack: (n: number) => `UCHAOS${n}`, teams: (n: number) => uuid(n) } as const
const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`
const person = (id: string, name: string): SimulatedPerson => ({
  id,
  name,
  language: 'en-GB',
  timeZone: 'Europe/Berlin',
})

/** The people of a platform: an admin, somebody who leads, and the members of each group. */
export function castOf(platform: PlatformName) {
  const id = idOn[platform]
  const groups = Array.from({ length: GROUPS }, (_, group) =>
    Array.from({ length: MEMBERS }, (_, member) => id(1_000 + group * 100 + member)),
  )
  const admin = id(1)
  const facilitator = id(2)
  const everybody = [admin, facilitator, ...groups.flat()]
  return {
    admin,
    facilitator,
    groups,
    everybody,
    people: everybody.map((one, index) => person(one, `Person ${index}`)),
  }
}

export const SESSIONS = 3
const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS

/** When things come: check-ins open in two waves, and reminders throughout. */
export type Times = { start: Date; closes: Date }

/**
 * Gives people who have come by their groups: each with a check-in that opens now or a little
 * later, and three sessions of which members are reminded while it is open. Only what stands in a
 * store after planning is written here.
 */
export async function seed(db: PrismaClient, { start, closes }: Times): Promise<void> {
  const { id: organisationId } = await db.organisation.findFirstOrThrow()
  const at = (ms: number) => new Date(start.getTime() + ms)
  const personOf = new Map(
    (await db.account.findMany({ select: { externalId: true, personId: true } })).map(
      ({ externalId, personId }) => [externalId, personId],
    ),
  )
  const known = (externalId: string): string => {
    const found = personOf.get(externalId)
    if (!found) throw new Error(`${externalId} never came`)
    return found
  }
  for (const platform of PLATFORMS) {
    const { facilitator, groups } = castOf(platform)
    const leader = known(facilitator)
    await db.person.update({
      where: { organisationId_id: { organisationId, id: leader } },
      data: { isStaff: true },
    })
    for (const [index, members] of groups.entries()) {
      const [groupId, scheduleId, checkInId] = [randomUUID(), randomUUID(), randomUUID()]
      await db.group.create({
        data: {
          organisationId,
          id: groupId,
          kind: 'chronic-illness-support',
          alias: `${platform} ${index}`,
          timeZone: 'UTC',
          createdAt: at(-DAY_MS),
        },
      })
      const joinedAt = at(-DAY_MS)
      await db.rosterEntry.createMany({
        data: [
          { organisationId, groupId, personId: leader, role: 'facilitator' as const, joinedAt },
          ...members.map((member) => ({
            organisationId,
            groupId,
            personId: known(member),
            role: 'member' as const,
            joinedAt,
          })),
        ],
      })
      await db.schedule.create({
        data: {
          organisationId,
          id: scheduleId,
          groupId,
          rule: 'FREQ=DAILY;COUNT=3',
          localStart: at(DAY_MS).toISOString().slice(0, 16),
          timeZone: 'UTC',
          durationMinutes: 90,
        },
      })
      // A time of its own tells of which session a reminder was.
      const sessions = Array.from({ length: SESSIONS }, (_, session) => ({
        organisationId,
        id: randomUUID(),
        groupId,
        scheduleId,
        originalLocalStart: `session ${session}`,
        startsAt: at(DAY_MS + session * 61 * MINUTE_MS),
        endsAt: at(DAY_MS + session * 61 * MINUTE_MS + 90 * MINUTE_MS),
      }))
      await db.session.createMany({ data: sessions })
      const opensAt = at(index % 2 === 0 ? 0 : 8_000)
      await db.checkIn.create({
        data: {
          organisationId,
          id: checkInId,
          groupId,
          questionSetId: 'pulse',
          opensAt,
          closesAt: closes,
        },
      })
      const row = { organisationId, state: 'planned' as const }
      await db.occurrence.createMany({
        data: [
          { ...row, id: randomUUID(), kind: 'checkInOpens' as const, dueAt: opensAt, checkInId },
          ...sessions.map(({ id: sessionId }, session) => ({
            ...row,
            id: randomUUID(),
            kind: 'reminder' as const,
            dueAt: at(4_000 + session * 8_000 + index * 300),
            sessionId,
          })),
        ],
      })
    }
  }
}
