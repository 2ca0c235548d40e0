import { randomUUID } from 'node:crypto'
import { parseKeyring } from '../src/ballot/keyring.ts'
import { openText } from '../src/ballot/secret-text.ts'
import { decide } from '../src/commands/decide.ts'
import type { Services } from '../src/commands/services.ts'
import type { Release } from '../src/domain/tally.ts'
import { readUnit, type UnitResult } from '../src/domain/unit.ts'
import type { PrismaClient } from '../src/store/generated/client.ts'
import { getMaking, recordRelease } from '../src/store/release.ts'

/**
 * Publishes a unit that is closing with a release as it would have been counted: through the real
 * gate, with the sums sealed, and without telling anybody. `now`: when that was.
 */
export async function publish(
  { database, content, ballotKeys }: Services,
  { organisationId, unitId }: { organisationId: string; unitId: string },
  release: Release,
  now: Date,
): Promise<void> {
  await database.transaction(async (tx) => {
    const base = { tx, organisationId, now, content, ballotKeys, newId: randomUUID }
    const decision = await decide(base, unitId, await getMaking(base, unitId), release)
    if (!(await recordRelease(base, unitId, 'released', { ...decision, words: [] })))
      throw new Error('the unit was not closing')
    await decision.keepSums()
  })
}

/** The sums that a unit was published from, as somebody with the application's secret reads them. */
export async function sumsOf(
  db: PrismaClient,
  secret: string,
  unitId: string,
): Promise<UnitResult> {
  const { sealed } = await db.sealedSums.findFirstOrThrow({ where: { id: unitId } })
  return readUnit(JSON.parse(openText(parseKeyring(secret), `sums ${unitId}`, sealed)))
}
