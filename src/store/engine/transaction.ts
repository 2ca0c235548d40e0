import { AsyncLocalStorage } from 'node:async_hooks'
import { BusyError } from '../../errors.ts'
import type { PrismaClient } from '../generated/client.ts'
import { createSql, type Send, type Sql, type SqlReads } from './sql.ts'

/** How long to wait for a connection, and then for the work, in ms of wall-clock time. */
export type Limits = { maxWait: number; timeout: number }

/** Methods of Prisma's client that it says well: reading and writing the rows of one table. */
type Methods =
  | 'findFirst'
  | 'findFirstOrThrow'
  | 'findUnique'
  | 'findUniqueOrThrow'
  | 'findMany'
  | 'count'
  | 'groupBy'
type Tables = Omit<PrismaClient, `$${string}` | symbol>
type ReadTables = { [T in keyof Tables]: Pick<Tables[T], Methods & keyof Tables[T]> }

/** The two roads to the store for what only reads. A transaction fits too. */
export type Reader = { readonly prisma: ReadTables; readonly sql: SqlReads }

/** The same for statements that each stand by themselves. A transaction fits too. */
export type Writer = { readonly prisma: Tables; readonly sql: Sql }

/** Marks a transaction: a lock that is taken without one is gone before it is of use. */
export const TRANSACTION: unique symbol = Symbol('transaction')

/** A transaction of hand-written statements alone (docs/decisions/0021). */
export type SqlTx = { readonly sql: Sql; readonly [TRANSACTION]: true }

/** A transaction. */
export type Tx = Writer & SqlTx

/**
 * One organisation's rows, and how they are reached: in a transaction, unless it is said otherwise.
 */
export type Tenant<Store = Tx> = { readonly tx: Store; readonly organisationId: string }

/** Runs work in a transaction; past the limits it throws BusyError, and nothing was written. */
export type RunTransaction = <T>(work: (tx: Tx) => Promise<T>, limits?: Limits) => Promise<T>

/** The same for hand-written statements alone. */
export type RunSqlTransaction = <T>(work: (tx: SqlTx) => Promise<T>, limits: Limits) => Promise<T>

/** A connection that a transaction got, and since when, by `performance.now()`. */
type Held = { send: Send; since: number }

/** The driver's side of a transaction that the client is opening. */
type Opening = { held: Held | null }
const opening = new AsyncLocalStorage<Opening>()

/**
 * For the driver: tells which connection the transaction got that the caller is opening, the first
 * time. Does nothing where nobody is opening one.
 */
export function reporter(): (send: Send) => void {
  const slot = opening.getStore()
  return (send) => {
    if (slot) slot.held ??= { send, since: performance.now() }
  }
}

/** The client ends a transaction at its time; hand-written statements stop a little before it. */
const MARGIN_MS = 20

/**
 * Transactions of the client, with the driver's own way into each: both roads go over one
 * connection, and what was written on one is seen on the other. The driver reports the connection
 * through `reporter`.
 */
export function transactionsOf(client: PrismaClient, standard: Limits): RunTransaction {
  return async (work, limits = standard) => {
    const slot: Opening = { held: null }
    const begin = () =>
      client.$transaction(async (prisma) => {
        if (!slot.held) throw new Error('the driver did not say which connection it gave')
        const { send, since } = slot.held
        // The client's time begins after the connection is there, so ours is over before it.
        const endsAt = since + limits.timeout - MARGIN_MS
        let isOver = false
        // A statement sent behind the rollback would stand by itself; once the connection serves
        // somebody else, in their work.
        const guarded: Send = (text, values) => {
          if (isOver || performance.now() > endsAt)
            return Promise.reject(new BusyError('not done in time'))
          return send(text, values)
        }
        try {
          return await opening.exit(() =>
            work({ prisma, sql: createSql(guarded), [TRANSACTION]: true }),
          )
        } finally {
          isOver = true
        }
      }, limits)
    return await opening.run(slot, begin)
  }
}
