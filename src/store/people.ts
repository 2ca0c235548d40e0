import type { Refusal } from '../domain/reasons.ts'
import type { PersonRef } from '../platform.ts'
import { type ConnectionRow, ensureAccount } from './access.ts'
import type { Reader, Tenant, Writer } from './engine/transaction.ts'
import type { Prisma } from './generated/client.ts'

/** People as chosen in a form, made known and described. */
export async function ensurePeople(
  db: Writer,
  connection: ConnectionRow,
  refs: readonly PersonRef[],
  newId: () => string,
): Promise<PersonRow[]> {
  const people: PersonRow[] = []
  // In one order, so that two rosters which introduce the same people do not lock each other out.
  for (const ref of refs.toSorted((a, b) => a.externalId.localeCompare(b.externalId))) {
    const { address, personId, name, isStaff, isBot, isDeactivated, isGuest } = await ensureAccount(
      db,
      connection,
      ref,
      { newId },
    )
    const { externalId } = ref
    const person = { personId, externalId, name, isStaff, isBot, isDeactivated, isGuest }
    people.push({ ...person, hasAddress: address !== null })
  }
  return people
}

export type PersonRow = {
  personId: string
  externalId: string
  name: string | null
  isStaff: boolean
  isBot: boolean
  isDeactivated: boolean
  isGuest: boolean
  /** Whether the platform told where they can be written to. */
  hasAddress: boolean
}
const PERSON_FIELDS = {
  personId: true,
  externalId: true,
  name: true,
  isBot: true,
  isDeactivated: true,
  isGuest: true,
  address: true,
  person: { select: { isStaff: true } },
} as const

function toPerson(account: Prisma.AccountGetPayload<{ select: typeof PERSON_FIELDS }>): PersonRow {
  const { address, person, ...fields } = account
  return { ...fields, isStaff: person.isStaff, hasAddress: address !== null }
}

/** Staff who have an account on a connection. */
export async function listStaff(db: Reader, connection: ConnectionRow): Promise<PersonRow[]> {
  const rows = await db.prisma.account.findMany({
    where: { connectionId: connection.id, person: { isStaff: true } },
    orderBy: { externalId: 'asc' },
    select: PERSON_FIELDS,
  })
  return rows.map(toPerson)
}

export async function setStaff(
  { tx, organisationId }: Tenant<Writer>,
  personIds: readonly string[],
  isStaff: boolean,
): Promise<void> {
  await tx.prisma.person.updateMany({
    where: { organisationId, id: { in: [...personIds] } },
    data: { isStaff },
  })
}

export async function makeAdmin(
  { tx, organisationId }: Tenant<Writer>,
  personId: string,
): Promise<void> {
  await tx.prisma.person.update({
    where: { organisationId_id: { organisationId, id: personId } },
    data: { isAdmin: true },
  })
}

/** Admins of the organisation. */
export async function listAdmins({ tx, organisationId }: Tenant<Reader>): Promise<string[]> {
  const rows = await tx.prisma.person.findMany({
    where: { organisationId, isAdmin: true },
    orderBy: { id: 'asc' },
    select: { id: true },
  })
  return rows.map(({ id }) => id)
}

/** People of a list who are facilitator or supervisor of some group. */
export async function withStaffRole(
  { tx, organisationId }: Tenant<Reader>,
  personIds: readonly string[],
): Promise<string[]> {
  const rows = await tx.prisma.rosterEntry.findMany({
    where: {
      organisationId,
      personId: { in: [...personIds] },
      role: { not: 'member' },
      group: { endedAt: null },
    },
    distinct: ['personId'],
    select: { personId: true },
  })
  return rows.map((row) => row.personId)
}

/**
 * Notices do not reach this account any more, for this reason; the person's next own act clears it.
 */
export async function markUnreachable(
  { tx, organisationId }: Tenant,
  connectionId: string,
  personId: string,
  reason: Refusal,
): Promise<void> {
  await tx.prisma.account.updateMany({
    where: { organisationId, connectionId, personId },
    data: { unreachable: reason, ...(reason === 'accountClosed' ? { isDeactivated: true } : {}) },
  })
}

/** Whether a person is still there. */
export async function isKnown(
  { tx, organisationId }: Tenant<Reader>,
  personId: string,
): Promise<boolean> {
  return (await tx.prisma.person.count({ where: { organisationId, id: personId } })) > 0
}

/** Somebody's name on any connection; null: nobody told one. */
export async function findName(
  { tx, organisationId }: Tenant<Reader>,
  personId: string,
): Promise<string | null> {
  const account = await tx.prisma.account.findFirst({
    where: { organisationId, personId, name: { not: null } },
    orderBy: [{ isDeactivated: 'asc' }, { id: 'asc' }],
    select: { name: true },
  })
  return account?.name ?? null
}

/** Somebody as a form of one connection shows them; null when they have no account there. */
export async function describePerson(
  { tx, organisationId }: Tenant<Reader>,
  personId: string,
  connectionId: string,
): Promise<PersonRow | null> {
  const account = await tx.prisma.account.findFirst({
    where: { organisationId, personId, connectionId },
    orderBy: [{ isDeactivated: 'asc' }, { id: 'asc' }],
    select: PERSON_FIELDS,
  })
  return account && toPerson(account)
}
