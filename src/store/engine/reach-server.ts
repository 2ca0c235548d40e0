import pg from 'pg'
import { SetupError } from '../../errors.ts'

/** A server that does not answer by then is not there, for a start. */
const CONNECT_WITHIN_MS = 10_000

/**
 * Connects once and leaves again, so that a database that is away, or a wrong setting, is one line
 * that names it. Throws SetupError; never with the password.
 */
export async function reachServer(url: string): Promise<void> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_WITHIN_MS,
  })
  // One that breaks while it is ended has been reached.
  client.on('error', () => {})
  try {
    await client.connect()
  } catch (error) {
    const { code, message } = error as Error & { code?: string }
    const { host, port, database } = client
    const reason = [message, message.includes(code ?? '') ? '' : `(${code})`]
    throw new SetupError(
      `DATABASE_URL: no connection to ${host}:${port}/${database}: ${reason.filter(Boolean).join(' ')}`,
      { cause: error },
    )
  }
  await client.end()
}
