import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { SetupError } from '../../errors.ts'
import type { Writer } from './transaction.ts'

/**
 * Makes sure that the keys and the secret are this store's, before a sweeper could destroy
 * another's keys or a release could be lost for a wrong setting. `fingerprints` are the
 * secrets', by number. Throws SetupError.
 */
export async function checkInstallation(
  db: Writer,
  keyDirectory: string,
  fingerprints: ReadonlyMap<number, string>,
): Promise<void> {
  await db.prisma.installation.createMany({
    data: [{ storeId: randomUUID(), fingerprints: {} }],
    skipDuplicates: true,
  })
  const { storeId, fingerprints: stored } = await db.prisma.installation.findUniqueOrThrow({
    where: { id: 1 },
  })
  refuseOpenDirectory(keyDirectory)
  await checkKeyDirectory(db, keyDirectory, storeId)
  const known = (stored ?? {}) as Record<string, string>
  for (const [id, fingerprint] of fingerprints) {
    if (known[id] !== undefined && known[id] !== fingerprint) {
      throw new SetupError(
        `GROUPWELL_SECRET: key ${id} is not the one that this store was made with. Bring it back, or give the new one a new number: 2:new,1:old`,
      )
    }
  }
  await db.prisma.installation.update({
    where: { id: 1 },
    data: { fingerprints: { ...known, ...Object.fromEntries(fingerprints) } },
  })
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

async function checkKeyDirectory(db: Writer, keyDirectory: string, storeId: string): Promise<void> {
  const file = path.join(keyDirectory, 'store.id')
  const found = fs.existsSync(file) ? fs.readFileSync(file, 'utf8').trim() : null
  if (found === storeId) return
  if (found !== null) {
    throw new SetupError(
      `KEY_DIR ${keyDirectory} holds the keys of another store. Give each store a KEY_DIR of its own.`,
    )
  }
  const waiting = await db.prisma.releaseUnit.count({
    where: { state: { in: ['open', 'closing'] } },
  })
  if (waiting > 0) {
    throw new SetupError(
      `KEY_DIR ${keyDirectory} is not the one that this store was made with: ${waiting} check-ins are open and their keys are not here. ` +
        `All processes of one store share one KEY_DIR. If the keys are lost for good, write ${storeId} to ${file}: those check-ins will be marked as lost.`,
    )
  }
  fs.mkdirSync(keyDirectory, { recursive: true, mode: 0o700 })
  fs.writeFileSync(file, `${storeId}\n`, { mode: 0o600 })
}
