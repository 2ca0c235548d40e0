import type { KeyStore } from '../ballot/key-store.ts'
import { giveUpUnit } from '../commands/lost-key.ts'
import { runStep, type Services } from '../commands/services.ts'
import { MINUTE_MS } from '../domain/time.ts'
import { areKeysHere } from '../store/installation.ts'
import { listOpenEverywhere, unitsWithKey } from '../store/release.ts'

/**
 * A key is put a moment before its unit exists; older than this without a unit, it is a crash's
 * left-over. By the key store's own clock.
 */
const ORPHAN_KEY_AGE_MS = 10 * MINUTE_MS

/**
 * Whether this process sees the keys of its store. A key that is not in another directory is not
 * gone: nothing is decided then.
 */
export async function seesKeys({ database, ballotKeys, log }: Services): Promise<boolean> {
  const id = await ballotKeys.keyStore.id()
  if (await areKeysHere(database.db, id)) return true
  log.error('keys.elsewhere', new Error('KEY_DIR is not the one that the store knows'))
  return false
}

/**
 * Destroys keys without a unit, and finds open check-ins without a key: members are told before
 * they answer, not thanked for what nobody can count. A fault of the key store is an alarm; it
 * keeps nothing else from being done.
 */
export async function lookAfterKeys(services: Services, missing: MissingKeys): Promise<void> {
  try {
    if (!(await seesKeys(services))) return missing.clear()
    // The units first: one that opens meanwhile has put its key before.
    const open = await listOpenEverywhere(services.database.db)
    const keys = await services.ballotKeys.keyStore.list()
    const opening = keys.filter(({ canOpen }) => canOpen)
    await findLost(services, missing, open, new Set(opening.map(({ unitId }) => unitId)))
    const ids = new Set(open.map(({ id }) => id))
    await destroyOrphans(
      services,
      keys.filter(({ unitId }) => !ids.has(unitId)),
    )
  } catch (error) {
    services.log.error('keys.failed', error)
  }
}

/** Looks after the keys at each beat. */
export function createKeyWatch(services: Services): { run(): Promise<void> } {
  const missing: MissingKeys = new Map()
  return { run: () => lookAfterKeys(services, missing) }
}

/**
 * Units whose key was not found, and since when (wall clock, ms). A file server may show a listing
 * that is a minute old, and a mount may vanish for a moment: a key is lost only when it was missing
 * for longer than that.
 */
type MissingKeys = Map<string, number>
const MISSING_FOR_MS = 3 * MINUTE_MS

async function findLost(
  services: Services,
  missing: MissingKeys,
  open: Awaited<ReturnType<typeof listOpenEverywhere>>,
  listed: ReadonlySet<string>,
): Promise<void> {
  const { ballotKeys, clock, log } = services
  const gone = new Set<string>()
  for (const { id } of open)
    if (!listed.has(id) && !(await ballotKeys.keyStore.has(id))) gone.add(id)
  for (const id of missing.keys()) if (!gone.has(id)) missing.delete(id)
  // The directory may have vanished while it was looked through.
  if (gone.size === 0 || !(await seesKeys(services))) return
  const now = clock.wall().getTime()
  for (const { organisationId, id: unitId } of open.filter(({ id }) => gone.has(id))) {
    const since = missing.get(unitId) ?? now
    missing.set(unitId, since)
    if (now - since < MISSING_FOR_MS) continue
    log.error('key.lost', new Error('the key of an open check-in is gone'), { unit: unitId })
    await runStep(services, giveUpUnit, organisationId, { unitId })
    missing.delete(unitId)
  }
}

/** `keys`: those of no open unit. */
async function destroyOrphans(
  { database, ballotKeys, log }: Services,
  keys: Awaited<ReturnType<KeyStore['list']>>,
): Promise<void> {
  const known = await unitsWithKey(
    database.db,
    keys.map(({ unitId }) => unitId),
  )
  const stray = keys.filter(({ unitId }) => !known.has(unitId))
  if (stray.length === 0) return
  const now = await ballotKeys.keyStore.now()
  for (const { unitId, putAt } of stray.filter((key) => now - key.putAt > ORPHAN_KEY_AGE_MS)) {
    await ballotKeys.keyStore.destroy(unitId)
    log.info('key.orphan', { unit: unitId, ageMs: Math.round(now - putAt) })
  }
}
