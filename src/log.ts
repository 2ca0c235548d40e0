import { LRUCache } from 'lru-cache'
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

/** Lines of one trouble in a minute; how many more there were stands on the next one. */
const MOST_A_MINUTE = 20
const MINUTE_MS = 60_000
/** Troubles that are told apart at a time. */
const MOST_TROUBLES = 500

/**
 * JSON lines to `write`, without their line end. Error causes are included, their messages redacted
 * and cut. A trouble that goes on says so a few times a minute: a store that is away must not fill
 * a disk.
 */
export function createLog(level: LogLevel, write: (line: string) => void, now: () => Date): Log {
  const settings = {
    level,
    base: null,
    timestamp: () => `,"at":"${now().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }), log: allowed },
  }
  const lines = pino(settings, { write: (line: string) => write(line.trimEnd()) })
  const bound = createBound(now)
  return {
    debug: (event, facts = {}) => lines.debug({ event, ...facts }),
    info: (event, facts = {}) => lines.info({ event, ...facts }),
    warn(event, facts = {}) {
      bound(`${event} ${facts.reason ?? ''}`, (more) => lines.warn({ event, ...facts, ...more }))
    },
    error(event, error, facts = {}) {
      const described = describe(error)
      const trouble = `${event} ${described.error} ${described.message}`
      bound(trouble, (more) => lines.error({ event, ...facts, ...described, ...more }))
    },
  }
}

/** Lets so many lines of a trouble through in a minute; `more` has how many it did not. */
function createBound(now: () => Date) {
  const told = new LRUCache<string, { since: number; lines: number }>({ max: MOST_TROUBLES })
  return (trouble: string, tell: (more: { unsaid?: number }) => void): void => {
    const at = now().getTime()
    const known = told.get(trouble)
    // A clock that was set back must not silence it.
    const isFresh = !known || Math.abs(at - known.since) >= MINUTE_MS
    const lines = isFresh ? 1 : known.lines + 1
    told.set(trouble, { since: isFresh ? at : known.since, lines })
    const unsaid = isFresh && known ? Math.max(0, known.lines - MOST_A_MINUTE) : 0
    if (lines <= MOST_A_MINUTE) tell(unsaid > 0 ? { unsaid } : {})
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
  if (!(error instanceof Error)) return { error: typeof error, message: saidBy(error) }
  const cause = error.cause instanceof Error ? redact(error.cause.message) : null
  const frames = (error.stack ?? '').split('\n').filter((frame) => frame.trim().startsWith('at '))
  return {
    error: error.constructor.name,
    message: redact(error.message),
    cause,
    stack: frames.slice(0, 4).join(' <'),
  }
}

/** Some libraries throw, or tell of, plain objects with a message. */
function saidBy(error: unknown): string | null {
  const { message } = (error ?? {}) as { message?: unknown }
  return typeof message === 'string' ? redact(message) : null
}

function redact(message: string): string {
  const last = message.trim().split('\n').at(-1) ?? ''
  return last.replace(SECRET_VALUE, '[redacted]').slice(0, 300)
}
