import path from 'node:path'
import { readConfig } from '../config.ts'
import { verifyAudit } from '../store/audit.ts'
import { openDatabase } from '../store/database.ts'

/** `npx groupwell audit verify`: walks every organisation's chain; exit code 1 when one is broken. */
export async function auditVerify(): Promise<void> {
  const { store } = readConfig({ ...process.env, NODE_ENV: 'development' })
  const settings = store.url
    ? ({ kind: 'postgres', url: store.url } as const)
    : ({ kind: 'embedded', directory: path.resolve(store.dataDir) } as const)
  const database = await openDatabase(settings)
  for (const { id, name } of await database.db.organisation.findMany({ select: { id: true, name: true } })) {
    const { length, brokenAt } = await verifyAudit(database.db, id)
    process.stdout.write(
      brokenAt === null ? `${name}: ${length} entries, whole\n` : `${name}: broken at entry ${brokenAt} of ${length}\n`,
    )
    if (brokenAt !== null) process.exitCode = 1
  }
  await database.close()
}
