import { pino } from 'pino'

/**
 * Values that may be logged: ids, counts, states. Never text that a person typed, a name, or a
 * token.
 */
type Facts = Readonly<Record<string, string | number | boolean | null | undefined>>

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent'

export type Log = {
  debug(event: string, facts?: Facts): void
  info(event: string, facts?: Facts): void
  warn(event: string, facts?: Facts): void
  error(event: string, error: unknown, facts?: Facts): void
}

/** Keys that must never reach a log, whoever passes them. */
const FORBIDDEN_KEY = /answer|token|secret|password|text|name|alias|box/i

/**
 * Tokens and keys inside an error's message: Slack tokens, bearer values, connection strings, long
 * base64.
 */
const SECRET_VALUE =
  /xox[a-z]-[\w-]+|Bearer\s+\S+|postgres(?:ql)?:\/\/\S+|[A-Za-z0-9+/_-]{40,}={0,2}/g

/**
 * JSON lines to `write`, without their line end. Error causes are included, their messages redacted
 * and cut.
 */
export function createLog(level: LogLevel, write: (line: string) => void, now: () => Date): Log {
  const settings = {
    level,
    base: null,
    timestamp: () => `,"at":"${now().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }), log: allowed },
  }
  const lines = pino(settings, { write: (line: string) => write(line.trimEnd()) })
  return {
    debug: (event, facts = {}) => lines.debug({ event, ...facts }),
    info: (event, facts = {}) => lines.info({ event, ...facts }),
    warn: (event, facts = {}) => lines.warn({ event, ...facts }),
    error: (event, error, facts = {}) => lines.error({ event, ...facts, ...describe(error) }),
  }
}

const allowed = (facts: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(facts).map(([key, value]) => [
      key,
      FORBIDDEN_KEY.test(key) ? '[redacted]' : value,
    ]),
  )

/**
 * Stack frames tell where; the messages of database errors can carry values, so only the first line
 * is kept.
 */
function describe(error: unknown): Facts {
  if (!(error instanceof Error)) return { error: typeof error }
  const cause = error.cause instanceof Error ? redact(error.cause.message) : null
  const frames = (error.stack ?? '').split('\n').filter((frame) => frame.trim().startsWith('at '))
  return {
    error: error.constructor.name,
    message: redact(error.message),
    cause,
    stack: frames.slice(0, 4).join(' <'),
  }
}

function redact(message: string): string {
  const last = message.trim().split('\n').at(-1) ?? ''
  return last.replace(SECRET_VALUE, '[redacted]').slice(0, 300)
}
