import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { readName, readTold } from '../domain/told.ts'
import { type Address, type PersonRef, type PlatformName, REACHES_UNSEEN } from '../platform.ts'
import type { Reader, Tenant, Writer } from './engine/transaction.ts'
import type { Prisma } from './generated/client.ts'
import { fixedId } from './ids.ts'
import { ORGANISATION_FIELDS, type OrganisationRow, toOrganisation } from './organisation.ts'

export type ConnectionRow = {
  organisationId: string
  id: string
  platform: PlatformName
  externalId: string
  organisation: OrganisationRow
}
export type Actor = {
  organisationId: string
  connectionId: string
  personId: string
  isStaff: boolean
  isAdmin: boolean
  /** They did something themselves before: somebody is behind this id. */
  hasActed: boolean
  /** Their own choice, or else as their platform tells; null: neither. */
  language: string | null
  timeZone: string | null
  /** The country whose help lines they chose to read; null: as their time zone says. */
  linesCountry: string | null
}

/**
 * The connection that a verified workspace or tenant id stands for; null when it is not connected.
 */
export async function findConnection(
  db: Reader,
  platform: PlatformName,
  externalId: string,
): Promise<ConnectionRow | null> {
  const row = await db.prisma.connection.findUnique({
    where: { platform_externalId: { platform, externalId } },
    select: {
      organisationId: true,
      id: true,
      platform: true,
      externalId: true,
      organisation: { select: ORGANISATION_FIELDS },
    },
  })
  return row && { ...row, organisation: toOrganisation(row.organisation) }
}

/**
 * Connects a workspace, or takes on the name that it has now. Throws when it already belongs to
 * another organisation.
 */
export async function ensureConnection(
  { tx, organisationId }: Tenant<Writer>,
  workspace: { platform: PlatformName; externalId: string; name: string },
): Promise<ConnectionRow> {
  const known = await findConnection(tx, workspace.platform, workspace.externalId)
  if (known && known.organisationId !== organisationId)
    throw new Error('the workspace is connected to another organisation')
  const id = known?.id ?? fixedId('connection', workspace.platform, workspace.externalId)
  const name = readName(workspace.name) ?? workspace.externalId
  await tx.prisma.connection.upsert({
    where: { organisationId_id: { organisationId, id } },
    create: { organisationId, id, ...workspace, name },
    update: { name },
  })
  const made = await findConnection(tx, workspace.platform, workspace.externalId)
  if (!made) throw new Error('the connection that was made is not there')
  return made
}

/** How somebody is met: by something that they do themselves, or because others name them. */
type Meeting = { isHere?: boolean; newId?: () => string }

/** An account with what its person may do. */
export type AccountFields = {
  personId: string
  language: string | null
  timeZone: string | null
  address: Prisma.JsonValue | Address
  name: string | null
  isBot: boolean
  isDeactivated: boolean
  isGuest: boolean
  unreachable: string | null
  isStaff: boolean
  isAdmin: boolean
  hasActed: boolean
  ownLanguage: string | null
  linesCountry: string | null
}

/** One statement in place of the client's two: every request asks this. */
async function findAccount(
  db: Reader,
  connectionId: string,
  externalId: string,
): Promise<AccountFields | null> {
  const rows = await db.sql.rows<AccountFields>`
    select a."personId"::text as "personId", a."language", a."timeZone", a."address", a."name",
      a."isBot", a."isDeactivated",
      a."isGuest", a."unreachable", p."isStaff", p."isAdmin", p."hasActed",
      p."language" as "ownLanguage", p."linesCountry"
    from "Account" a join "Person" p on p."organisationId" = a."organisationId"
      and p."id" = a."personId"
    where a."connectionId" = ${connectionId}::uuid and a."externalId" = ${externalId}`
  return rows[0] ?? null
}

/**
 * The person behind a platform id, as already known; null when they never appeared. Writes nothing.
 */
export async function findActor(
  db: Reader,
  connection: ConnectionRow,
  externalId: string,
): Promise<Actor | null> {
  const account = await findAccount(db, connection.id, externalId)
  return account && toActor(connection, account)
}

/**
 * The person behind a platform id; makes them known on first sight and keeps what the platform
 * newly said. `isHere`: they did something themselves, so they can be reached. `isNewlyReachable`
 * tells that they could not be so far: a personal chat became known, or a mark was taken away.
 * `isNew`: nobody knew them before this.
 */
export async function ensureActor(
  db: Writer,
  connection: ConnectionRow,
  ref: PersonRef,
  options: Meeting = {},
): Promise<{ actor: Actor; isNewlyReachable: boolean; isNew: boolean }> {
  const { isNewlyReachable, isNew, ...account } = await ensureAccount(db, connection, ref, options)
  return { actor: toActor(connection, account), isNewlyReachable, isNew }
}

/** The same with all that is known of the account. */
export async function ensureAccount(
  db: Writer,
  connection: ConnectionRow,
  ref: PersonRef,
  { isHere = false, newId = randomUUID }: Meeting = {},
): Promise<AccountFields & { isNewlyReachable: boolean; isNew: boolean }> {
  let account = await findAccount(db, connection.id, ref.externalId)
  const isNew = account === null
  if (!account) {
    await makeKnown(db, connection, ref.externalId, newId)
    account = await findAccount(db, connection.id, ref.externalId)
    if (!account) throw new Error('the account that was made is not there')
  }
  // Somebody who took the app off still writes to it in channels: there nothing reaches them.
  const isChat = ref.address !== undefined || REACHES_UNSEEN[connection.platform]
  const changes = {
    ...changesOf(account, ref),
    ...(isHere && isChat && (account.unreachable !== null || account.isDeactivated)
      ? { unreachable: null, isDeactivated: false }
      : {}),
  }
  if (Object.keys(changes).length > 0) {
    const where = {
      connectionId_externalId: { connectionId: connection.id, externalId: ref.externalId },
    }
    await db.prisma.account.update({ where, data: changes, select: { id: true } })
    account = { ...account, ...changes }
  }
  if (isHere && !account.hasActed) {
    await db.prisma.person.update({
      where: {
        organisationId_id: { organisationId: connection.organisationId, id: account.personId },
      },
      data: { hasActed: true },
      select: { id: true },
    })
    account = { ...account, hasActed: true }
  }
  return {
    ...account,
    isNewlyReachable: 'address' in changes || 'unreachable' in changes,
    isNew,
  }
}

/**
 * Makes somebody known under ids that nothing leads to: a hash of what every colleague can look up
 * would lead from a dump to a name. Of two requests that meet here one makes the account, and the
 * other takes its person back.
 */
async function makeKnown(
  db: Writer,
  connection: ConnectionRow,
  externalId: string,
  newId: () => string,
): Promise<void> {
  const { organisationId, id: connectionId } = connection
  const [personId, id] = [newId(), newId()]
  await db.prisma.person.createMany({ data: [{ organisationId, id: personId }] })
  const { count } = await db.prisma.account.createMany({
    data: [{ organisationId, id, personId, connectionId, externalId }],
    skipDuplicates: true,
  })
  if (count === 0) await db.prisma.person.deleteMany({ where: { organisationId, id: personId } })
}

/** The news about an account. */
export type Changes = Partial<Omit<AccountFields, 'address'>> & { address?: Address }

export function changesOf(account: AccountFields, given: PersonRef): Changes {
  const changes: Changes = {}
  const ref = { ...given, ...readTold(given) }
  if (ref.name !== undefined && ref.name !== account.name) changes.name = ref.name
  if (ref.language !== undefined && ref.language !== account.language)
    changes.language = ref.language
  if (ref.timeZone !== undefined && ref.timeZone !== account.timeZone)
    changes.timeZone = ref.timeZone
  if (ref.isBot !== undefined && ref.isBot !== account.isBot) changes.isBot = ref.isBot
  if (ref.isDeactivated !== undefined && ref.isDeactivated !== account.isDeactivated)
    changes.isDeactivated = ref.isDeactivated
  if (ref.isGuest !== undefined && ref.isGuest !== account.isGuest) changes.isGuest = ref.isGuest
  if (ref.address !== undefined && !isSameAddress(account.address, ref.address))
    changes.address = { ...ref.address }
  return changes
}

function isSameAddress(known: AccountFields['address'], next: Address): boolean {
  if (known === null || typeof known !== 'object' || Array.isArray(known)) return false
  return isDeepStrictEqual({ ...known }, { ...next })
}

function toActor(connection: ConnectionRow, account: AccountFields): Actor {
  return {
    organisationId: connection.organisationId,
    connectionId: connection.id,
    personId: account.personId,
    isStaff: account.isStaff,
    isAdmin: account.isAdmin,
    hasActed: account.hasActed,
    language: account.ownLanguage ?? account.language,
    timeZone: account.timeZone,
    linesCountry: account.linesCountry,
  }
}
