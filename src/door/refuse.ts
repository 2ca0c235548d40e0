import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { z } from 'zod'
import type { Command } from '../commands/command.ts'
import type { Services } from '../commands/services.ts'
import type { Texts } from '../content/load.ts'
import { BusyError, LateError, UserError } from '../errors.ts'
import type { Incoming } from '../platform.ts'
import type { Field, Form, Reply } from '../views/card.ts'
import { type HelpNow, problem } from '../views/notice.ts'
import { isUntouched, printsOf } from './merge.ts'

/**
 * A request that came to nothing, as far as it got. `again` does what a request asks, to open a
 * form again.
 */
export type Unserved = {
  again(incoming: Incoming): Promise<Reply | null>
  texts: Texts
  command: Command | null
  incoming: Incoming
  /** The help that fits them, as far as it is known who it is. */
  help: HelpNow
}

/** A person's mistake, in words; on a form, beside the fields, with what they typed still there. */
export async function refusal(request: Unserved, error: UserError | z.ZodError): Promise<Reply> {
  const { texts, incoming, help } = request
  const message =
    error instanceof UserError
      ? error.message
      : texts.t('error.input', { got: z.prettifyError(error).slice(0, 200) })
  if (error instanceof UserError && error.endsForm && incoming.via === 'form')
    return { type: 'done', card: problem(texts, message, help) }
  if (!(error instanceof UserError)) return await said(request, message, {})
  const reply = await said(request, message, error.fields)
  return reply.type === 'errors' && error.isAnew ? { ...reply, isAnew: true } : reply
}

/**
 * The words where the person is looking. A form stays open with what was typed in it; words about
 * none of its fields stand at the first. A check-in's form is replaced by them: nothing of it can
 * be mended.
 */
async function said(
  request: Unserved,
  message: string,
  fields: Readonly<Record<string, string>>,
): Promise<Reply> {
  const { texts, incoming, help } = request
  const card = problem(texts, message, help)
  if (incoming.via !== 'form') return { type: 'card', card }
  const form = request.command?.isUntraced ? null : await reopen(request)
  const first = form?.fields[0]
  if (!form || !first) return { type: 'done', card }
  const isAboutFields = Object.keys(fields).length > 0
  return {
    type: 'errors',
    message,
    fields: isAboutFields ? fields : { [first.name]: message },
    form,
  }
}

/**
 * A form in which nothing is to be mended stays open with all that was chosen. Where the platform
 * does not keep it, it is drawn again from what was just sent, and what was sent is kept nowhere.
 */
async function keptOpen(
  request: Unserved,
  { platforms }: Pick<Services, 'platforms'>,
  message: string,
): Promise<Reply> {
  const { incoming } = request
  // Why it cannot be drawn is not logged: a line would say when somebody answered.
  const keepsForms = platforms.get(incoming.platform)?.keepsForms ?? false
  const again = keepsForms ? null : reopen(request).catch(() => null)
  const form = await Promise.race([again, wait(AGAIN_WITHIN_MS, null, { ref: false })])
  const [sent = ''] = Object.keys(incoming.input.values ?? {})
  const first = form?.fields[0]?.name ?? sent
  return { type: 'errors', message, fields: { [first]: message }, form, isKept: true }
}

/** A store that is still busy is not waited for: the form that stands open is left alone then. */
const AGAIN_WITHIN_MS = 2_000

/** The form again, filled with what was sent. */
async function reopen({ again, command, incoming }: Unserved): Promise<Form | null> {
  if (!command?.form) return null
  const input = incoming.input.id === undefined ? {} : { id: incoming.input.id }
  const reply = await again({
    ...incoming,
    verb: command.form,
    via: 'button',
    canOpen: true,
    input,
  })
  if (reply?.type !== 'form') return null
  const { key, version } = incoming.input
  const prints = printsOf(version)
  return {
    ...reply.form,
    // Nothing was done: it is still the same form.
    ...(key === undefined ? {} : { key }),
    fields: reply.form.fields.map((field) => refill(field, incoming, prints)),
  }
}

function refill(field: Field, incoming: Incoming, prints: ReadonlyMap<string, string>): Field {
  const value = incoming.input.values?.[field.name]
  // Left alone: it shows what is kept by now.
  if (isUntouched(prints, field, value)) return field
  if (field.type === 'people')
    return Array.isArray(value) ? { ...field, value: value.map((ref) => ref.externalId) } : field
  return typeof value === 'string' ? { ...field, value } : field
}

/**
 * Ours, not theirs: logged with its cause under a code that the person can name. Past the deadline:
 * nothing was done.
 */
export async function failure(
  request: Unserved,
  services: Pick<Services, 'log' | 'platforms'>,
  error: unknown,
): Promise<Reply> {
  const { texts, command, incoming } = request
  const code = randomUUID().slice(0, 8)
  const isUnsure = error instanceof LateError
  const isLate = isUnsure || isTransactionTimeout(error)
  // Around ballots a line would say when somebody came: only a fault of ours is worth that, never
  // an ordinary wait.
  const { log } = services
  if (!command?.isUntraced)
    log.error('command.failed', error, {
      verb: command?.verb ?? 'unknown',
      platform: incoming.platform,
      code,
    })
  else if (!isLate) log.error('command.failed', error, { verb: 'untraced' })
  const late = isUnsure ? texts.t('error.unsure') : texts.t('error.busy')
  const what = isLate ? late : texts.t('error.generic', { code })
  if (command?.isUntraced && incoming.via === 'form')
    return await keptOpen(request, services, isLate ? texts.t('error.sendAgain') : what)
  return await said(request, what, {})
}

/** The change met another one, or took too long, and was rolled back. */
function isTransactionTimeout(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if (error instanceof BusyError) return true
  // The driver's error has the server's code; the client's says it in its message. The message
  // itself may be in any language.
  const code = 'code' in error ? String(error.code) : ''
  return TIMEOUT_CODES.has(code) || /55P03|40P01|25006|lock timeout|deadlock/.test(error.message)
}
/**
 * Prisma: the transaction ran out of time or found no connection; it met a conflict. Postgres: a
 * lock was not had in time; two waited for each other; the server takes no changes for a moment.
 */
const TIMEOUT_CODES = new Set(['P2028', 'P2034', '55P03', '40P01', '25006'])
