/**
 * A person's mistake or a rule they met: the text tells them what to do next. `fields` names form
 * fields.
 */
export class UserError extends Error {
  override readonly name = 'UserError'
  readonly fields: Readonly<Record<string, string>>
  /**
   * The form that met it must not be sent again: it was made of something that has changed since.
   */
  readonly endsForm: boolean
  /** The form is shown with what is kept by now; sent again, it counts. */
  readonly isAnew: boolean
  constructor(
    message: string,
    fields: Record<string, string> = {},
    { endsForm = false, isAnew = false } = {},
  ) {
    super(message)
    this.fields = fields
    this.endsForm = endsForm
    this.isAnew = isAnew
  }
}

/** The store was not free in time. Nothing was written, and it may be tried again. */
export class BusyError extends Error {
  override readonly name = 'BusyError'
}

/** Nobody waited any longer; whether it was done in the end is not known. */
export class LateError extends Error {
  override readonly name = 'LateError'
}

const BEFORE_SENDING =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT)$/

/**
 * Whether a call failed before a connection was there, by the codes that Node and undici give on
 * the way down.
 */
export function neverLeft(error: unknown): boolean {
  for (let cause: unknown = error, depth = 0; cause instanceof Error && depth < 6; depth += 1) {
    const { code, original, cause: next } = cause as Error & { code?: unknown; original?: unknown }
    if (typeof code === 'string' && BEFORE_SENDING.test(code)) return true
    cause = original ?? next
  }
  return false
}

/** The operator's set-up is wrong: start refuses, in words that name the setting. */
export class SetupError extends Error {
  override readonly name = 'SetupError'
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
