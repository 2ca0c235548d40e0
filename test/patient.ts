import type { Database } from '../src/store/engine/database.ts'

/** Far above what anything takes on a machine where twice as many processes want to run. */
const PATIENCE = { maxWait: 30_000, timeout: 60_000 } as const

/**
 * The same store without the deadlines of a change that a person waits for: on a loaded machine a
 * form that is only a test's set-up would be told that it took too long.
 */
export const patient = (database: Database): Database => ({
  ...database,
  transaction: (work) => database.transaction(work, PATIENCE),
  sqlTransaction: (work) => database.sqlTransaction(work, PATIENCE),
})
