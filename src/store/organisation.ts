import type { Tx } from './database.ts'
import { fixedId } from './queue.ts'

export type OrganisationRow = { id: string; name: string; country: string }

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
