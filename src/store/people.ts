import type { Refusal } from '../domain/reasons.ts'
import type { PersonRef, PlatformName } from '../platform.ts'
import type { ConnectionRow } from './access.ts'
import { ensureAccounts } from './accounts.ts'
import type { Reader, Tenant, Writer } from './engine/transaction.ts'
import type { Prisma } from './generated/client.ts'

/** People as chosen in a form, made known and described; in the order of their platform ids. */
export async function ensurePeople(
  db: Writer,
  connection: ConnectionRow,
  refs: readonly PersonRef[],
  newId: () => string,
): Promise<PersonRow[]> {
  const accounts = await ensureAccounts(db, connection, refs, newId)
  return accounts.map(({ address, ...account }) => {
    const { personId, externalId, name, isStaff, isBot, isDeactivated, isGuest } = account
    const person = { personId, externalId, name, isStaff, isBot, isDeactivated, isGuest }
    return { ...person, hasAddress: address !== null }
  })
}

/** The same for several fields of a form at once, by field. */
export async function ensurePeopleByField<Field extends string>(
  db: Writer,
  connection: ConnectionRow,
  named: Readonly<Record<Field, readonly PersonRef[]>>,
  newId: () => string,
): Promise<Record<Field, PersonRow[]>> {
  const fields = Object.entries(named) as [Field, readonly PersonRef[]][]
  const refs = fields.flatMap(([, chosen]) => chosen)
  const people = await ensurePeople(db, connection, refs, newId)
  const chosenIn = (chosen: readonly PersonRef[]): PersonRow[] => {
    const ids = new Set(chosen.map(({ externalId }) => externalId))
    return people.filter(({ externalId }) => ids.has(externalId))
  }
  const byField = fields.map(([field, chosen]) => [field, chosenIn(chosen)])
  return Object.fromEntries(byField) as Record<Field, PersonRow[]>
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

const staffOn = ({ id, organisationId }: ConnectionRow) => ({
  organisationId,
  connectionId: id,
  person: { organisationId, isStaff: true },
})

/** How many staff have an account on a connection. */
export async function countStaff(db: Reader, connection: ConnectionRow): Promise<number> {
  return await db.prisma.account.count({
    where: staffOn(connection),
  })
}

/** Their names, in order, as far as they are known; `most` at most. */
export async function listStaffNames(
  db: Reader,
  connection: ConnectionRow,
  most: number,
): Promise<(string | null)[]> {
  const rows = await db.prisma.account.findMany({
    where: staffOn(connection),
    orderBy: [{ name: 'asc' }, { id: 'asc' }],
    select: { name: true },
    take: most,
  })
  return rows.map(({ name }) => name)
}

/** Staff whose account on a connection is closed, as far as it is known. */
export async function listClosedStaff(db: Reader, connection: ConnectionRow): Promise<PersonRow[]> {
  const rows = await db.prisma.account.findMany({
    where: { ...staffOn(connection), isDeactivated: true },
    orderBy: [{ name: 'asc' }, { id: 'asc' }],
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
export const isKnown = async (tenant: Tenant<Reader>, personId: string): Promise<boolean> =>
  (await listKnown(tenant, [personId])).length > 0

/** Those of some people who are still there, in the order given. */
export async function listKnown(
  { tx, organisationId }: Tenant<Reader>,
  personIds: readonly string[],
): Promise<string[]> {
  if (personIds.length === 0) return []
  const rows = await tx.prisma.person.findMany({
    where: { organisationId, id: { in: [...personIds] } },
    select: { id: true },
  })
  const known = new Set(rows.map(({ id }) => id))
  return personIds.filter((id) => known.has(id))
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

/**
 * Platforms on which somebody has an account in use, by name, and whether all that they had is
 * closed.
 */
export async function findAsker(
  { tx, organisationId }: Tenant<Reader>,
  personId: string,
): Promise<{ platforms: PlatformName[]; isClosed: boolean }> {
  const accounts = await tx.prisma.account.findMany({
    where: { organisationId, personId },
    orderBy: { connection: { platform: 'asc' } },
    select: { isDeactivated: true, connection: { select: { platform: true } } },
  })
  const open = accounts.filter(({ isDeactivated }) => !isDeactivated)
  const platforms = new Set(open.map(({ connection }) => connection.platform))
  return { platforms: [...platforms], isClosed: accounts.length > 0 && open.length === 0 }
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

/** The language that a person chose, or that their platform told last; null: neither. */
export async function findActorLanguage(
  { tx, organisationId }: Tenant<Reader>,
  personId: string,
): Promise<string | null> {
  const person = await tx.prisma.person.findUnique({
    where: { organisationId_id: { organisationId, id: personId } },
    select: { language: true },
  })
  if (person?.language) return person.language
  const account = await tx.prisma.account.findFirst({
    where: { organisationId, personId, language: { not: null } },
    orderBy: { id: 'asc' },
    select: { language: true },
  })
  return account?.language ?? null
}
