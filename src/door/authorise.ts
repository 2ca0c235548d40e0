import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { Command, Context, PlainCommand } from '../commands/command.ts'
import { isSameAlias } from '../commands/group.ts'
import { echo } from '../commands/input.ts'
import type { Services } from '../commands/services.ts'
import type { Texts } from '../content/load.ts'
import { isAllowed, rolesNamed } from '../domain/access.ts'
import { DAY_MS, plus } from '../domain/time.ts'
import { UserError } from '../errors.ts'
import type { Incoming } from '../platform.ts'
import {
  type Actor,
  type ConnectionRow,
  ensureActor,
  findActor,
  findConnection,
  listMemberships,
  listSupervised,
} from '../store/access.ts'
import { findCheckIn } from '../store/checkin.ts'
import type { Tx } from '../store/engine/database.ts'
import type { Raw } from '../store/engine/sql.ts'
import { getGroup } from '../store/group.ts'
import { findMessage } from '../store/message.ts'
import { reviveWelcomes } from '../store/outbox.ts'
import { findPlan } from '../store/plan.ts'
import { findRole } from '../store/roster.ts'
import { findSession } from '../store/session.ts'
import { findWin } from '../store/win.ts'
import type { Reply } from '../views/card.ts'
import { pickerCard } from '../views/help.ts'
import { findCommand, parseTyped, TYPED_VERBS } from './registry.ts'

/** The verb that a request means, and what it was given. */
export type Resolved<C extends Command = Command> = { command: C; input: Incoming['input'] }

/** Finds the verb. Throws UserError that says what can be typed. */
export function resolve(texts: Texts, incoming: Incoming): Resolved {
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

/** A command as it is typed on a platform. */
export const exampleOn = (platform: Incoming['platform'], command: string) =>
  platform === 'slack' ? `/group ${command}` : command

/** Who did it. First sight and new facts are kept, except around ballots: there not even that somebody came is written. */
export async function identify(
  services: Services,
  texts: Texts,
  command: Command,
  incoming: Incoming,
): Promise<{ connection: ConnectionRow; actor: Actor }> {
  const { db, ask } = services.database
  const known = command.isSameForAll ? services.identityCache.find(incoming) : null
  if (known) return known
  const { platform, workspaceId } = incoming
  const connection = await services.identityCache.connection(incoming, () => findConnection(db, platform, workspaceId))
  if (!connection) throw new UserError(texts.t('error.notConnected'))
  if (command.isUntraced) {
    const actor = await findActor(ask, connection, incoming.sender.externalId)
    if (!actor) throw new UserError(texts.t('error.notFound', { example: exampleOn(incoming.platform, 'help') }))
    return { connection, actor }
  }
  const who = { connection, actor: await meet(services, connection, incoming.sender) }
  if (command.isSameForAll) services.identityCache.keep(incoming, who)
  return who
}

/** Makes somebody known, and sends what waited for their first chat. */
export async function meet(services: Services, connection: ConnectionRow, sender: Incoming['sender']): Promise<Actor> {
  const { actor, isNewlyReachable } = await ensureActor(
    services.database.db,
    connection,
    sender,
    true,
    services.database.ask,
  )
  if (isNewlyReachable) {
    await services.database.db.$transaction((tx) =>
      reviveWelcomes(tx, services.queue, actor.organisationId, actor.personId, services.clock.now()),
    )
  }
  return actor
}

export type Person = Pick<Context, 'incoming' | 'connection' | 'actor' | 'texts'>

/** The verb's context and what it was given besides its group; or a reply, when the group has to be chosen first. */
type Authorised = { context: Context; input: Incoming['input'] } | { reply: Reply }

/** Checks the rule with roles as they are now. Throws UserError for whoever may not. */
export async function authorise(
  services: Services,
  tx: Tx,
  resolved: Resolved<PlainCommand>,
  person: Person,
): Promise<Authorised> {
  const { command } = resolved
  let { input } = resolved
  const { actor, texts, incoming } = person
  const { organisationId } = actor
  // A verb that only reads has no transaction to be part of.
  const asked = command.effect === 'read' ? services.database.ask : tx
  const memberships = command.isSameForAll ? [] : await listMemberships(asked, organisationId, actor.personId)
  const isSupervisor =
    memberships.some(({ role }) => role === 'supervisor') ||
    (command.access.who === 'supervisor' &&
      command.worksAfterEnd === true &&
      (await supervisedLately(services, asked, actor)))
  let groupId: string | null = null
  if (command.access.who === 'group') {
    const choice = await chooseGroup(tx, resolved, person, memberships)
    if ('reply' in choice) return choice
    groupId = choice.groupId
    input = choice.input
  }
  const role = groupId
    ? await findRole(tx, organisationId, groupId, actor.personId, command.worksAfterEnd ?? false)
    : null
  // Whoever has no place in a group does not learn that it exists.
  if (groupId && role === null)
    throw new UserError(texts.t('error.notFound', { example: exampleOn(incoming.platform, 'next') }))
  if (!isAllowed(command.access, { isStaff: actor.isStaff, isAdmin: actor.isAdmin, isSupervisor, roleInGroup: role }))
    throw notAllowed(texts, command)
  const context: Context = {
    ...person,
    tx,
    now: services.clock.now(),
    content: services.content,
    ballotKeys: services.ballotKeys,
    newId: services.newId ?? randomUUID,
    organisation: person.connection.organisation,
    memberships,
    group: groupId ? await getGroup(tx, organisationId, groupId) : null,
    role,
    publicUrl: services.publicUrl,
    wall: services.clock.wall(),
    example: (typed) => exampleOn(incoming.platform, typed),
  }
  return { context, input }
}

/** Whether a group that this person answered for has ended so lately that its last digest may still be read. */
async function supervisedLately(services: Services, asked: Raw, { organisationId, personId }: Actor): Promise<boolean> {
  const now = services.clock.now()
  const window = { startsAt: plus(now, -READABLE_DAYS * DAY_MS), endsAt: now }
  return (await listSupervised(asked, organisationId, personId, window)).length > 0
}
/** A digest of two weeks, opened a week late. */
const READABLE_DAYS = 21

export function notAllowed(texts: Texts, command: Command): UserError {
  const roles = rolesNamed(command.access).map((role) => texts.t(`role.${role}`))
  // Nobody is shown a form again that they may not send.
  return new UserError(texts.t('error.notAllowed', { roles: roles.join(', ') }), {}, { endsForm: true })
}

/** What an id can name besides a group. */
const FIND = { checkIn: findCheckIn, plan: findPlan, session: findSession, message: findMessage, win: findWin }

/** The group that a command is about: by id, by the alias typed, or the person's only one. Several: a card to choose. */
async function chooseGroup(
  tx: Tx,
  { command, input }: Resolved,
  person: Person,
  memberships: Awaited<ReturnType<typeof listMemberships>>,
): Promise<{ groupId: string; input: Incoming['input'] } | { reply: Reply }> {
  const { texts, actor, incoming } = person
  const example = (typed: string) => exampleOn(incoming.platform, typed)
  const notFound = () => new UserError(texts.t('error.notFound', { example: example('next') }))
  if (input.id !== undefined) {
    const id = z.uuid().safeParse(input.id)
    if (!id.success) throw notFound()
    if (command.subject === undefined || command.subject === 'group') return { groupId: id.data, input }
    const about = await FIND[command.subject](tx, actor.organisationId, id.data)
    if (!about) throw notFound()
    return { groupId: about.groupId, input }
  }
  const access = command.access
  const fitting = memberships.filter(({ role }) => access.who === 'group' && access.roles.includes(role))
  if (memberships.length === 0) throw new UserError(texts.t('error.noGroup', { example: example('help') }))
  if (fitting.length === 0) throw notAllowed(texts, command)
  const named = input.text === undefined ? undefined : fitting.find(({ alias }) => isSameAlias(alias, input.text ?? ''))
  // The text named the group; nothing of it is left for the verb.
  if (named) return { groupId: named.groupId, input: {} }
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
  if (only) return { groupId: only.groupId, input }
  const choices = fitting.map(({ groupId, alias }) => ({ id: groupId, alias }))
  return {
    reply: { type: 'message', card: pickerCard(texts, { verb: command.verb, draft: input.text, groups: choices }) },
  }
}
