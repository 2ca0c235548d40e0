/**
 * A change that a person waits for commits within this, or is rolled back and they are asked to try
 * again: platforms give 3 s. The time to get a connection, then the time to finish.
 */
export const COMMAND_TRANSACTION = { maxWait: 800, timeout: 1_500 } as const

/**
 * A request that the store has not answered by then is told that it took too long: a store that
 * hangs holds nobody's connection. Far above what a busy store takes for anything.
 */
export const REQUEST_WITHIN_MS = 10_000
