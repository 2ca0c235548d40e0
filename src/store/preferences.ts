import type { Role } from '../domain/access.ts'
import type { PlatformName } from '../platform.ts'
import { countBallotsOf } from './ballot.ts'
import type { Reader, Tenant } from './engine/transaction.ts'

/** A person's choices about their notices. Null: not paused, no quiet hours. */
export type PreferencesRow = {
  pausedUntil: Date | null
  wantsReminders: boolean
  wantsCheckIns: boolean
  quietFrom: string | null
  quietUntil: string | null
  /** Their own choice of a language, and of the country whose help lines they read; null: none. */
  language: string | null
  linesCountry: string | null
}
const PREFERENCES = {
  pausedUntil: true,
  wantsReminders: true,
  wantsCheckIns: true,
  quietFrom: true,
  quietUntil: true,
  language: true,
  linesCountry: true,
} as const

export async function getPreferences(
  { tx, organisationId }: Tenant<Reader>,
  personId: string,
): Promise<PreferencesRow> {
  return await tx.prisma.person.findUniqueOrThrow({
    where: { organisationId_id: { organisationId, id: personId } },
    select: PREFERENCES,
  })
}

export async function savePreferences(
  { tx, organisationId }: Tenant,
  personId: string,
  wishes: PreferencesRow,
): Promise<void> {
  await tx.prisma.person.update({
    where: { organisationId_id: { organisationId, id: personId } },
    data: wishes,
  })
}

/** Places in groups, running and ended. */
export async function countPlaces(
  { tx, organisationId }: Tenant<Reader>,
  personId: string,
): Promise<number> {
  return await tx.prisma.rosterEntry.count({ where: { organisationId, personId } })
}

/** Takes a person out of every group that has ended. */
export async function leaveEnded({ tx, organisationId }: Tenant, personId: string): Promise<void> {
  await tx.prisma.rosterEntry.deleteMany({
    where: { organisationId, personId, group: { endedAt: { not: null } } },
  })
}

/** Everything that the store holds about a person. */
export type PersonData = PreferencesRow & {
  isStaff: boolean
  isAdmin: boolean
  accounts: {
    externalId: string
    name: string | null
    language: string | null
    timeZone: string | null
    connection: { name: string; platform: PlatformName }
  }[]
  roles: {
    role: Role
    agreedAt: Date | null
    group: { id: string; alias: string; kind: string; endedAt: Date | null }
  }[]
  /** Words that they accepted, and when, the oldest first; also words that have changed since. */
  acceptances: { on: Date; text: { words: unknown; group: { alias: string } } }[]
  deliveries: number
  digests: number
  auditEntries: number
  /** Check-ins that are not counted yet and hold a sealed box for them, filled or not. */
  openCheckIns: number
}

export async function readPerson(tenant: Tenant<Reader>, personId: string): Promise<PersonData> {
  const { tx, organisationId } = tenant
  const person = await tx.prisma.person.findUniqueOrThrow({
    where: { organisationId_id: { organisationId, id: personId } },
    select: {
      ...PREFERENCES,
      isStaff: true,
      isAdmin: true,
      accounts: {
        orderBy: { id: 'asc' },
        select: {
          externalId: true,
          name: true,
          language: true,
          timeZone: true,
          connection: { select: { name: true, platform: true } },
        },
      },
      roles: {
        orderBy: { groupId: 'asc' },
        select: {
          role: true,
          agreedAt: true,
          group: { select: { id: true, alias: true, kind: true, endedAt: true } },
        },
      },
      acceptances: {
        orderBy: [{ on: 'asc' }, { textId: 'asc' }],
        select: {
          on: true,
          text: { select: { words: true, group: { select: { alias: true } } } },
        },
      },
    },
  })
  const own = { organisationId, personId }
  return {
    ...person,
    deliveries: await tx.prisma.delivery.count({ where: { ...own, state: 'sent' } }),
    digests: await tx.prisma.digest.count({ where: own }),
    auditEntries: await tx.prisma.auditEntry.count({
      where: { organisationId, OR: [{ actorId: personId }, { subjectId: personId }] },
    }),
    openCheckIns: await countBallotsOf(tenant, personId),
  }
}
