import { createHash, randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { Content, Texts } from '../content/load.ts'
import { isAllowed, rolesNamed } from '../domain/access.ts'
import { UserError } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Incoming } from '../platform.ts'
import {
  type Actor,
  type ConnectionRow,
  ensureActor,
  findActor,
  findConnection,
  getOrganisation,
  listMemberships,
  takeReceipt,
} from '../store/access.ts'
import { appendAudit } from '../store/audit.ts'
import { findCheckIn } from '../store/checkin.ts'
import type { Database, Tx } from '../store/database.ts'
import { findRole, getGroup } from '../store/group.ts'
import { planOccurrences } from '../store/occurrence.ts'
import { planDeliveries, reviveWelcomes } from '../store/outbox.ts'
import type { Queue } from '../store/queue.ts'
import type { Card, Field, Form, Reply } from '../views/card.ts'
import { pickerCard } from '../views/help.ts'
import { opener, problem } from '../views/notice.ts'
import type { Command, Context, Effects, Result, Step, Vault } from './command.ts'
import { isSameAlias } from './group.ts'
import { echo } from './input.ts'
import { findCommand, parseTyped, TYPED_VERBS } from './registry.ts'

export type Clock = {
  /** The product clock: decides what is due. */
  now(): Date
  /** The wall clock: leases, waits, signatures. */
  wall(): Date
}

/** What the door needs. `onDone` hears of traced verbs only. */
export type Door = {
  database: Database
  queue: Queue
  clock: Clock
  content: Content
  vault: Vault
  log: Log
  newId?: () => string
  onDone?: (facts: { platform: string; verb: string; outcome: 'ok' | 'refused' | 'failed'; ms: number }) => void
}

/**
 * The one door for what people do: finds out who it is, checks the rule, runs the verb in one transaction with what it
 * causes, and turns every failure into words. Null means that nothing is to be said (a repeated request).
 */
export async function run(door: Door, incoming: Incoming): Promise<Reply | null> {
  const startedAt = performance.now()
  let texts = door.content.textsFor(incoming.sender.language ?? null)
  let command: Command | null = null
  const done = (outcome: 'ok' | 'refused' | 'failed') => {
    if (command && !command.isUntraced)
      door.onDone?.({ platform: incoming.platform, verb: command.verb, outcome, ms: performance.now() - startedAt })
  }
  try {
    const resolved = resolve(texts, incoming)
    command = resolved.command
    const { connection, actor } = await identify(door, texts, resolved.command, incoming)
    texts = door.content.textsFor(actor.language)
    const reply = await perform(door, resolved, { incoming, connection, actor, texts })
    done('ok')
    return reply
  } catch (error) {
    if (error instanceof UserError || error instanceof z.ZodError) {
      done('refused')
      return await refusal(door, texts, command, incoming, error)
    }
    done('failed')
    return failure(door, texts, command, incoming, error)
  }
}

type Resolved = { command: Command; input: Incoming['input'] }

function resolve(texts: Texts, incoming: Incoming): Resolved {
  if (incoming.via !== 'typed') {
    const command = findCommand(incoming.verb)
    if (!command) throw new UserError(texts.t('error.notFound', { example: exampleOn(incoming.platform, 'help') }))
    return { command, input: incoming.input }
  }
  const line = incoming.input.text ?? ''
  const typed = parseTyped(line)
  if (!typed) {
    const example = exampleOn(incoming.platform, 'help')
    throw new UserError(texts.t('error.unknownCommand', { got: echo(line), known: TYPED_VERBS.join(', '), example }))
  }
  return { command: typed.command, input: typed.rest === '' ? {} : { text: typed.rest } }
}

const exampleOn = (platform: Incoming['platform'], command: string) =>
  platform === 'slack' ? `/group ${command}` : command

/** Who did it. First sight and new facts are kept, except around ballots: there not even that somebody came is written. */
async function identify(
  door: Door,
  texts: Texts,
  command: Command,
  incoming: Incoming,
): Promise<{ connection: ConnectionRow; actor: Actor }> {
  const { db } = door.database
  const connection = await findConnection(db, incoming.platform, incoming.workspaceId)
  if (!connection) throw new UserError(texts.t('error.notConnected'))
  if (command.isUntraced) {
    const actor = await findActor(db, connection, incoming.sender.externalId)
    if (!actor) throw new UserError(texts.t('error.notFound', { example: exampleOn(incoming.platform, 'help') }))
    return { connection, actor }
  }
  return { connection, actor: await meet(door, connection, incoming.sender) }
}

/** Makes somebody known, and sends what waited for their first chat. */
export async function meet(door: Door, connection: ConnectionRow, sender: Incoming['sender']): Promise<Actor> {
  const { actor, isNewlyReachable } = await ensureActor(door.database.db, connection, sender)
  if (isNewlyReachable) {
    await door.database.db.$transaction((tx) => reviveWelcomes(tx, door.queue, actor.organisationId, actor.personId))
  }
  return actor
}

type Person = Pick<Context, 'incoming' | 'connection' | 'actor' | 'texts'>

async function perform(door: Door, resolved: Resolved, person: Person): Promise<Reply | null> {
  const { command } = resolved
  const { incoming } = person
  const act = async (tx: Tx): Promise<Reply | null> => {
    if (command.effect === 'write' && !(await isFirst(tx, door, person))) return null
    const context = await enter(door, tx, resolved, person)
    if ('reply' in context) return context.reply
    if (command.opens && !incoming.canOpen) return { type: 'message', card: openerOf(command.opens, context, resolved) }
    const result = await command.handle(context, resolved.input)
    await apply(door, tx, person.actor, result)
    return result.reply
  }
  return command.effect === 'read' ? await act(door.database.db) : await door.database.db.$transaction(act)
}

/** The neutral card that leads to a form or a result; nothing has been shown yet, so nothing is recorded. */
function openerOf(what: 'form' | 'content', { texts, group, incoming }: Context, { command, input }: Resolved): Card {
  const id = incoming.input.id ?? group?.id ?? null
  return opener(texts, what, { verb: command.verb, id, ...(input.text ? { draft: input.text } : {}) })
}

/** Takes the request's receipt. A platform's retry, or an impatient second press, changes nothing. */
async function isFirst(tx: Tx, door: Door, { incoming, connection, actor }: Person): Promise<boolean> {
  const digest = createHash('sha256').update([incoming.platform, connection.id, incoming.requestId].join('\n')).digest()
  return await takeReceipt(tx, actor.organisationId, digest, door.clock.now())
}

/** Checks the rule with roles as they are now; gives the verb's context, or a reply when the group has to be chosen first. */
async function enter(door: Door, tx: Tx, resolved: Resolved, person: Person): Promise<Context | { reply: Reply }> {
  const { command } = resolved
  const { actor, texts, incoming } = person
  const { organisationId } = actor
  const memberships = await listMemberships(tx, organisationId, actor.personId)
  const isSupervisor = memberships.some(({ role }) => role === 'supervisor')
  let groupId: string | null = null
  if (command.access.who === 'group') {
    const choice = await chooseGroup(tx, resolved, person, memberships)
    if (typeof choice !== 'string') return { reply: choice }
    groupId = choice
  }
  const role = groupId ? await findRole(tx, organisationId, groupId, actor.personId) : null
  // Whoever has no place in a group does not learn that it exists.
  if (groupId && role === null)
    throw new UserError(texts.t('error.notFound', { example: exampleOn(incoming.platform, 'next') }))
  if (!isAllowed(command.access, { isStaff: actor.isStaff, isAdmin: actor.isAdmin, isSupervisor, roleInGroup: role }))
    throw notAllowed(texts, command)
  return {
    ...person,
    tx,
    now: door.clock.now(),
    content: door.content,
    vault: door.vault,
    newId: door.newId ?? randomUUID,
    organisation: await getOrganisation(tx, organisationId),
    group: groupId ? await getGroup(tx, organisationId, groupId) : null,
    role,
    example: (typed) => exampleOn(incoming.platform, typed),
  }
}

function notAllowed(texts: Texts, command: Command): UserError {
  const roles = rolesNamed(command.access).map((role) => texts.t(`role.${role}`))
  return new UserError(texts.t('error.notAllowed', { roles: roles.join(', ') }))
}

/** The group that a command is about: by id, by the alias typed, or the person's only one. Several: a card to choose. */
async function chooseGroup(
  tx: Tx,
  { command, input }: Resolved,
  person: Person,
  memberships: Awaited<ReturnType<typeof listMemberships>>,
): Promise<string | Reply> {
  const { texts, actor, incoming } = person
  const example = (typed: string) => exampleOn(incoming.platform, typed)
  const notFound = () => new UserError(texts.t('error.notFound', { example: example('next') }))
  if (input.id !== undefined) {
    const id = z.uuid().safeParse(input.id)
    if (!id.success) throw notFound()
    if (command.subject !== 'checkIn') return id.data
    const checkIn = await findCheckIn(tx, actor.organisationId, id.data)
    if (!checkIn) throw notFound()
    return checkIn.groupId
  }
  const access = command.access
  const fitting = memberships.filter(({ role }) => access.who === 'group' && access.roles.includes(role))
  if (memberships.length === 0) throw new UserError(texts.t('error.noGroup', { example: example('help') }))
  if (fitting.length === 0) throw notAllowed(texts, command)
  const named = input.text === undefined ? undefined : fitting.find(({ alias }) => isSameAlias(alias, input.text ?? ''))
  if (named) {
    delete input.text
    return named.groupId
  }
  if (input.text !== undefined && !command.takesText) {
    const known = fitting.map(({ alias }) => alias).join(', ')
    throw new UserError(
      texts.t('error.groupNotFound', {
        got: echo(input.text),
        known,
        example: example(`${command.verb} ${fitting[0]?.alias ?? ''}`),
      }),
    )
  }
  const only = fitting.length === 1 ? fitting[0] : undefined
  if (only) return only.groupId
  const choices = fitting.map(({ groupId, alias }) => ({ id: groupId, alias }))
  return { type: 'message', card: pickerCard(texts, command.verb, 'dialog', choices) }
}

async function apply(door: Door, tx: Tx, actor: Actor, result: Result): Promise<void> {
  await applyEffects(door, tx, actor.organisationId, result)
  const facts = (result.audit ?? []).map((fact) => ({ ...fact, actorId: actor.personId }))
  await appendAudit(tx, actor.organisationId, facts, door.clock.now())
}

async function applyEffects(door: Door, tx: Tx, organisationId: string, effects: Effects): Promise<void> {
  if (effects.occurrences?.length) await planOccurrences(tx, organisationId, effects.occurrences)
  if (effects.deliveries?.length)
    await planDeliveries(tx, door.queue, organisationId, effects.deliveries, door.clock.now(), door.clock.wall())
  if (effects.jobs?.length) await door.queue.enqueue(tx, effects.jobs)
}

/** A person's mistake, in words; on a form, beside the fields, with what they typed still there. */
async function refusal(
  door: Door,
  texts: Texts,
  command: Command | null,
  incoming: Incoming,
  error: UserError | z.ZodError,
): Promise<Reply> {
  const message =
    error instanceof UserError ? error.message : texts.t('error.input', { got: z.prettifyError(error).slice(0, 200) })
  const fields = error instanceof UserError ? error.fields : {}
  const card = problem(texts, message)
  if (incoming.via !== 'form') return { type: 'message', card }
  if (Object.keys(fields).length === 0) return { type: 'done', card }
  return { type: 'errors', message, fields, form: await reopen(door, command, incoming) }
}

/** The form again, filled with what was sent. Never a check-in's: answers are not shown back. */
async function reopen(door: Door, command: Command | null, incoming: Incoming): Promise<Form | null> {
  if (!command?.form || command.isUntraced) return null
  const input = incoming.input.id === undefined ? {} : { id: incoming.input.id }
  const reply = await run(door, { ...incoming, verb: command.form, via: 'button', canOpen: true, input })
  return reply?.type === 'form'
    ? { ...reply.form, fields: reply.form.fields.map((field) => refill(field, incoming)) }
    : null
}

function refill(field: Field, incoming: Incoming): Field {
  const value = incoming.input.values?.[field.name]
  if (field.type === 'people')
    return Array.isArray(value) ? { ...field, value: value.map((ref) => ref.externalId) } : field
  return typeof value === 'string' ? { ...field, value } : field
}

/** Ours, not theirs: logged with its cause under a code that the person can name. Past the deadline: nothing was done. */
function failure(door: Door, texts: Texts, command: Command | null, incoming: Incoming, error: unknown): Reply {
  const code = randomUUID().slice(0, 8)
  const isLate = isTransactionTimeout(error)
  if (!command?.isUntraced)
    door.log.error('command.failed', error, { verb: command?.verb ?? 'unknown', platform: incoming.platform, code })
  // Around ballots only what broke is logged, without when in the request or for whom.
  else door.log.error('command.failed', error, { verb: 'untraced', code })
  const card: Card = problem(texts, isLate ? texts.t('error.busy') : texts.t('error.generic', { code }))
  return incoming.via === 'form' ? { type: 'done', card } : { type: 'message', card }
}

/** Prisma's code for a transaction that ran out of time; it is rolled back. */
function isTransactionTimeout(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'P2028'
}

/** One step of a job, in a transaction of its own with what it causes. May be repeated. */
export async function runStep<I, O>(door: Door, step: Step<I, O>, organisationId: string, input: I): Promise<O> {
  return await door.database.db.$transaction(async (tx) => {
    const base = {
      tx,
      now: door.clock.now(),
      content: door.content,
      vault: door.vault,
      newId: door.newId ?? randomUUID,
      organisationId,
    }
    const { result, ...effects } = await step.run(base, input)
    await applyEffects(door, tx, organisationId, effects)
    return result
  })
}
