import { SetupError } from '../errors.ts'
import { PLATFORM_TITLES, type PlatformName } from '../platform.ts'
import { ensureConnection } from './access.ts'
import type { Reader, Writer } from './engine/transaction.ts'
import { fixedId } from './ids.ts'

/** An organisation by what its settings say. */
export type Owner = { name: string; country: string }

/**
 * The organisation that a store belongs to, made at the store's first start. Throws SetupError when
 * the settings name another one: a process with a wrong DATABASE_URL takes over nobody's members,
 * help lines or admins.
 */
export async function ownStore(db: Writer, owner: Owner, now: Date): Promise<string> {
  const known = await findOwner(db)
  if (!known) {
    const id = fixedId('organisation', owner.name)
    await db.prisma.organisation.createMany({
      data: [{ id, ...owner, createdAt: now }],
      skipDuplicates: true,
    })
    return id
  }
  if (known.name === owner.name && known.country === owner.country) return known.id
  throw new SetupError(
    `This store belongs to “${known.name}” (${known.country}), and the settings say “${owner.name}” (${owner.country}). ` +
      `If that is one organisation, change the store's: npx groupwell organisation --name "${owner.name}" --country ${owner.country}. ` +
      'If it is another one, give it a DATABASE_URL, or a DATA_DIR, of its own.',
  )
}

/** The organisation of a store; null before its first start. */
export async function findOwner(db: Reader): Promise<(Owner & { id: string }) | null> {
  return await db.prisma.organisation.findFirst({
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
    select: { id: true, name: true, country: true },
  })
}

/** Gives the store's organisation another name or country; false before its first start. */
export async function changeOwner(db: Writer, change: Partial<Owner>): Promise<boolean> {
  const known = await findOwner(db)
  if (!known) return false
  await db.prisma.organisation.update({ where: { id: known.id }, data: change })
  return true
}

/** Workspaces and tenants that a store's organisation is connected to. */
export async function listWorkspaces(
  db: Reader,
  organisationId: string,
): Promise<{ platform: PlatformName; externalId: string; name: string }[]> {
  return await db.prisma.connection.findMany({
    where: { organisationId },
    orderBy: [{ platform: 'asc' }, { externalId: 'asc' }],
    select: { platform: true, externalId: true, name: true },
  })
}

/**
 * Connects a workspace or tenant by hand, so that a process may start with its credentials. False
 * before the store's first start. Throws when it is connected to another organisation.
 */
export async function addWorkspace(
  db: Writer,
  workspace: { platform: PlatformName; externalId: string },
): Promise<boolean> {
  const owner = await findOwner(db)
  if (!owner) return false
  const named = { ...workspace, name: workspace.externalId }
  await ensureConnection({ tx: db, organisationId: owner.id }, named)
  return true
}

/** Words for a process whose credentials are of a workspace that the store does not know. */
export const strangeWorkspace = (platform: PlatformName, externalId: string): SetupError =>
  new SetupError(
    `${PLATFORM_TITLES[platform]}: the credentials are of ${externalId}, to which this store is not connected. ` +
      `If it is this organisation's, say so: npx groupwell workspace add ${platform} ${externalId}. ` +
      'If not, the DATABASE_URL, or the DATA_DIR, is of somebody else.',
  )
