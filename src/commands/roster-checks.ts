import type { Role } from '../domain/access.ts'
import { type RosterProblem, rosterProblems } from '../domain/group.ts'
import { MAX_MEMBERS } from '../domain/limits.ts'
import { UserError } from '../errors.ts'
import type { GroupRow } from '../store/group.ts'
import type { PersonRow } from '../store/people.ts'
import type { RosterRow } from '../store/roster.ts'
import { hasHeld } from '../store/session.ts'
import type { Context } from './command.ts'

/** A closed group that has met takes nobody new; its facilitators can open it first. */
export async function refuseLateJoiners(
  context: Context,
  group: GroupRow,
  chosen: readonly PersonRow[],
  before: readonly RosterRow[],
): Promise<void> {
  const { texts, now, example } = context
  const joining = chosen.filter(
    ({ personId }) => !before.some((entry) => entry.personId === personId),
  )
  if (group.isOpen || joining.length === 0) return
  if (!(await hasHeld(context, group.id, now))) return
  const names = joining.map(({ name }) => name ?? texts.t('roster.someone')).join(', ')
  const message = texts.t('roster.closed', { names, example: example('edit') })
  throw new UserError(message, { members: message })
}

/**
 * A member is never on the way of the group's own requests: who is on it by name is no member.
 * Throws UserError beside the field.
 */
export function refuseHelpers(
  { texts, organisation }: Context,
  { backupId }: GroupRow,
  members: readonly PersonRow[],
): void {
  const helpers = members.filter(
    ({ personId }) => personId === backupId || personId === organisation.safetyContactId,
  )
  if (helpers.length === 0) return
  const names = helpers.map(({ name }) => name ?? texts.t('roster.someone')).join(', ')
  const message = texts.t('roster.isHelper', { names })
  throw new UserError(message, { members: message })
}

/** Throws UserError beside the fields when these people cannot be a group's. */
export function checkRoster(
  texts: Context['texts'],
  chosen: Record<Role, PersonRow[]>,
  facilitatorsElsewhere: number,
  membersElsewhere: number,
): void {
  const problems = rosterProblems(chosen).filter(
    (problem) => !(problem.reason === 'noFacilitator' && facilitatorsElsewhere > 0),
  )
  if (
    chosen.member.length + membersElsewhere > MAX_MEMBERS &&
    !problems.some((problem) => problem.reason === 'tooMany')
  ) {
    problems.unshift({ field: 'members', reason: 'tooMany', people: [] })
  }
  if (problems.length === 0) return
  const people = Object.values(chosen).flat()
  const say = (problem: RosterProblem) => {
    const names = problem.people.map(
      (id) => people.find((person) => person.personId === id)?.name ?? texts.t('roster.someone'),
    )
    const values = {
      names: names.join(', '),
      count: names.length,
      limit: MAX_MEMBERS,
      got: chosen.member.length + membersElsewhere,
    }
    return texts.t(`roster.${problem.reason}`, values)
  }
  const fields = Object.fromEntries(problems.map((problem) => [problem.field, say(problem)]))
  throw new UserError(Object.values(fields)[0] ?? '', fields)
}
