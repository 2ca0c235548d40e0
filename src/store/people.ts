import type { PersonRef } from '../platform.ts'
import { type ConnectionRow, ensureActor } from './access.ts'
import type { Tx } from './engine/database.ts'
import type { Prisma } from './generated/client.ts'

/** People as chosen in a form, made known and described. */
export async function ensurePeople(
  db: Tx,
  connection: ConnectionRow,
  refs: readonly PersonRef[],
): Promise<PersonRow[]> {
  const people: PersonRow[] = []
  // In one order, so that two rosters which introduce the same people do not lock each other out.
  for (const ref of refs.toSorted((a, b) => a.externalId.localeCompare(b.externalId))) {
    await ensureActor(db, connection, ref)
    people.push(
      await db.account
        .findUniqueOrThrow({
          where: { connectionId_externalId: { connectionId: connection.id, externalId: ref.externalId } },
          select: PERSON_FIELDS,
        })
        .then(toPerson),
    )
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
  isReachable: boolean
}
const PERSON_FIELDS = {
  personId: true,
  externalId: true,
  name: true,
  isBot: true,
  isDeactivated: true,
  isGuest: true,
  conversation: true,
  connection: { select: { platform: true } },
  person: { select: { isStaff: true } },
} as const

function toPerson(account: Prisma.AccountGetPayload<{ select: typeof PERSON_FIELDS }>): PersonRow {
  const { connection, conversation, person, ...fields } = account
  return { ...fields, isStaff: person.isStaff, isReachable: connection.platform === 'slack' || conversation !== null }
}

/** Staff who have an account on a connection. */
export async function listStaff(db: Tx, connection: ConnectionRow): Promise<PersonRow[]> {
  const rows = await db.account.findMany({
    where: { connectionId: connection.id, person: { isStaff: true } },
    orderBy: { externalId: 'asc' },
    select: PERSON_FIELDS,
  })
  return rows.map(toPerson)
}

export async function setStaff(
  db: Tx,
  organisationId: string,
  personIds: readonly string[],
  isStaff: boolean,
): Promise<void> {
  await db.person.updateMany({ where: { organisationId, id: { in: [...personIds] } }, data: { isStaff } })
}

export async function makeAdmin(db: Tx, organisationId: string, personId: string): Promise<void> {
  await db.person.update({ where: { organisationId_id: { organisationId, id: personId } }, data: { isAdmin: true } })
}

/** People of a list who are facilitator or supervisor of some group. */
export async function withStaffRole(db: Tx, organisationId: string, personIds: readonly string[]): Promise<string[]> {
  const rows = await db.rosterEntry.findMany({
    where: { organisationId, personId: { in: [...personIds] }, role: { not: 'member' }, group: { endedAt: null } },
    distinct: ['personId'],
    select: { personId: true },
  })
  return rows.map((row) => row.personId)
}

/** What a platform says of an account that was closed: nobody is asked or counted there any more. */
const CLOSED = new Set(['user_disabled', 'UserNotFound'])

/** Messages do not reach this account any more, for this reason; the person's next own act clears it. */
export async function markUnreachable(
  tx: Tx,
  organisationId: string,
  connectionId: string,
  personId: string,
  reason: string,
): Promise<void> {
  const isClosed = CLOSED.has(reason)
  await tx.account.updateMany({
    where: { organisationId, connectionId, personId },
    data: { unreachable: reason, ...(isClosed ? { isDeactivated: true } : {}) },
  })
}

/** Whether a person is still there. */
export async function isKnown(db: Tx, organisationId: string, personId: string): Promise<boolean> {
  return (await db.person.count({ where: { organisationId, id: personId } })) > 0
}

/** Somebody as a form of one connection shows them; null when they have no account there. */
export async function describePerson(
  db: Tx,
  organisationId: string,
  personId: string,
  connectionId: string,
): Promise<PersonRow | null> {
  const account = await db.account.findFirst({
    where: { organisationId, personId, connectionId },
    orderBy: [{ isDeactivated: 'asc' }, { id: 'asc' }],
    select: PERSON_FIELDS,
  })
  return account && toPerson(account)
}
