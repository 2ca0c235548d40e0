import { createHash } from 'node:crypto'
import fs from 'node:fs'
import { createRequire } from 'node:module'
import {
  bindMigrationAwareSqlAdapterFactory,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils'
import { SetupError } from '../../errors.ts'
import { type RunScript, runningWhole } from './migration-script.ts'

const PRISMA_DIR = new URL('../../../prisma/', import.meta.url)
const NO_FILTERS = { externalTables: [], externalEnums: [] }

/** One folder of prisma/migrations: its name and its SQL. */
type Migration = { name: string; sql: string }

/** Migrations that were applied at a stretch, and how long that took, in ms of wall-clock time. */
export type Applied = { names: readonly string[]; ms: number }

/**
 * Applies the migrations that the database has not seen: a new store's all at once, an older one's
 * one by one. Runs Prisma's own schema engine as WebAssembly, so no native binary is downloaded,
 * and writes the table that `prisma migrate deploy` writes. One that died in a migration left
 * nothing of it that stands in the way. Throws SetupError where there are any to apply and
 * `mayMigrate` is false.
 */
export async function migrate(store: MigratedStore, mayMigrate: boolean): Promise<Applied[]> {
  const migrations = listMigrations()
  const [first, ...more] = (await findPending(store.factory, migrations)).pending
  if (!first) return []
  if (!mayMigrate)
    throw new SetupError(
      `The store’s schema is older than this release (${1 + more.length} to apply, from ${first.name} on). Bring it up to date with: npx groupwell migrate`,
    )
  return await store.alone(() => applyPending(store, migrations))
}

/** `alone` keeps two processes apart; `run` as in `runningWhole`. */
export type MigratedStore = {
  factory: SqlMigrationAwareDriverAdapterFactory
  alone<T>(work: () => Promise<T>): Promise<T>
  run: RunScript | null
}

async function applyPending(
  { factory, run }: MigratedStore,
  migrations: Migration[],
): Promise<Applied[]> {
  // Another process may have been there first.
  const { pending, begun } = await findPending(factory, migrations)
  if (pending.length === 0) return []
  const known = migrations.length - pending.length
  const isNew = known === 0 && begun.length === 0
  const ends = isNew ? [migrations.length] : pending.map((_, index) => known + index + 1)
  return await withEngine({ factory, isNew, run }, async (engine) => {
    for (const migrationName of begun) await engine.markMigrationRolledBack({ migrationName })
    const applied: Applied[] = []
    for (const end of ends) {
      const startedAt = performance.now()
      const { appliedMigrationNames: names } = await engine.applyMigrations({
        migrationsList: toList(migrations.slice(0, end)),
        filters: NO_FILTERS,
      })
      if (names.length > 0) applied.push({ names, ms: Math.round(performance.now() - startedAt) })
    }
    return applied
  })
}

/**
 * SQL that would bring the database from its present state to schema.prisma; empty when they agree.
 */
export async function schemaDrift(factory: SqlMigrationAwareDriverAdapterFactory): Promise<string> {
  const schema = { path: 'schema.prisma', content: readSchema() }
  const result = await withEngine({ factory, isNew: false, run: null }, (engine) =>
    engine.diff({
      from: { tag: 'schemaDatasource', files: [schema], configDir: '.' },
      to: { tag: 'schemaDatamodel', files: [schema] },
      script: true,
      exitCode: null,
      filters: NO_FILTERS,
    }),
  )
  const sql = result.stdout ?? ''
  return sql.includes('This is an empty migration') ? '' : sql.trim()
}

/** Every migration of this release, in order. */
export function listMigrations(): Migration[] {
  const directory = new URL('migrations/', PRISMA_DIR)
  const names = fs
    .readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
  return names
    .map(({ name }) => ({
      name,
      sql: fs.readFileSync(new URL(`${name}/migration.sql`, directory), 'utf8'),
    }))
    .sort((a, b) => a.name.localeCompare(b.name))
}

const readSchema = () => fs.readFileSync(new URL('schema.prisma', PRISMA_DIR), 'utf8')

/**
 * Migrations that the database has not seen, and those of them that somebody began and did not end.
 * The engine takes 0.3 s to load: a second start asks the table first. Throws when a migration was
 * changed after it ran.
 */
async function findPending(
  factory: SqlMigrationAwareDriverAdapterFactory,
  migrations: Migration[],
): Promise<{ pending: Migration[]; begun: string[] }> {
  const connection = await factory.connect()
  try {
    const query = (sql: string) => connection.queryRaw({ sql, args: [], argTypes: [] })
    const exists = await query(
      `select 1 from information_schema.tables where table_schema = current_schema() and table_name = '_prisma_migrations'`,
    )
    if (exists.rows.length === 0) return { pending: migrations, begun: [] }
    const { rows } = await query(
      'select migration_name, checksum, finished_at is not null from "_prisma_migrations" where rolled_back_at is null',
    )
    const applied = new Map(
      rows.map((row) => [
        String(row[0]),
        { checksum: String(row[1]), isFinished: row[2] === true },
      ]),
    )
    const pending = migrations.filter(({ name, sql }) => {
      const known = applied.get(name)
      if (known?.isFinished && known.checksum !== createHash('sha256').update(sql).digest('hex')) {
        throw new SetupError(
          `Migration ${name} was changed after it ran. Restore prisma/migrations from the release that is installed.`,
        )
      }
      return !known?.isFinished
    })
    return { pending, begun: pending.flatMap(({ name }) => (applied.has(name) ? [name] : [])) }
  } finally {
    await connection.dispose()
  }
}

function toList(migrations: Migration[]) {
  return {
    baseDir: '/prisma/migrations',
    lockfile: { path: 'migration_lock.toml', content: 'provider = "postgresql"\n' },
    shadowDbInitScript: '',
    migrationDirectories: migrations.map(({ name, sql }) => ({
      path: name,
      migrationFile: { path: 'migration.sql', content: { tag: 'ok' as const, value: sql } },
    })),
  }
}

type Engine = Awaited<ReturnType<Awaited<ReturnType<typeof loadGlue>>['SchemaEngine']['new']>>

/**
 * Lends the engine, and ends its connections afterwards: one of them holds the lock that keeps two
 * migrations apart.
 */
async function withEngine<T>(
  { factory, ...how }: { isNew: boolean } & Pick<MigratedStore, 'factory' | 'run'>,
  use: (engine: Engine) => Promise<T>,
): Promise<T> {
  glue ??= loadGlue()
  const opened: { dispose(): Promise<void> }[] = []
  const keep = async <C extends { dispose(): Promise<void> }>(
    connecting: Promise<C>,
  ): Promise<C> => {
    const connection = await connecting
    opened.push(connection)
    return connection
  }
  const adapter = bindMigrationAwareSqlAdapterFactory({
    provider: factory.provider,
    adapterName: factory.adapterName,
    connect: async () => runningWhole(await keep(factory.connect()), how),
    connectToShadowDb: () => keep(factory.connectToShadowDb()),
  })
  try {
    const { SchemaEngine } = await glue
    return await use(
      await SchemaEngine.new({ datamodels: [['schema.prisma', readSchema()]] }, () => {}, adapter),
    )
  } finally {
    await Promise.all(opened.map((connection) => connection.dispose()))
  }
}

/**
 * One instance a process: the generated glue caches views of its memory, and a second instance
 * would read the first's.
 */
let glue: ReturnType<typeof loadGlue> | null = null

/** The parts of the global that TypeScript knows only with the browser's types. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object
  Instance: new (module: object, imports: object) => { exports: Record<string, unknown> }
}

async function loadGlue() {
  const glue = await import('@prisma/schema-engine-wasm/schema_engine_bg')
  const file = createRequire(import.meta.url)
    .resolve('@prisma/schema-engine-wasm/schema_engine_bg')
    .replace(/\.js$/, '.wasm')
  const module = new WebAssembly.Module(fs.readFileSync(file))
  const instance = new WebAssembly.Instance(module, { './schema_engine_bg.js': glue })
  glue.__wbg_set_wasm(instance.exports)
  ;(instance.exports.__wbindgen_start as () => void)()
  return glue
}
