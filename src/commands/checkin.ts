import { newUnitKey, rewrap, sealBallot } from '../ballot/seal.ts'
import { optionsOf, type QuestionSet } from '../content/question-set.ts'
import { type DropReason, decideOpening, fitsBudget } from '../domain/checkin.ts'
import { LEAST_ANSWERS } from '../domain/disclosure.ts'
import type { Answers } from '../domain/score.ts'
import { UserError } from '../errors.ts'
import type { FieldValue } from '../platform.ts'
import {
  type CheckInRow,
  closeCheckIn,
  dropCheckIn,
  findCheckIn,
  isInvited,
  listBallots,
  listOpen,
  lockCheckIn,
  nextPlanned,
  openCheckIn,
  replaceBallots,
} from '../store/checkin.ts'
import { type GroupRow, getGroup, lockGroup } from '../store/group.ts'
import type { OccurrenceRow } from '../store/occurrence.ts'
import { findRole, listAskable } from '../store/roster.ts'
import { closeUnits, createUnit, getUnit, lockRunningUnit, type UnitRow } from '../store/unit.ts'
import { checkInForm, checkInThanks, SKIPPED } from '../views/checkin.ts'
import { helpLines } from '../views/help.ts'
import { type Base, type Context, command, type Effects, groupOf } from './command.ts'
import { formInput, idInput } from './input.ts'
import { readAsked, releaseJobs } from './programme.ts'

type StepBase = Base & { organisationId: string }
type Outcome = Effects & { dropped: string | null }

/** The questions. The same form for who answered and who did not; opening it leaves no trace. */
export const checkInAnswer = command({
  verb: 'checkin.answer',
  opens: 'form',
  isTyped: false,
  access: { who: 'group', roles: ['member'] },
  subject: 'checkIn',
  effect: 'read',
  isUntraced: true,
  input: idInput,
  run: async (context, { id }) => {
    const { tx, texts, content, actor, organisation, now, example } = context
    const { row, unitId } = mustBeOpen(context, await findCheckIn(tx, actor.organisationId, id))
    if (!(await isInvited(tx, actor.organisationId, id, actor.personId)))
      throw new UserError(texts.t('checkin.notInvited'))
    const group = groupOf(context)
    const unit = await getUnit(tx, actor.organisationId, unitId)
    const form = checkInForm(texts, content.questionSet(unit.questionSetId, unit.questionSetVersion), {
      checkInId: id,
      alias: group.alias,
      closesAt: row.closesAt,
      timeZone: group.timeZone,
      now,
      k: unit.k,
      audience: unit.audience,
      helpLines: helpLines(texts, organisation.country, content.crisisLines),
      privacyCommand: example('privacy'),
    })
    return { reply: { type: 'form', form } }
  },
})

/**
 * Seals a member's answers in place of what their ballot held, and re-wraps every other ballot of the check-in in the same
 * statement. Writes nothing else. Sending again replaces all answers; a repeat of the same request does no harm.
 */
export const checkInSubmit = command({
  verb: 'checkin.submit',
  isTyped: false,
  access: { who: 'group', roles: ['member'] },
  subject: 'checkIn',
  effect: 'ballot',
  isUntraced: true,
  input: formInput.required({ id: true }).extend(idInput.shape),
  run: async (context, { id, values }) => {
    const { tx, texts, content, actor, organisation, vault, now } = context
    const { row, unitId } = mustBeOpen(context, await lockCheckIn(tx, actor.organisationId, id))
    const unit = await getUnit(tx, actor.organisationId, unitId)
    const ballots = await listBallots(tx, actor.organisationId, row.id)
    // Looked at again under the lock: who left a moment ago has taken their answers with them.
    const role = await findRole(tx, actor.organisationId, row.groupId, actor.personId)
    if (role !== 'member' || !ballots.some((ballot) => ballot.memberId === actor.personId))
      throw new UserError(texts.t('checkin.notInvited'))
    const answers = readAnswers(content.questionSet(unit.questionSetId, unit.questionSetVersion), values)
    const bind = (memberId: string) => ({
      unitId,
      checkInId: row.id,
      memberId,
      questionSetId: unit.questionSetId,
      questionSetVersion: unit.questionSetVersion,
    })
    const own = await sealBallot(vault.keyring, unit.publicKey, bind(actor.personId), answers)
    const fresh = ballots.map(({ memberId, box }) => ({
      memberId,
      box: memberId === actor.personId ? own : rewrap(vault.keyring, bind(memberId), box),
    }))
    await replaceBallots(tx, actor.organisationId, row.id, fresh)
    const lines = helpLines(texts, organisation.country, content.crisisLines)
    return {
      reply: {
        type: 'done',
        card: checkInThanks(texts, {
          closesAt: row.closesAt,
          timeZone: groupOf(context).timeZone,
          now,
          helpLines: lines,
          contactGroupId: groupOf(context).contactHours === null ? null : row.groupId,
        }),
      },
    }
  },
})

function mustBeOpen({ texts, now }: Context, row: CheckInRow | null): { row: CheckInRow; unitId: string } {
  if (!row || row.state === 'planned' || row.state === 'dropped' || !row.unitId)
    throw new UserError(texts.t('checkin.notOpen'))
  // The clock may not have closed it yet; nobody gets longer for that.
  if (row.state === 'closed' || now >= row.closesAt) throw new UserError(texts.t('checkin.closed'))
  return { row, unitId: row.unitId }
}

/** Only offered values count; a skipped question is left out. */
function readAnswers(set: QuestionSet, values: Record<string, FieldValue>): Answers {
  const answers: Record<string, number> = {}
  for (const question of set.questions) {
    const value = values[question.id]
    if (typeof value !== 'string' || value === SKIPPED) continue
    const chosen = optionsOf(set, question.id).find((option) => String(option.value) === value)?.value
    if (chosen !== undefined && chosen !== null) answers[question.id] = chosen
  }
  return answers
}

/** A check-in's time has come: the roster freezes, the unit gets its key, every member a sealed blank and a note. */
export async function openDueCheckIn(base: StepBase, occurrence: OccurrenceRow): Promise<Outcome> {
  const { tx, now, organisationId, vault } = base
  const planned = occurrence.checkInId ? await findCheckIn(tx, organisationId, occurrence.checkInId) : null
  if (!planned) return { dropped: 'notPlanned' }
  // The group before the check-in, as a roster change takes them: what is frozen is one roster, not half of two.
  await lockGroup(tx, organisationId, planned.groupId)
  const row = await lockCheckIn(tx, organisationId, planned.id)
  if (row?.state !== 'planned') return { dropped: 'notPlanned' }
  const group = await getGroup(tx, organisationId, row.groupId)
  if (group.endedAt) {
    return await drop(base, row, 'groupEnded')
  }
  const members = await listAskable(tx, organisationId, group.id)
  const isOneOpen = (await listOpen(tx, organisationId, group.id)).some(
    ({ questionSetId }) => questionSetId === row.questionSetId,
  )
  const nextOne = row.planId ? await nextPlanned(tx, organisationId, group.id, row.opensAt, row.planId) : null
  const opening = decideOpening(now, row, members.length, isOneOpen ? now : (nextOne?.opensAt ?? null))
  if (opening.decision === 'drop') return await drop(base, row, opening.reason)
  const running = row.planId ? await lockRunningUnit(tx, organisationId, row.planId) : null
  const unit = running ?? (await beginUnit(base, group, row))
  if (!unit) return await drop(base, row, 'budget')
  const blanks = members.map(async (memberId) => {
    const bound = {
      unitId: unit.id,
      checkInId: row.id,
      memberId,
      questionSetId: unit.questionSetId,
      questionSetVersion: unit.questionSetVersion,
    }
    return { memberId, box: await sealBallot(vault.keyring, unit.publicKey, bound, {}) }
  })
  const opened = { id: row.id, closesAt: opening.closesAt, unitId: unit.id }
  await openCheckIn(tx, organisationId, opened, await Promise.all(blanks))
  return {
    dropped: null,
    deliveries: noticesFor(members, row, 'check-in', opening.closesAt),
    occurrences: [
      ...(opening.nudgeAt ? [{ kind: 'checkInNudge' as const, dueAt: opening.nudgeAt, checkInId: row.id }] : []),
      { kind: 'checkInCloses', dueAt: opening.closesAt, checkInId: row.id },
    ],
  }
}

/** It does not open; the unit that waited for it may have no other left. */
async function drop({ tx, organisationId }: StepBase, row: CheckInRow, reason: DropReason): Promise<Outcome> {
  await dropCheckIn(tx, organisationId, row.id, reason)
  const unitIds = await closeUnits(tx, organisationId, row.groupId)
  return { dropped: reason, jobs: releaseJobs(organisationId, unitIds) }
}

/** A new unit with a key of its own; everything that decides what it shows is frozen here. Null: the budget is spent. */
async function beginUnit(base: StepBase, group: GroupRow, row: CheckInRow): Promise<UnitRow | null> {
  const { tx, now, organisationId, vault, newId } = base
  const set = base.content.questionSets.get(row.questionSetId)
  if (!set) throw new Error(`question set ${row.questionSetId} is not in the content`)
  const { begun } = await readAsked(base, group.id)
  if (!fitsBudget(now, set.scales.length, begun)) return null
  const id = newId()
  const key = newUnitKey()
  // Kept before the unit exists: a crash in between leaves a key without a unit, which the sweeper destroys.
  vault.keyStore.put(id, key.privateKey)
  key.privateKey.fill(0)
  await createUnit(tx, organisationId, {
    id,
    groupId: group.id,
    questionSetId: set.id,
    questionSetVersion: set.version,
    k: LEAST_ANSWERS[row.audience],
    audience: row.audience,
    publicKey: key.publicKey,
    rosterChanges: group.rosterChanges,
    checkInCount: row.unitSize,
  })
  return await getUnit(tx, organisationId, id)
}

const noticesFor = (members: readonly string[], row: CheckInRow, kind: 'check-in' | 'check-in-nudge', closesAt: Date) =>
  members.map((personId) => ({
    key: `${kind} ${row.id}`,
    kind,
    personId,
    groupId: row.groupId,
    checkInId: row.id,
    expiresAt: closesAt,
  }))

/** One more note, to everyone alike. */
export async function nudge({ tx, now, organisationId }: StepBase, occurrence: OccurrenceRow): Promise<Outcome> {
  const row = occurrence.checkInId ? await findCheckIn(tx, organisationId, occurrence.checkInId) : null
  if (row?.state !== 'open' || now >= row.closesAt) return { dropped: 'notOpen' }
  const members = await listAskable(tx, organisationId, row.groupId)
  const invited = []
  for (const memberId of members) if (await isInvited(tx, organisationId, row.id, memberId)) invited.push(memberId)
  return { dropped: null, deliveries: noticesFor(invited, row, 'check-in-nudge', row.closesAt) }
}

/** Closes a check-in; when it was its unit's last, the unit is made. */
export async function closeDueCheckIn({ tx, organisationId }: StepBase, occurrence: OccurrenceRow): Promise<Outcome> {
  const row = occurrence.checkInId ? await lockCheckIn(tx, organisationId, occurrence.checkInId) : null
  if (row?.state !== 'open' || !row.unitId) return { dropped: 'notOpen' }
  await closeCheckIn(tx, organisationId, row.id)
  const unitIds = await closeUnits(tx, organisationId, row.groupId)
  return { dropped: null, jobs: releaseJobs(organisationId, unitIds) }
}
