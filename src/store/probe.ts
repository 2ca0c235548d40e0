import type { Reader, Writer } from './engine/transaction.ts'

/** The store's clock, in ms since 1970. */
export async function readStoreTime(db: Reader): Promise<number> {
  const [row] = await db.sql.rows<{ ms: number }>`
    select (extract(epoch from clock_timestamp()) * 1000)::float8 as "ms"`
  if (!row) throw new Error('the store did not say what time it is')
  return row.ms
}

/** Why the store takes no changes now; null: it does. */
export type StoreTrouble = 'readOnly' | 'full' | 'store'

/** SQLSTATE read_only_sql_transaction and disk_full. */
const TROUBLES: Readonly<Record<string, StoreTrouble>> = { '25006': 'readOnly', '53100': 'full' }

/** Changes a row of its own: a store that only reads, or has no room, looks well until then. */
export async function probeStore(db: Writer): Promise<StoreTrouble | null> {
  try {
    await db.sql.run`update "Installation" set "probedAt" = clock_timestamp()`
    return null
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    return TROUBLES[code] ?? 'store'
  }
}
