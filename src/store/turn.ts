import type { Writer } from './engine/transaction.ts'

/**
 * Takes the turn to delete by age, for the process that calls it first; false while another one's
 * is not so long over. By the product clock, whichever way it was moved.
 */
export async function takeTurn(db: Writer, now: Date, everyMs: number): Promise<boolean> {
  const seconds = everyMs / 1_000
  const count = await db.sql.run`update "Installation" set "forgotAt" = ${now}
    where "id" = 1 and ("forgotAt" is null
      or abs(extract(epoch from "forgotAt" - ${now}::timestamptz)) >= ${seconds}::float8)`
  return count === 1
}

/** Gives the turn back, for a try before the hour is over. */
export async function giveTurnBack(db: Writer): Promise<void> {
  await db.prisma.installation.updateMany({ data: { forgotAt: null } })
}
