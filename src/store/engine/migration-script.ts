import type { SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils'

type Connection = Awaited<ReturnType<SqlMigrationAwareDriverAdapterFactory['connect']>>

/** Builds an index beside writers; Postgres takes it outside of a transaction alone. */
const BESIDE = ' CONCURRENTLY '
/** Prisma's table of what was applied. */
const RECORD = '"_prisma_migrations"'
/** The migration that is under way: the engine writes its row before the script. */
const UNDER_WAY = `${RECORD} where finished_at is null and rolled_back_at is null`

/** Runs a script; done when it is. */
export type RunScript = (script: string) => Promise<unknown>

/**
 * A connection that runs a migration whole or not at all, and its end with it; the adapter for
 * servers would commit each statement by itself. One that builds indexes beside the running service
 * goes statement by statement and is gone on with where somebody broke off: each of its statements
 * may come twice. A store that is `isNew` has no service beside it. `run`: in place of the
 * connection's own way, which on the embedded store does not wait.
 */
export function runningWhole<C extends Connection>(
  connection: C,
  { isNew, run }: { isNew: boolean; run: RunScript | null },
): C {
  const runNow = run ?? connection.executeScript.bind(connection)
  const whole = async (script: string): Promise<void> => {
    // The engine's own table has no row of itself.
    const end = script.includes(RECORD)
      ? []
      : [
          `update ${RECORD} set finished_at = now(), applied_steps_count = 1
            where id in (select id from ${UNDER_WAY})`,
        ]
    try {
      await runNow(['BEGIN', ...statementsOf(script), ...end, 'COMMIT'].join(';\n'))
    } catch (error) {
      await runNow('ROLLBACK').catch(() => {})
      throw error
    }
  }
  const beside = async (script: string): Promise<void> => {
    const done = await stepsDone(connection)
    for (const [index, statement] of statementsOf(script).entries()) {
      if (index < done) continue
      await runNow(statement)
      await runNow(
        `update ${RECORD} set applied_steps_count = ${index + 1}
          where id in (select id from ${UNDER_WAY})`,
      )
    }
  }
  connection.executeScript = async (script) => {
    if (isNew) return await whole(script.replaceAll(BESIDE, ' '))
    return script.includes(BESIDE) ? await beside(script) : await whole(script)
  }
  return connection
}

/** How many statements of the migration that is under way an earlier try had done. */
async function stepsDone(connection: Connection): Promise<number> {
  const { rows } = await connection.queryRaw({
    sql: `select max(earlier.applied_steps_count) from ${RECORD} earlier
      join (select migration_name, checksum from ${UNDER_WAY}) now using (migration_name, checksum)
      where earlier.rolled_back_at is not null`,
    args: [],
    argTypes: [],
  })
  return Number(rows[0]?.[0] ?? 0)
}

/** The adapter parts a script at each semicolon too; one in a comment would be half a statement. */
const statementsOf = (script: string): string[] =>
  script
    .replace(/^--.*$/gm, '')
    .split(';')
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '')
