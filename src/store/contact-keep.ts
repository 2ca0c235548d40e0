import type { Keyring } from '../ballot/keyring.ts'
import { appendAudit } from './audit.ts'
import type { Database } from './engine/database.ts'
import type { Reader, Tenant } from './engine/transaction.ts'
import { forgetPeople } from './forget.ts'

/** Deletes requests and says so in the audit log: which, never whose or what they said. */
async function deleteContacts(
  tenant: Tenant,
  keyring: Keyring,
  ids: readonly string[],
  now: Date,
): Promise<void> {
  const { tx, organisationId } = tenant
  await tx.prisma.contactRequest.deleteMany({ where: { organisationId, id: { in: [...ids] } } })
  const facts = ids.map((subjectId) => ({ actorId: null, action: 'contact.deleted', subjectId }))
  await appendAudit(tenant, keyring, facts, now)
}

/** Somebody goes for good: what is over of their requests goes with them. Open ones stay. */
export async function deleteClosedContacts(
  tenant: Tenant,
  keyring: Keyring,
  personId: string,
  now: Date,
): Promise<void> {
  const { tx, organisationId } = tenant
  const rows = await tx.prisma.contactRequest.findMany({
    where: { organisationId, personId, closedAt: { not: null } },
    select: { id: true },
  })
  await deleteContacts(
    tenant,
    keyring,
    rows.map(({ id }) => id),
    now,
  )
}

/**
 * A group goes, and its requests before it; returns how many its facilitators may know of: neither
 * drills nor those that went past them; and who asked, to be forgotten where nothing keeps them.
 * None of them is open.
 */
export async function deleteContactsOfGroup(
  tenant: Tenant,
  keyring: Keyring,
  groupId: string,
  now: Date,
): Promise<{ count: number; people: string[] }> {
  const { tx, organisationId } = tenant
  const rows = await tx.prisma.contactRequest.findMany({
    where: { organisationId, groupId },
    select: { id: true, personId: true, addressee: true, isDrill: true },
  })
  await deleteContacts(
    tenant,
    keyring,
    rows.map(({ id }) => id),
    now,
  )
  const known = rows.filter(({ addressee, isDrill }) => addressee === 'facilitators' && !isDrill)
  return { count: known.length, people: rows.map(({ personId }) => personId) }
}

/** When closed requests go: of people with a place, and of people without one. */
export type ContactCutoffs = { usual: Date; ofPeopleGone: Date }

/** Organisations that have requests which were closed long enough ago. */
export async function listWithOldContacts(db: Reader, before: ContactCutoffs): Promise<string[]> {
  const rows = await db.sql.rows<{ id: string }>`
    select distinct q."organisationId"::text as "id" from "ContactRequest" q
    where q."closedAt" < ${before.ofPeopleGone} and (q."closedAt" < ${before.usual}
      or not exists (select 1 from "RosterEntry" e
        where e."organisationId" = q."organisationId" and e."personId" = q."personId"))`
  return rows.map(({ id }) => id)
}

/**
 * Deletes requests that were closed long enough ago, and forgets people whom nothing else keeps;
 * returns how many requests went.
 */
export async function forgetContacts(
  database: Database,
  organisationId: string,
  before: ContactCutoffs,
  { keyring, now }: { keyring: Keyring; now: Date },
): Promise<number> {
  return await database.transaction(async (tx) => {
    const tenant = { tx, organisationId }
    const rows = await tx.prisma.contactRequest.findMany({
      where: {
        organisationId,
        OR: [
          { closedAt: { lt: before.usual } },
          { closedAt: { lt: before.ofPeopleGone }, person: { roles: { none: {} } } },
        ],
      },
      select: { id: true, personId: true },
    })
    await deleteContacts(
      tenant,
      keyring,
      rows.map(({ id }) => id),
      now,
    )
    await forgetPeople(tenant, [...new Set(rows.map(({ personId }) => personId))])
    return rows.length
  })
}
