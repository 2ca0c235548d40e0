import { rewrap, sealBallot } from '../ballot/seal.ts'
import type { Role } from '../domain/access.ts'
import { DEFAULT_DIGEST, nextDigestAt } from '../domain/digest.ts'
import { type RosterProblem, rosterProblems } from '../domain/group.ts'
import { MAX_MEMBERS } from '../domain/limits.ts'
import { UserError } from '../errors.ts'
import { ensurePeople, type PersonRow } from '../store/access.ts'
import { listBallots, listOpen, lockCheckIn, replaceBallots } from '../store/checkin.ts'
import { createDigestPlan, findDigestPlan } from '../store/digest.ts'
import { changeRoster, listRoster, lockGroup } from '../store/group.ts'
import type { OccurrencePlan } from '../store/occurrence.ts'
import { getUnit } from '../store/unit.ts'
import { rosterDone, rosterForm } from '../views/group.ts'
import { type Context, command, groupOf } from './command.ts'
import { formInput, groupInput, peopleValue } from './input.ts'

export const roster = command({
  verb: 'roster',
  opens: 'form',
  isTyped: true,
  access: { who: 'group', roles: ['facilitator'] },
  subject: 'group',
  effect: 'read',
  input: groupInput,
  run: async (context) => {
    const { tx, texts, actor, connection } = context
    const group = groupOf(context)
    const entries = await listRoster(tx, actor.organisationId, group.id)
    const here = entries.filter((entry) => entry.connectionId === connection.id)
    const ids = (role: Role) => here.filter((entry) => entry.role === role).map((entry) => entry.externalId)
    const form = rosterForm(texts, group.id, {
      members: ids('member'),
      facilitators: ids('facilitator'),
      supervisors: ids('supervisor'),
    })
    return { reply: { type: 'form', form } }
  },
})

/** Makes the chosen people the group's, as far as they are on this connection; others stay as they are. */
export const rosterSubmit = command({
  verb: 'roster.submit',
  isTyped: false,
  access: { who: 'group', roles: ['facilitator'] },
  subject: 'group',
  effect: 'write',
  form: 'roster',
  input: formInput,
  run: async (context, { values }) => {
    const { tx, texts, actor, connection } = context
    const group = groupOf(context)
    await lockGroup(tx, actor.organisationId, group.id)
    const chosen = {
      member: await ensurePeople(tx, connection, peopleValue(texts, values, 'members')),
      facilitator: await ensurePeople(tx, connection, peopleValue(texts, values, 'facilitators')),
      supervisor: await ensurePeople(tx, connection, peopleValue(texts, values, 'supervisors')),
    }
    const before = await listRoster(tx, actor.organisationId, group.id)
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
    const add = after.filter((entry) => !here.some((old) => old.personId === entry.personId && old.role === entry.role))
    const members = (entries: readonly { role: Role }[]) => entries.filter((entry) => entry.role === 'member').length
    await changeRoster(tx, actor.organisationId, group.id, {
      add,
      remove: remove.map((entry) => entry.personId),
      memberChanges: members(add) + members(remove),
    })
    await blankBallotsOf(
      context,
      group.id,
      remove.filter((entry) => entry.role === 'member').map((entry) => entry.personId),
    )
    const added = add.filter((entry) => entry.role === 'member').map((entry) => entry.personId)
    const facts = {
      alias: group.alias,
      members: chosen.member.length + members(elsewhere),
      welcomed: added.length,
      unreachable: chosen.member.filter((person) => !person.isReachable).length,
    }
    return {
      reply: { type: 'done', card: rosterDone(texts, facts) },
      deliveries: added.map((personId) => ({
        key: `welcome ${group.id} ${group.rosterChanges}`,
        kind: 'welcome' as const,
        personId,
        groupId: group.id,
      })),
      occurrences: await newDigests(
        context,
        group.timeZone,
        add.filter((entry) => entry.role === 'supervisor').map((entry) => entry.personId),
      ),
      audit: [
        ...add.map((entry) => ({ action: `roster.added.${entry.role}`, subjectId: entry.personId })),
        ...remove.map((entry) => ({ action: `roster.removed.${entry.role}`, subjectId: entry.personId })),
      ],
    }
  },
})

function checkRoster(
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

/** Who leaves while a check-in is open takes their answers with them: their ballot becomes a blank, like one never filled. */
async function blankBallotsOf(
  { tx, actor, vault }: Context,
  groupId: string,
  memberIds: readonly string[],
): Promise<void> {
  if (memberIds.length === 0) return
  for (const open of await listOpen(tx, actor.organisationId, groupId)) {
    const checkIn = await lockCheckIn(tx, actor.organisationId, open.id)
    if (checkIn?.state !== 'open' || !checkIn.unitId) continue
    const unit = await getUnit(tx, actor.organisationId, checkIn.unitId)
    const ballots = await listBallots(tx, actor.organisationId, checkIn.id)
    const fresh = ballots.map(async ({ memberId, box }) => {
      const bound = {
        unitId: unit.id,
        checkInId: checkIn.id,
        memberId,
        questionSetId: unit.questionSetId,
        questionSetVersion: unit.questionSetVersion,
      }
      const isLeaving = memberIds.includes(memberId)
      return {
        memberId,
        box: isLeaving ? await sealBallot(vault.keyring, unit.publicKey, bound, {}) : rewrap(vault.keyring, bound, box),
      }
    })
    await replaceBallots(tx, actor.organisationId, checkIn.id, await Promise.all(fresh))
  }
}

/** A first-time supervisor gets a weekly digest, Monday morning in the zone of the group that they came with. */
async function newDigests(
  { tx, actor, now }: Context,
  groupZone: string,
  personIds: readonly string[],
): Promise<OccurrencePlan[]> {
  const plans: OccurrencePlan[] = []
  for (const personId of personIds) {
    if (await findDigestPlan(tx, actor.organisationId, personId)) continue
    const plan = { ...DEFAULT_DIGEST, timeZone: groupZone }
    await createDigestPlan(tx, actor.organisationId, personId, plan)
    plans.push({ kind: 'digest', dueAt: nextDigestAt(plan, now), personId })
  }
  return plans
}
