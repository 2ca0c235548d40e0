import { createHash } from 'node:crypto'
import type { Role } from '../domain/access.ts'
import { DEFAULT_DIGEST, nextDigestAt } from '../domain/digest.ts'
import type { OccurrencePlan } from '../domain/occurrence.ts'
import { UserError } from '../errors.ts'
import { addDigestPlans } from '../store/digest.ts'
import { forgetPeople } from '../store/forget.ts'
import { type GroupRow, lockGroup } from '../store/group.ts'
import { ensurePeopleByField, listKnown } from '../store/people.ts'
import { changeRoster, listRoster, type RosterRow } from '../store/roster.ts'
import { rosterDone, rosterForm } from '../views/roster.ts'
import { type Context, command, groupOf, type WriteContext } from './command.ts'
import { lookAgain, raisePast, together } from './contact-path.ts'
import { formInput, groupInput, peopleValue } from './input.ts'
import { isUnreached, nameIn } from './problems.ts'
import { leaveBehind } from './removed.ts'
import { checkRoster, refuseHelpers, refuseLateJoiners } from './roster-checks.ts'

export const roster = command({
  verb: 'roster',
  opens: 'form',
  isTyped: true,
  access: { who: 'group', roles: ['facilitator', 'supervisor'] },
  subject: 'group',
  effect: 'read',
  input: groupInput,
  run: async (context) => {
    const { texts, connection } = context
    const group = groupOf(context)
    const entries = await listRoster(context, group.id)
    refuseSupervisor(context, entries)
    const here = entries.filter((entry) => entry.connectionId === connection.id)
    const ids = (role: Role) =>
      here.filter((entry) => entry.role === role).map((entry) => entry.externalId)
    const chosen = {
      members: ids('member'),
      facilitators: ids('facilitator'),
      supervisors: ids('supervisor'),
    }
    const unreachable = entries.filter(isUnreached).map(nameIn(context))
    const form = rosterForm(texts, group.id, chosen, { unreachable, version: versionOf(entries) })
    return { reply: { type: 'form', form } }
  },
})

/**
 * Tells one roster from another: a form that was opened before somebody left must not bring them
 * back.
 */
function versionOf(entries: readonly RosterRow[]): string {
  const places = entries.map(({ personId, role }) => `${personId} ${role}`).sort()
  return createHash('sha256').update(places.join('\n')).digest('base64url').slice(0, VERSION_CHARS)
}
const VERSION_CHARS = 16

/**
 * The roster is the facilitators'; a supervisor steps in only where no facilitator has an account
 * any more.
 */
function refuseSupervisor({ role, texts }: Context, entries: readonly RosterRow[]): void {
  if (
    role === 'facilitator' ||
    !entries.some((entry) => entry.role === 'facilitator' && !isUnreached(entry))
  )
    return
  throw new UserError(texts.t('error.notAllowed', { roles: texts.t('role.facilitator') }))
}

/**
 * Makes the chosen people the group's, as far as they are on this connection; others stay as they
 * are.
 */
export const rosterSubmit = command({
  verb: 'roster.submit',
  isTyped: false,
  access: { who: 'group', roles: ['facilitator', 'supervisor'] },
  subject: 'group',
  effect: 'write',
  form: 'roster',
  input: formInput,
  run: async (context, { values, version }) => {
    const { tx, texts, connection, platform, now, newId } = context
    const group = groupOf(context)
    await lockGroup(context, group.id)
    const before = await listRoster(context, group.id)
    if (version !== undefined && version !== versionOf(before))
      throw new UserError(texts.t('roster.stale'), {}, { endsForm: true })
    const named = {
      member: peopleValue(texts, values, 'members'),
      facilitator: peopleValue(texts, values, 'facilitators'),
      supervisor: peopleValue(texts, values, 'supervisors'),
    }
    const chosen = await ensurePeopleByField(tx, connection, named, newId)
    refuseSupervisor(context, before)
    const elsewhere = before.filter((entry) => entry.connectionId !== connection.id)
    checkRoster(
      texts,
      chosen,
      elsewhere.filter((entry) => entry.role === 'facilitator').length,
      elsewhere.filter((entry) => entry.role === 'member').length,
    )
    const after = (['member', 'facilitator', 'supervisor'] as const).flatMap((role) =>
      chosen[role].map(({ personId }) => ({ personId, role })),
    )
    const here = before.filter((entry) => entry.connectionId === connection.id)
    const remove = here.filter(
      (old) => !after.some((entry) => entry.personId === old.personId && entry.role === old.role),
    )
    const add = after.filter(
      (entry) => !here.some((old) => old.personId === entry.personId && old.role === entry.role),
    )
    await refuseLateJoiners(context, group, chosen.member, before)
    refuseHelpers(context, group, chosen.member)
    const members = (entries: readonly { role: Role }[]) =>
      entries.filter((entry) => entry.role === 'member').length
    const change = {
      add,
      remove: remove.map((entry) => entry.personId),
      memberChanges: members(add) + members(remove),
    }
    await changeRoster(context, group.id, change, now)
    const added = add.filter((entry) => entry.role === 'member').map((entry) => entry.personId)
    const isBack = (id: string) => add.some(({ personId }) => personId === id)
    const gone = remove.filter(({ personId }) => !isBack(personId))
    const goneMembers = gone.filter(({ role }) => role === 'member').map((entry) => entry.personId)
    await leaveBehind(context, group.id, { added, goneMembers })
    const goneStaff = gone.filter(({ role }) => role !== 'member').map(({ personId }) => personId)
    await forgetPeople(context, goneStaff)
    const newStaff = add.filter((entry) => entry.role !== 'member').map((entry) => entry.personId)
    const isOther = (id: string) => id !== context.actor.personId
    const contacts = together([
      await raisePast(context, group.id, goneMembers),
      await lookAgain(context, [group.id]),
    ])
    const facts = {
      id: group.id,
      alias: group.alias,
      members: chosen.member.length + members(elsewhere),
      welcomed: added.length,
      unreachable: platform.reachesUnseen
        ? 0
        : chosen.member.filter((person) => !person.hasAddress).length,
    }
    return {
      reply: { type: 'done', card: rosterDone(texts, facts) },
      deliveries: [
        ...(contacts.deliveries ?? []),
        ...[...newStaff.filter(isOther), ...(await stillKnown(context, goneStaff))].map(
          (personId) => toldOf('role-changed', group, personId, newId()),
        ),
        ...added.map((personId) => toldOf('welcome', group, personId)),
        ...goneMembers.map((personId) => toldOf('removed', group, personId)),
      ],
      occurrences: [
        ...(contacts.occurrences ?? []),
        ...(await newDigests(
          context,
          group.timeZone,
          add.filter((entry) => entry.role === 'supervisor').map((entry) => entry.personId),
        )),
      ],
      audit: [
        ...(contacts.audit ?? []),
        ...add.map((entry) => ({
          action: `roster.added.${entry.role}`,
          subjectId: entry.personId,
          isPerson: true,
        })),
        ...remove.map((entry) => ({
          action: `roster.removed.${entry.role}`,
          subjectId: entry.personId,
          isPerson: true,
        })),
      ],
    }
  },
})

const toldOf = (
  kind: 'welcome' | 'removed' | 'role-changed',
  group: GroupRow,
  personId: string,
  change: string | number = group.rosterChanges,
) => ({
  key: `${kind} ${group.id} ${change}`,
  kind,
  personId,
  groupId: group.id,
})

/** Staff whose part changes are told, but not by themselves: nobody removes oversight silently. */
async function stillKnown(context: WriteContext, personIds: readonly string[]): Promise<string[]> {
  const others = personIds.filter((id) => id !== context.actor.personId)
  return others.length === 0 ? [] : await listKnown(context, others)
}

/**
 * A first-time supervisor gets a weekly digest, Monday morning in the zone of the group that they
 * came with.
 */
async function newDigests(
  context: WriteContext,
  groupZone: string,
  personIds: readonly string[],
): Promise<OccurrencePlan[]> {
  const plan = { ...DEFAULT_DIGEST, timeZone: groupZone, language: null, connectionId: null }
  const made = await addDigestPlans(context, personIds, plan)
  const dueAt = nextDigestAt(plan, context.now)
  return made.map((personId) => ({ kind: 'digest', dueAt, personId }))
}
