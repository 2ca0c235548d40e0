import pg from 'pg'

/** A statement that read a whole table, with the plan that did. */
type WholeRead = { table: string; plan: string }

/**
 * Has the server explain every statement of a database as it runs it (auto_explain), those of its
 * foreign keys among them, and send the plan to whoever asked. For connections that are opened from
 * now on.
 */
export async function explainAll(client: pg.Client, database: string): Promise<void> {
  for (const setting of [
    "session_preload_libraries = 'auto_explain'",
    'auto_explain.log_min_duration = 0',
    'auto_explain.log_nested_statements = on',
    'client_min_messages = log',
  ])
    await client.query(`alter database ${database} set ${setting}`)
  await client.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()`,
  )
}

/**
 * Listens to the plans that this process is sent, until `end`. `statements`: how many came;
 * `wholeReads`: those that read a whole table of the given ones.
 */
export function hearPlans(tables: ReadonlySet<string>) {
  const heard = { statements: 0, wholeReads: [] as WholeRead[] }
  const emit = pg.Client.prototype.emit
  pg.Client.prototype.emit = function (this: pg.Client, event: string, ...given: unknown[]) {
    const { message } = (given[0] ?? {}) as { message?: string }
    if (event === 'notice' && message?.includes('plan:')) {
      heard.statements += 1
      for (const [, table = ''] of message.matchAll(/Seq Scan on "?(\w+)"?/g))
        if (tables.has(table)) heard.wholeReads.push({ table, plan: message })
    }
    return Reflect.apply(emit, this, [event, ...given])
  } as typeof emit
  const end = () => {
    pg.Client.prototype.emit = emit
    return heard
  }
  return { heard, end }
}
