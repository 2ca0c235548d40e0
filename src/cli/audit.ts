import { readStoreConfig } from '../config.ts'
import { SetupError } from '../errors.ts'
import { verifyAudit } from '../store/audit.ts'
import { openStore } from './store.ts'

/**
 * `npx groupwell audit verify`: walks every organisation's chain; exit code 1 when one is broken.
 */
export async function audit(args: readonly string[]): Promise<void> {
  if (args[0] !== 'verify')
    throw new SetupError(
      `groupwell audit ${args[0] ?? ''}: expected verify. Example: npx groupwell audit verify`,
    )
  const database = await openStore(readStoreConfig(process.env))
  const organisations = await database.db.prisma.organisation.findMany({
    select: { id: true, name: true },
  })
  if (organisations.length === 0) process.stdout.write('No organisation yet: nothing to check.\n')
  for (const { id, name } of organisations) {
    const { length, brokenAt } = await verifyAudit({ tx: database.db, organisationId: id })
    process.stdout.write(
      brokenAt === null
        ? `${name}: ${length} entries, whole\n`
        : `${name}: broken at entry ${brokenAt} of ${length}\n`,
    )
    if (brokenAt !== null) process.exitCode = 1
  }
  await database.close()
}
