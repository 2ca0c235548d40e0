import { type OwnLines, ownLinesSchema } from '../content/help-lines.ts'
import type { Thresholds } from '../domain/disclosure.ts'
import type { Reader, Tenant, Writer } from './engine/transaction.ts'
import { Prisma } from './generated/client.ts'
import { fixedId } from './ids.ts'

/**
 * An organisation with what its admins set. Null language or holidays: English, and the country's.
 */
export type OrganisationRow = {
  id: string
  name: string
  country: string
  language: string | null
  holidays: string | null
  resultMonths: number
  ledgerDays: number
  leastShared: number
  leastStaff: number
  /** Its own help lines; null: the built-in ones of its country. */
  crisisLines: OwnLines | null
  /** Staff whom a contact request reaches last; null: nobody named. */
  safetyContactId: string | null
  /** For members to read: who answers for the data, and where to complain; null: not said. */
  responsible: string | null
  complaints: string | null
  /** A test request walks through every group each month. */
  hasDrills: boolean
}

export const ORGANISATION_FIELDS = {
  id: true,
  name: true,
  country: true,
  language: true,
  holidays: true,
  resultMonths: true,
  ledgerDays: true,
  leastShared: true,
  leastStaff: true,
  crisisLines: true,
  safetyContactId: true,
  responsible: true,
  complaints: true,
  hasDrills: true,
} as const

/** A row as the client gives it, with what is stored as JSON read. */
export const toOrganisation = (
  row: Omit<OrganisationRow, 'crisisLines'> & { crisisLines: Prisma.JsonValue },
): OrganisationRow => ({
  ...row,
  crisisLines: row.crisisLines === null ? null : ownLinesSchema.parse(row.crisisLines),
})

/** Answers needed before anything is shown, as they are now. */
export async function getThresholds({
  tx,
  organisationId: id,
}: Tenant<Reader>): Promise<Thresholds> {
  return await tx.prisma.organisation.findUniqueOrThrow({
    where: { id },
    select: { leastShared: true, leastStaff: true },
  })
}

/** Replaces the built-in help lines of the organisation; null: the built-in ones again. */
export async function saveHelpLines(
  { tx, organisationId: id }: Tenant,
  lines: OwnLines | null,
): Promise<void> {
  await tx.prisma.organisation.update({
    where: { id },
    data: { crisisLines: lines ?? Prisma.DbNull },
  })
}

/** Whether a drill comes each month. */
export async function saveDrills(
  { tx, organisationId: id }: Tenant,
  hasDrills: boolean,
): Promise<void> {
  await tx.prisma.organisation.update({ where: { id }, data: { hasDrills } })
}

/** Whether drills come each month and none has begun since an instant. */
export async function hasDrillDue(
  { tx, organisationId: id }: Tenant<Reader>,
  since: Date,
): Promise<boolean> {
  const { hasDrills } = await tx.prisma.organisation.findUniqueOrThrow({
    where: { id },
    select: { hasDrills: true },
  })
  if (!hasDrills) return false
  const begun = { organisationId: id, isDrill: true, createdAt: { gt: since } }
  return (await tx.prisma.contactRequest.count({ where: begun })) === 0
}

export type Settings = Omit<
  OrganisationRow,
  'id' | 'name' | 'country' | 'crisisLines' | 'hasDrills'
>

export async function saveSettings(
  { tx, organisationId }: Tenant,
  settings: Settings,
): Promise<void> {
  await tx.prisma.organisation.update({ where: { id: organisationId }, data: settings })
}

/** Takes the organisation's row until the transaction ends: its settings change one at a time. */
export async function lockOrganisation({ tx, organisationId }: Tenant): Promise<void> {
  await tx.sql.rows`select 1 from "Organisation" where "id" = ${organisationId}::uuid
    for no key update`
}

/** Every organisation of the store with its settings. */
export async function listOrganisations(db: Reader): Promise<OrganisationRow[]> {
  return (await db.prisma.organisation.findMany({ select: ORGANISATION_FIELDS })).map(
    toOrganisation,
  )
}

const THROWAWAY = 'throwaway'

/** An organisation that lasts until the service starts again. */
export async function makeThrowaway(
  db: Writer,
  organisation: { name: string; country: string },
  now: Date,
): Promise<string> {
  const id = fixedId(THROWAWAY)
  await db.prisma.organisation.create({ data: { id, ...organisation, createdAt: now } })
  return id
}

/** Removes it with everything in it; there may be none. */
export async function removeThrowaway(db: Writer): Promise<void> {
  await db.prisma.organisation.deleteMany({ where: { id: fixedId(THROWAWAY) } })
}
