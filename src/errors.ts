/** A person's mistake or a rule they met: the text tells them what to do next. `fields` names form fields. */
export class UserError extends Error {
  override readonly name = 'UserError'
  readonly fields: Readonly<Record<string, string>>
  constructor(message: string, fields: Record<string, string> = {}) {
    super(message)
    this.fields = fields
  }
}

/**
 * A platform refused or did not answer. `retryAfterMs` is what it asked for; `isGone` means that trying again cannot
 * help (the person blocked the app, the account was closed); `isWorkspace` that nothing gets through there (a token was
 * taken back); `isUnknown` that it may have acted before failing.
 */
export class PlatformError extends Error {
  override readonly name = 'PlatformError'
  readonly retryAfterMs: number | null
  readonly isGone: boolean
  readonly isWorkspace: boolean
  readonly isUnknown: boolean
  constructor(
    message: string,
    facts: {
      retryAfterMs?: number
      isGone?: boolean
      isWorkspace?: boolean
      isUnknown?: boolean
      cause?: unknown
    } = {},
  ) {
    super(message, { cause: facts.cause })
    this.retryAfterMs = facts.retryAfterMs ?? null
    this.isGone = facts.isGone ?? false
    this.isWorkspace = facts.isWorkspace ?? false
    this.isUnknown = facts.isUnknown ?? false
  }
}

/** The operator's set-up is wrong: start refuses, in words that name the setting. */
export class SetupError extends Error {
  override readonly name = 'SetupError'
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
