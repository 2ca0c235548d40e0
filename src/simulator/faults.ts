import type { Answer } from './server.ts'

/** A failure for the next call that matches: before the platform acts, or after. */
export type Fault = {
  /**
   * Slack's method, or the connector's verb and path (`POST /v3/conversations`). Left out: whatever
   * comes next.
   */
  method?: string
  /** Slack: the conversation, or the person, that the call is about. */
  channel?: string
  status?: number
  /** Slack's own word for a refusal, in an answer of status 200; Teams' code beside a status. */
  error?: string
  /** Seconds. A 429 without it names no time. */
  retryAfter?: number
  isAfterActing?: boolean
  /** The answer of a proxy on the way, in the platform's place: a page, or nothing. */
  page?: string
  /** Where a redirect leads. */
  location?: string
  /** No answer at all: the connection is reset, or nothing ever comes. */
  cut?: 'reset' | 'hang'
}

export type Faults = {
  failNext(fault: Fault): void
  /** Takes the fault that a call meets; null when none waits for it. */
  take(method: string, channel?: unknown): Fault | null
}

export function createFaults(): Faults {
  const waiting: Fault[] = []
  return {
    failNext: (fault) => {
      waiting.push(fault)
    },
    take(method, channel) {
      const index = waiting.findIndex(
        (fault) =>
          (fault.method === undefined || method.startsWith(fault.method)) &&
          (fault.channel === undefined || fault.channel === channel),
      )
      return index === -1 ? null : (waiting.splice(index, 1)[0] ?? null)
    },
  }
}

/**
 * Lets a call meet its fault: `act` runs unless the fault comes first, `fail` says it in the
 * platform's words.
 */
export function meet(
  fault: Fault | null,
  act: () => Answer,
  fail: (status: number, error?: string) => unknown,
): Answer {
  if (!fault) return act()
  if (fault.isAfterActing) act()
  const status = fault.status ?? 500
  const headers: Record<string, string> = {
    ...(fault.retryAfter === undefined ? {} : { 'retry-after': String(fault.retryAfter) }),
    ...(fault.location === undefined ? {} : { location: fault.location }),
  }
  return {
    status,
    body: fault.page === undefined ? fail(status, fault.error) : null,
    headers,
    ...(fault.page === undefined ? {} : { page: fault.page }),
    ...(fault.cut ? { cut: fault.cut } : {}),
  }
}
