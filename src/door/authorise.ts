import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { About, Command, Context, PlainCommand } from '../commands/command.ts'
import { namedBy } from '../commands/group.ts'
import type { Services } from '../commands/services.ts'
import { unread } from '../commands/unread.ts'
import type { Texts } from '../content/load.ts'
import { isAllowed, rolesNamed } from '../domain/access.ts'
import { DAY_MS, plus } from '../domain/time.ts'
import { exampleWith } from '../domain/verbs.ts'
import { ownZone } from '../domain/zone.ts'
import { UserError } from '../errors.ts'
import type { Incoming, Traits } from '../platform.ts'
import type { Actor } from '../store/access.ts'
import { findCheckIn } from '../store/checkin.ts'
import type { Reader, Tenant } from '../store/engine/transaction.ts'
import {
  findEndedMembership,
  findRemovedMembership,
  listMemberships,
  listSupervised,
  type Membership,
} from '../store/membership.ts'
import { findMessage } from '../store/message.ts'
import { findPlan } from '../store/plan.ts'
import { findSchedule } from '../store/schedule.ts'
import { findSessionDetails } from '../store/session.ts'
import { findWin } from '../store/win.ts'
import type { Reply } from '../views/card.ts'
import { pickerCard } from '../views/help.ts'
import { findCommand, parseTyped } from './registry.ts'

/** The verb that a request means, and what it was given. */
export type VerbCall<C extends Command = Command> = { command: C; input: Incoming['input'] }

/**
 * Finds the verb. A typed line that is none leads to one that gets nothing of it. Throws UserError
 * for a button that leads nowhere any more.
 */
export function readVerb(texts: Texts, { prefix }: Traits, incoming: Incoming): VerbCall {
  if (incoming.via !== 'typed') {
    const command = findCommand(incoming.verb)
    if (!command)
      throw new UserError(texts.t('error.notFound', { example: exampleWith(prefix)('help') }))
    return { command, input: incoming.input }
  }
  const line = incoming.input.text ?? ''
  const typed = parseTyped(line)
  const isUnread = !typed || (typed.command.isWholeLine && typed.rest !== '')
  if (isUnread) return { command: unread, input: {} }
  return { command: typed.command, input: typed.rest === '' ? {} : { text: typed.rest } }
}

export type Person = Pick<Context, 'incoming' | 'platform' | 'connection' | 'actor' | 'texts'> & {
  /** Nobody knew them before this request. */
  isNew: boolean
}

/**
 * The verb's context and what it was given besides its group; or a reply, when the group has to be
 * chosen first.
 */
type Authorised<Store> = { context: Context<Store>; input: Incoming['input'] } | { reply: Reply }

/** Checks the rule with roles as they are now. Throws UserError for whoever may not. */
export async function authorise<Store extends Reader>(
  services: Services,
  tx: Store,
  call: VerbCall<PlainCommand>,
  person: Person,
): Promise<Authorised<Store>> {
  const { command } = call
  const { actor, texts } = person
  const { organisationId, isStaff, isAdmin } = actor
  const tenant = { tx, organisationId }
  const memberships = command.isSameForAll ? [] : await listMemberships(tenant, actor.personId)
  const isSupervisor =
    memberships.some(({ role }) => role === 'supervisor') ||
    (command.access.who === 'supervisor' &&
      command.worksAfterEnd === true &&
      (await supervisedLately(services, tenant, actor)))
  const choice =
    command.access.who === 'group'
      ? await chooseGroup(tenant, call, person, memberships)
      : { place: null, about: null, input: call.input }
  if ('reply' in choice) return choice
  const { place, about, input } = choice
  const role = place?.role ?? null
  const isForAll = command.worksWithoutGroup && place === null
  if (
    !isForAll &&
    !isAllowed(command.access, { isStaff, isAdmin, isSupervisor, roleInGroup: role })
  )
    throw notAllowed(texts, command)
  const context: Context<Store> = {
    ...person,
    ...tenant,
    now: services.clock.now(),
    content: services.content,
    ballotKeys: services.ballotKeys,
    newId: services.newId ?? randomUUID,
    organisation: person.connection.organisation,
    memberships,
    zone: ownZone(actor.timeZone, memberships[0]?.timeZone ?? null),
    about,
    group: place,
    role,
    publicUrl: services.publicUrl,
    wall: services.clock.wall(),
    example: exampleWith(person.platform.prefix),
  }
  return { context, input }
}

/**
 * Whether a group that this person answered for has ended so lately that its last digest may still
 * be read.
 */
async function supervisedLately(
  services: Services,
  tenant: Tenant<Reader>,
  { personId }: Actor,
): Promise<boolean> {
  const now = services.clock.now()
  const window = { startsAt: plus(now, -READABLE_DAYS * DAY_MS), endsAt: now }
  return (await listSupervised(tenant, personId, window)).length > 0
}
/** A digest of two weeks, opened a week late. */
const READABLE_DAYS = 21

export function notAllowed(texts: Texts, command: Command): UserError {
  const roles = rolesNamed(command.access).map((role) => texts.t(`role.${role}`))
  // Nobody is shown a form again that they may not send.
  return new UserError(
    texts.t('error.notAllowed', { roles: roles.join(', ') }),
    {},
    { endsForm: true },
  )
}

/** Finds what an id names besides a group; null when there is none. */
async function findAbout(
  tenant: Tenant<Reader>,
  subject: About['subject'],
  id: string,
): Promise<About | null> {
  const found = <A extends About>(about: { [K in keyof A]: A[K] | null }) =>
    about.row === null ? null : (about as A)
  if (subject === 'checkIn') return found({ subject, row: await findCheckIn(tenant, id) })
  if (subject === 'plan') return found({ subject, row: await findPlan(tenant, id) })
  if (subject === 'session') return found({ subject, row: await findSessionDetails(tenant, id) })
  if (subject === 'schedule') return found({ subject, row: await findSchedule(tenant, id) })
  if (subject === 'message') return found({ subject, row: await findMessage(tenant, id) })
  return found({ subject, row: await findWin(tenant, id) })
}

/**
 * The group that a command is about, with the person's place in it, and what is left of what was
 * typed.
 */
type Choice =
  | { place: Membership | null; about: About | null; input: Incoming['input'] }
  | { reply: Reply }

/** By id, by the alias typed, or the person's only one. Several: a card to choose. */
async function chooseGroup(
  tenant: Tenant<Reader>,
  { command, input }: VerbCall,
  person: Person,
  memberships: readonly Membership[],
): Promise<Choice> {
  const { texts, actor, platform } = person
  const example = exampleWith(platform.prefix)
  // Somebody who has no place in a group does not learn that it exists.
  const notFound = () => new UserError(texts.t('error.notFound', { example: example('next') }))
  if (input.id !== undefined) {
    const id = z.uuid().safeParse(input.id)
    if (!id.success) throw notFound()
    const { subject = 'group' } = command
    const about = subject === 'group' ? null : await findAbout(tenant, subject, id.data)
    if (subject !== 'group' && !about) throw notFound()
    const groupId = about ? about.row.groupId : id.data
    const place =
      memberships.find((one) => one.id === groupId) ??
      (command.worksAfterEnd ? await findEndedMembership(tenant, groupId, actor.personId) : null) ??
      (command.worksAfterRemoval
        ? await findRemovedMembership(tenant, groupId, actor.personId)
        : null)
    if (!place && command.worksWithoutGroup) return { place: null, about: null, input: {} }
    if (!place) throw notFound()
    return { place, about, input }
  }
  const access = command.access
  const fitting = memberships.filter(
    ({ role }) => access.who === 'group' && access.roles.includes(role),
  )
  // Staff see all that waits for them at once, in whatever groups.
  const isForStaff = fitting.every((one) => one.role !== 'member')
  if (command.worksWithoutGroup && (fitting.length === 0 || (fitting.length > 1 && isForStaff)))
    return { place: null, about: null, input: {} }
  if (memberships.length === 0)
    throw new UserError(texts.t('error.noGroup', { example: example('help') }))
  if (fitting.length === 0) throw notAllowed(texts, command)
  const named = input.text === undefined ? [] : namedBy(fitting, input.text)
  const [one] = named
  // The text named the group; nothing of it is left for the verb.
  if (one && named.length === 1) return { place: one, about: null, input: {} }
  if (one) return choosing(texts, command, named)
  if (input.text !== undefined && !command.takesText) {
    const known = fitting.map(({ alias }) => alias).join(', ')
    const typed = example(command.verb, fitting[0]?.alias)
    throw new UserError(texts.t('error.groupNotFound', { known, example: typed }))
  }
  const only = fitting.length === 1 ? fitting[0] : undefined
  if (only) return { place: only, about: null, input }
  return choosing(texts, command, fitting, command.ignoresText ? undefined : input.text)
}

/** Asks which of several groups is meant. */
const choosing = (
  texts: Texts,
  { verb }: Command,
  places: readonly Membership[],
  draft?: string,
): { reply: Reply } => {
  const groups = places.map(({ id, alias }) => ({ id, alias }))
  return { reply: { type: 'card', card: pickerCard(texts, { verb, draft, groups }) } }
}
