import type { PGlite } from '@electric-sql/pglite'
import { PrismaPg } from '@prisma/adapter-pg'
import type { SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils'
import pg from 'pg'
import type { fromPglite } from 'pg-boss'
import { PrismaClient } from '../generated/client.ts'
import { aloneOnServer } from './alone.ts'
import { migratePglite, openPglite } from './embedded.ts'
import { connectEmbedded, type EmbeddedClient } from './embedded-client.ts'
import { type Listen, listenEmbedded, listenOnServer } from './listen.ts'
import { type Applied, migrate, schemaDrift } from './migrate.ts'
import { reachServer } from './reach-server.ts'
import { createSql, type NameOf, type Sql, sendToServer } from './sql.ts'
import { sqlTransactionsEmbedded, sqlTransactionsOnServer } from './sql-transaction.ts'
import { createStatementNames } from './statements.ts'
import {
  type RunSqlTransaction,
  type RunTransaction,
  reporter,
  transactionsOf,
} from './transaction.ts'
import { isUnfit, watchConnection } from './unfit.ts'

/**
 * Where rows live: a Postgres server, or an embedded database in a directory (null: in memory, for
 * tests).
 */
export type StoreSettings = (
  | { kind: 'postgres'; url: string }
  | { kind: 'embedded'; directory: string | null }
) & {
  /** Left out: opening it brings its schema up to date. */
  mayMigrate?: boolean
  /** Left out: a new embedded store is the one that was packed at installation, if there is one. */
  mayUnpack?: boolean
}

export type Database = {
  kind: StoreSettings['kind']
  /** Statements that each stand by themselves. A `Reader` too. */
  db: { readonly prisma: PrismaClient; readonly sql: Sql }
  transaction: RunTransaction
  /** For answering alone. */
  sqlTransaction: RunSqlTransaction
  /** Migrations that opening it applied. */
  applied: readonly Applied[]
  /** SQL that would bring the store to schema.prisma; empty when they agree. */
  drift(): Promise<string>
  /** Words from any process of this store. Their number does not count: each wakes somebody. */
  listen: Listen
  /** The queue needs the same store: a connection string, or the embedded instance itself. */
  queueDatabase: { connectionString: string } | { embedded: ReturnType<typeof fromPglite> }
  close(): Promise<void>
}

/** A job's step may wait longer; its lease is a minute. */
const JOB_TRANSACTION = { maxWait: 5_000, timeout: 10_000 } as const
/** A statement that waits for a lock would not notice that its transaction's time is over. */
const LOCK_TIMEOUT_MS = 1_200

/** No statement of ours takes so long; one that does has lost its server. */
const STATEMENT_WITHIN_MS = 30_000
/** A connection that is not there by then: all are taken, or the server hangs. */
const CONNECTION_WITHIN_MS = 10_000

/** Statement texts that each connection keeps planned. */
const NAMED_STATEMENTS = 300

/**
 * Connections that one process takes from the server for rows; the queue takes a few of its own.
 */
const POOL_SIZE = 10

/**
 * Opens the store and brings its schema up to date. Throws SetupError when the directory is taken,
 * or the schema is older and `mayMigrate` is false.
 */
export async function openDatabase(settings: StoreSettings): Promise<Database> {
  const { mayMigrate = true, mayUnpack = true } = settings
  return settings.kind === 'postgres'
    ? await openPostgres(settings.url, mayMigrate)
    : await openEmbedded(settings.directory, { mayMigrate, mayUnpack })
}

async function openPostgres(url: string, mayMigrate: boolean): Promise<Database> {
  await reachServer(url)
  const nameOf = createStatementNames(NAMED_STATEMENTS)
  const pool = new ReportingPool(nameOf, {
    connectionString: url,
    max: POOL_SIZE,
    connectionTimeoutMillis: CONNECTION_WITHIN_MS,
    // By our own clock: a server that hangs keeps no deadline.
    query_timeout: STATEMENT_WITHIN_MS,
    keepAlive: true,
    // By a statement: PgBouncer refuses to start a connection with `options`.
    onConnect: async (client) => {
      // The pool takes its own listener off a client that it hands to a waiter. Where the end of a
      // query and the server's farewell come at once, nobody else would hear the error, and one
      // that nobody hears ends the process. The query's own promise tells whoever waits.
      client.on('error', () => {})
      // Compiling a plan takes longer than any statement of ours may.
      await client.query(`set lock_timeout = ${LOCK_TIMEOUT_MS}; set jit = off`)
      watchConnection(client)
    },
  })
  pool.on('release', (_, client) => {
    // The pool throws away one that is ending.
    if (isUnfit(client)) void client.end().catch(() => {})
  })
  // A connection that breaks while nobody uses it leaves the pool; whoever needs one next gets
  // another, or the error.
  pool.on('error', () => {})
  const factory = new PrismaPg(pool, { statementNameGenerator: nameOf, disposeExternalPool: true })
  // Without that limit: a second process that starts meanwhile has to wait for the first one's
  // migration.
  const migrating = new PrismaPg({ connectionString: url, max: 1 })
  const alone = aloneOnServer(url)
  const applied = await migrate({ factory: migrating, alone, run: null }, mayMigrate)
  const prisma = createClient(factory)
  return {
    kind: 'postgres',
    db: { prisma, sql: createSql(sendToServer(pool, nameOf)) },
    transaction: transactionsOf(prisma, JOB_TRANSACTION),
    sqlTransaction: sqlTransactionsOnServer(pool, nameOf),
    applied,
    drift: () => schemaDrift(factory),
    listen: listenOnServer(url),
    queueDatabase: { connectionString: url },
    close: () => prisma.$disconnect(),
  }
}

async function openEmbedded(
  directory: string | null,
  { mayMigrate, mayUnpack }: { mayMigrate: boolean; mayUnpack: boolean },
): Promise<Database> {
  const { pglite, close } = await openPglite(directory, mayUnpack)
  try {
    const { fromPglite } = await import('pg-boss')
    const { factory, applied } = await migratePglite(pglite, mayMigrate)
    const client = await connectEmbedded(pglite, createStatementNames(NAMED_STATEMENTS))
    reportTransactions(pglite, client.within)
    const prisma = createClient(factory)
    return {
      kind: 'embedded',
      db: { prisma, sql: createSql(client.alone) },
      transaction: transactionsOf(prisma, JOB_TRANSACTION),
      sqlTransaction: sqlTransactionsEmbedded(client),
      applied,
      drift: () => schemaDrift(factory),
      listen: listenEmbedded(pglite),
      queueDatabase: { embedded: fromPglite(pglite) },
      close: async () => {
        await prisma.$disconnect()
        await close()
      },
    }
  } catch (error) {
    await close().catch(() => {})
    throw error
  }
}

function createClient(adapter: SqlMigrationAwareDriverAdapterFactory): PrismaClient {
  return new PrismaClient({ adapter, transactionOptions: JOB_TRANSACTION })
}

/**
 * A pool that says which connection a transaction of the client gets: it asks for one without a
 * callback, once.
 */
class ReportingPool extends pg.Pool {
  readonly #nameOf: NameOf
  constructor(nameOf: NameOf, config: pg.PoolConfig) {
    super(config)
    this.#nameOf = nameOf
  }
  override connect(): Promise<pg.PoolClient>
  override connect(callback: Parameters<pg.Pool['connect']>[0]): void
  override connect(
    callback?: Parameters<pg.Pool['connect']>[0],
  ): Promise<pg.PoolClient> | undefined {
    if (callback) {
      super.connect(callback)
      return undefined
    }
    const report = reporter()
    return super.connect().then((connection) => {
      report(sendToServer(connection, this.#nameOf))
      return connection
    })
  }
}

/** The same for the embedded store. */
function reportTransactions(pglite: PGlite, within: EmbeddedClient['within']): void {
  const begin = pglite.transaction.bind(pglite)
  pglite.transaction = (work) => {
    const report = reporter()
    return begin((transaction) => {
      report(within(() => !transaction.closed))
      return work(transaction)
    })
  }
}
