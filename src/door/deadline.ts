/**
 * A change that a person waits for commits within this, or is rolled back and they are asked to try
 * again: platforms give 3 s. The time to get a connection, then the time to finish.
 */
export const COMMAND_TRANSACTION = { maxWait: 800, timeout: 1_500 } as const
