import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { ensureDirectoryId } from '../ballot/key-directory.ts'
import { SetupError } from '../errors.ts'
import type { Reader, Writer } from './engine/transaction.ts'

/**
 * Makes sure that the keys and the secret are this store's, before a sweeper could destroy
 * another's keys or a release could be lost for a wrong setting. A store knows one KEY_DIR: that of
 * the very start that made the store, or the one that an operator adopted. `fingerprints` are the
 * secrets', by number. Throws SetupError.
 */
export async function checkInstallation(
  db: Writer,
  keyDirectory: string,
  fingerprints: ReadonlyMap<number, string>,
): Promise<void> {
  refuseOpenDirectory(keyDirectory)
  // The file before the row: a process that makes both meanwhile writes the row first.
  const found = readStoreId(keyDirectory)
  const before = await db.prisma.installation.findUnique({ where: { id: 1 } })
  refuseForeign(keyDirectory, found, before?.storeId ?? null)
  const directoryId = await ensureDirectoryId(keyDirectory)
  // The first process of a store makes it with its own directory; one beside it, with another, is
  // refused below.
  await db.prisma.installation.createMany({
    data: [{ storeId: randomUUID(), fingerprints: {}, keyDirectoryId: directoryId }],
    skipDuplicates: true,
  })
  const { storeId, keyDirectoryId, fingerprints: stored } = await findInstallation(db)
  const known = keyDirectoryId ?? (await nameOlder(db, { keyDirectory, storeId, directoryId }))
  if (known !== directoryId)
    throw new SetupError(
      `KEY_DIR ${keyDirectory} is not the one that this store knows. All processes of one store share one KEY_DIR: ` +
        'look whether it is mounted. If the keys are lost for good, or were moved by hand: npx groupwell keys adopt. ' +
        'Check-ins whose keys are not there are then marked as lost.',
    )
  writeStoreId(keyDirectory, storeId)
  const secrets = (stored ?? {}) as Record<string, string>
  for (const [id, fingerprint] of fingerprints) {
    if (secrets[id] !== undefined && secrets[id] !== fingerprint) {
      throw new SetupError(
        `GROUPWELL_SECRET: key ${id} is not the one that this store was made with. Bring it back, or give the new one a new number: 2:new,1:old`,
      )
    }
  }
  await db.prisma.installation.update({
    where: { id: 1 },
    data: { fingerprints: { ...secrets, ...Object.fromEntries(fingerprints) } },
  })
}

const findInstallation = async (db: Reader) =>
  await db.prisma.installation.findUniqueOrThrow({ where: { id: 1 } })

/**
 * Whether the directory that holds keys now is the one that the store knows: a mount may have
 * vanished since the start, and what is not in another directory is not gone.
 */
export async function areKeysHere(db: Reader, directoryId: string | null): Promise<boolean> {
  return directoryId !== null && (await findInstallation(db)).keyDirectoryId === directoryId
}

/**
 * Whether check-ins that open now get boxes that hold a time. The version before cannot read them:
 * a store that it made takes them from a day after the upgrade on.
 */
export async function takesTimedBoxes(tx: Reader): Promise<boolean> {
  const [row] = await tx.sql.rows<{ takes: boolean }>`
    select coalesce(clock_timestamp() >= "timedBoxesFrom", true) as "takes" from "Installation"`
  return row?.takes ?? true
}

/**
 * Takes a directory as the one that holds a store's keys from now on. Returns false before the
 * store's first start. Throws SetupError when it holds the keys of another store.
 */
export async function adoptDirectory(db: Writer, keyDirectory: string): Promise<boolean> {
  const known = await db.prisma.installation.findUnique({ where: { id: 1 } })
  if (!known) return false
  refuseForeign(keyDirectory, readStoreId(keyDirectory), known.storeId)
  const keyDirectoryId = await ensureDirectoryId(keyDirectory)
  await db.prisma.installation.update({ where: { id: 1 }, data: { keyDirectoryId } })
  writeStoreId(keyDirectory, known.storeId)
  return true
}

/** Check-ins' units whose keys are needed: of every one that was not made yet. */
export async function listNeeded(db: Reader): Promise<string[]> {
  const units = await db.prisma.releaseUnit.findMany({
    where: { state: { in: ['open', 'closing'] } },
    select: { id: true },
  })
  return units.map(({ id }) => id)
}

/** Others who may write there could delete or replace keys, whatever the files' own modes. */
function refuseOpenDirectory(keyDirectory: string): void {
  const mode = fs.statSync(keyDirectory, { throwIfNoEntry: false })?.mode
  // Windows has no such modes.
  if (mode === undefined || process.platform === 'win32' || (mode & 0o022) === 0) return
  throw new SetupError(
    `KEY_DIR ${keyDirectory}: others than its owner may write there. Mend it with: chmod 700 ${keyDirectory}`,
  )
}

const storeIdFile = (keyDirectory: string) => path.join(keyDirectory, 'store.id')

function readStoreId(keyDirectory: string): string | null {
  const file = storeIdFile(keyDirectory)
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8').trim() : null
}

function writeStoreId(keyDirectory: string, storeId: string): void {
  if (readStoreId(keyDirectory) === null)
    fs.writeFileSync(storeIdFile(keyDirectory), `${storeId}\n`, { mode: 0o600 })
}

/**
 * `found` is the store that a directory names. `storeId` is null for a store that is being made:
 * then whatever keys are there are another's.
 */
function refuseForeign(keyDirectory: string, found: string | null, storeId: string | null): void {
  if (found === null || found === storeId) return
  throw new SetupError(
    `KEY_DIR ${keyDirectory} holds the keys of another store. Give each store a KEY_DIR of its own.`,
  )
}

/**
 * A store from before directories had ids: the first that starts with a directory of this store is
 * the one, unless keys that are needed are not in it.
 */
async function nameOlder(
  db: Writer,
  {
    keyDirectory,
    storeId,
    directoryId,
  }: { keyDirectory: string; storeId: string; directoryId: string },
): Promise<string | null> {
  const isOwn = readStoreId(keyDirectory) === storeId
  const hasAll = (await listNeeded(db)).every((id) =>
    fs.existsSync(path.join(keyDirectory, `${id}.key`)),
  )
  if (!isOwn || !hasAll) return null
  await db.prisma.installation.updateMany({
    where: { id: 1, keyDirectoryId: null },
    data: { keyDirectoryId: directoryId },
  })
  return (await findInstallation(db)).keyDirectoryId
}
