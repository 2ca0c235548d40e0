import type { Tx } from './database.ts'
import { fixedId } from './queue.ts'

/** An organisation with what its admins set. Null language or holidays: English, and the country's. */
export type OrganisationRow = {
  id: string
  name: string
  country: string
  language: string | null
  holidays: string | null
  resultMonths: number
  ledgerDays: number
}
export const ORGANISATION_FIELDS = {
  id: true,
  name: true,
  country: true,
  language: true,
  holidays: true,
  resultMonths: true,
  ledgerDays: true,
} as const

export type Settings = Pick<OrganisationRow, 'language' | 'holidays' | 'resultMonths' | 'ledgerDays'>

export async function saveSettings(tx: Tx, organisationId: string, settings: Settings): Promise<void> {
  await tx.organisation.update({ where: { id: organisationId }, data: settings })
}

/** Every organisation of the store with its settings. */
export async function listOrganisations(db: Tx): Promise<OrganisationRow[]> {
  return await db.organisation.findMany({ select: ORGANISATION_FIELDS })
}

/** Makes sure that the organisation exists, and returns its id. */
export async function ensureOrganisation(
  db: Tx,
  organisation: { name: string; country: string },
  now: Date,
): Promise<string> {
  const only = await db.organisation.findMany({ take: 2, select: { id: true } })
  // The only organisation of a store may be renamed; its rows stay its own.
  const id = only.length === 1 && only[0] ? only[0].id : fixedId('organisation', organisation.name)
  await db.organisation.upsert({
    where: { id },
    create: { id, ...organisation, createdAt: now },
    update: organisation,
  })
  return id
}

const THROWAWAY = 'throwaway'

/** An organisation that lasts until the service starts again. */
export async function makeThrowaway(
  db: Tx,
  organisation: { name: string; country: string },
  now: Date,
): Promise<string> {
  const id = fixedId(THROWAWAY)
  await db.organisation.create({ data: { id, ...organisation, createdAt: now } })
  return id
}

/** Removes it with everything in it; there may be none. */
export async function removeThrowaway(db: Tx): Promise<void> {
  await db.organisation.deleteMany({ where: { id: fixedId(THROWAWAY) } })
}
