import type { EventEmitter } from 'node:events'
import type pg from 'pg'

/** Connections to a server that takes no changes any more, as after a failover. */
const readOnly = new WeakSet<pg.ClientBase>()
/** SQLSTATE read_only_sql_transaction. */
const READ_ONLY = '25006'

/** Connections in a transaction, as the server said last. */
const inTransaction = new WeakSet<pg.ClientBase>()

/** Keeps what the server says of a connection's transaction after each statement. */
function followTransactions(client: pg.ClientBase): void {
  const { connection } = client as unknown as { connection: EventEmitter }
  // Before the client's own: that one may give the connection back.
  connection.prependListener('readyForQuery', ({ status }: { status: string }) => {
    if (status === 'I') inTransaction.delete(client)
    else inTransaction.add(client)
  })
}

/**
 * Whether a connection comes back with something still under way, after a statement that nobody
 * waited for any longer: whoever got it next would write into somebody else's transaction.
 */
const isMidway = (client: pg.ClientBase): boolean =>
  inTransaction.has(client) ||
  Boolean((client as unknown as { _activeQuery: unknown })._activeQuery)

/** Marks a connection that refuses a change: it would refuse every later one, too. */
function leaveWhenReadOnly(client: pg.ClientBase): void {
  const { connection } = client as unknown as { connection: EventEmitter }
  connection.on('errorMessage', ({ code }: { code?: string }) => {
    if (code === READ_ONLY) readOnly.add(client)
  })
}

/** Watches a connection from its beginning. */
export function watchConnection(client: pg.ClientBase): void {
  leaveWhenReadOnly(client)
  followTransactions(client)
}

/** Whether a connection that is given back must not be given to anybody else. */
export const isUnfit = (client: pg.ClientBase): boolean => readOnly.has(client) || isMidway(client)
