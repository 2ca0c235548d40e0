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
}
const PREFERENCES = {
  pausedUntil: true,
  wantsReminders: true,
  wantsCheckIns: true,
  quietFrom: true,
  quietUntil: true,
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
  roles: { role: Role; agreedAt: Date | null; group: { alias: string; endedAt: Date | null } }[]
  deliveries: number
  digests: number
  /** Requests to be spoken to that are still kept. */
  contacts: { createdAt: Date }[]
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
        select: { role: true, agreedAt: true, group: { select: { alias: true, endedAt: true } } },
      },
    },
  })
  const own = { organisationId, personId }
  return {
    ...person,
    deliveries: await tx.prisma.delivery.count({ where: { ...own, state: 'sent' } }),
    digests: await tx.prisma.digest.count({ where: own }),
    contacts: await tx.prisma.contactRequest.findMany({
      where: own,
      orderBy: { createdAt: 'asc' },
      select: { createdAt: true },
    }),
    auditEntries: await tx.prisma.auditEntry.count({
      where: { organisationId, OR: [{ actorId: personId }, { subjectId: personId }] },
    }),
    openCheckIns: await countBallotsOf(tenant, personId),
  }
}
