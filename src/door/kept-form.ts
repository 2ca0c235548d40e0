import { z } from 'zod'
import type { Command, Context, ReadCommand, Result, WriteContext } from '../commands/command.ts'
import { UserError } from '../errors.ts'
import type { Incoming } from '../platform.ts'
import { findConnection } from '../store/access.ts'
import type { Tenant } from '../store/engine/transaction.ts'
import { lockGroup } from '../store/group.ts'
import { lockOrganisation } from '../store/organisation.ts'
import type { Form } from '../views/card.ts'
import { isKept, keptVersion, mergeKept } from './merge.ts'
import { findCommand } from './registry.ts'

type Input = Incoming['input']

/** Opens what a read command opens; a form that shows what is kept carries what that is. */
export async function openKept(
  command: ReadCommand,
  context: Context,
  input: Input,
): Promise<Result> {
  // An organisation's settings may have changed in another process within half a minute.
  const fresh = command.access.who === 'admin' ? await refreshed(context) : context
  const result = await command.handle(fresh, input)
  const { reply } = result
  if (reply.type !== 'form' || !reply.form.merges) return result
  // Typed words fill its fields, and are not kept yet.
  const { text, ...bare } = input
  const plain = text === undefined ? reply : (await command.handle(fresh, bare)).reply
  if (plain.type !== 'form') return result
  return {
    ...result,
    reply: { ...reply, form: { ...reply.form, version: keptVersion(plain.form) } },
  }
}

/**
 * Such a form is compared and written one at a time: what it is about is locked. False: the form is
 * another one.
 */
export async function lockKept(
  tenant: Tenant,
  command: Command,
  { version, id }: Input,
): Promise<boolean> {
  if (!command.form || !isKept(version)) return false
  const groupId = z.uuid().safeParse(id)
  await (groupId.success ? lockGroup(tenant, groupId.data) : lockOrganisation(tenant))
  return true
}

/**
 * The fields of such a form that were touched, and the others as they are now. The organisation is
 * read anew: a process remembers it for half a minute. Throws UserError at fields that somebody
 * else has changed as well.
 */
export async function mergeSent(
  context: WriteContext,
  command: Command,
  input: Input,
): Promise<{ context: WriteContext; input: Input }> {
  const { version, values, id } = input
  const opens = command.form ? findCommand(command.form) : null
  if (!isKept(version) || !values || opens?.effect !== 'read') return { context, input }
  const fresh = await refreshed(context)
  const { reply } = await opens.handle(fresh, id === undefined ? {} : { id })
  if (reply.type !== 'form') return { context: fresh, input }
  // By now it shows something else, as a group's schedule does once there are two.
  if (!reply.form.merges) throw changedMeanwhile(context, reply.form)
  const merged = mergeKept(context.texts, version, values, reply.form)
  return { context: fresh, input: { ...input, values: merged } }
}

/** The same with the organisation as it is now. */
async function refreshed<C extends Context>(context: C): Promise<C> {
  const { platform, externalId } = context.connection
  const connection = await findConnection(context.tx, platform, externalId)
  return connection ? { ...context, organisation: connection.organisation } : context
}

function changedMeanwhile({ texts }: Context, { fields }: Form): UserError {
  const message = texts.t('form.meanwhile')
  return new UserError(message, { [fields[0]?.name ?? '']: message }, { isAnew: true })
}
