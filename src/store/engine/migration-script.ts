import type { SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils'

type Connection = Awaited<ReturnType<SqlMigrationAwareDriverAdapterFactory['connect']>>

/** Builds an index beside writers; Postgres takes it outside of a transaction alone. */
const BESIDE = ' CONCURRENTLY '

/**
 * A connection that runs a migration whole or not at all: the adapter for servers would commit each
 * statement by itself. One that builds indexes beside the running service goes statement by
 * statement and may be begun anew (`test/store/migration.test.ts` holds both); a store that is
 * `isNew` has no service beside it.
 */
export function runningWhole<C extends Connection>(connection: C, isNew: boolean): C {
  const run = connection.executeScript.bind(connection)
  const whole = async (script: string): Promise<void> => {
    try {
      await run(['BEGIN', ...statementsOf(script), 'COMMIT'].join(';\n'))
    } catch (error) {
      await run('ROLLBACK').catch(() => {})
      throw error
    }
  }
  const apart = async (script: string): Promise<void> => {
    for (const statement of statementsOf(script)) await run(statement)
  }
  connection.executeScript = async (script) => {
    if (isNew) return await whole(script.replaceAll(BESIDE, ' '))
    return script.includes(BESIDE) ? await apart(script) : await whole(script)
  }
  return connection
}

/** The adapter parts a script at each semicolon too; one in a comment would be half a statement. */
const statementsOf = (script: string): string[] =>
  script
    .replace(/^--.*$/gm, '')
    .split(';')
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '')
