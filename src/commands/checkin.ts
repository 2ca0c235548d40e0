import { type BallotAnswers, BLANK } from '../ballot/box.ts'
import { newUnitKey, rewrap, sealBallot } from '../ballot/seal.ts'
import type { Texts } from '../content/load.ts'
import { optionsOf, type QuestionSet } from '../content/question-set.ts'
import { type DropReason, decideOpening, fitsBudget } from '../domain/checkin.ts'
import { answersNeeded, LEAST_WRITERS } from '../domain/disclosure.ts'
import { MAX_ANSWER_CHARS } from '../domain/limits.ts'
import type { Due } from '../domain/occurrence.ts'
import { UserError } from '../errors.ts'
import type { FieldValue } from '../platform.ts'
import { isInvited, listBoxes, replaceBallots } from '../store/ballot.ts'
import {
  type CheckInRow,
  closeCheckIn,
  dropCheckIn,
  findCheckIn,
  listOpen,
  lockCheckIn,
  nextPlanned,
  openCheckIn,
} from '../store/checkin.ts'
import { type GroupRow, getGroup, lockGroup } from '../store/group.ts'
import { getThresholds } from '../store/organisation.ts'
import { listAskable } from '../store/roster.ts'
import { closeUnits, createUnit, getUnit, lockRunningUnit, type UnitRow } from '../store/unit.ts'
import { checkInForm, checkInThanks, SKIPPED, WORDS } from '../views/checkin.ts'
import { helpLines } from '../views/help-lines.ts'
import { boundTo } from './ballots.ts'
import {
  aboutOf,
  answeringCommand,
  type Base,
  command,
  type DueOutcome,
  groupOf,
} from './command.ts'
import { formInput, idInput, textValue } from './input.ts'
import { readAsked, releaseJobs } from './programme.ts'

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
    const { texts, content, actor, organisation, now, example } = context
    const row = aboutOf(context, 'checkIn')
    const unitId = mustBeOpen(texts, row, row.unitId, now)
    if (!(await isInvited(context, id, actor.personId)))
      throw new UserError(texts.t('checkin.notInvited'))
    const group = groupOf(context)
    const unit = await getUnit(context, unitId)
    const form = checkInForm(
      texts,
      content.questionSet(unit.questionSetId, unit.questionSetVersion),
      {
        checkInId: id,
        alias: group.alias,
        closesAt: row.closesAt,
        timeZone: group.timeZone,
        now,
        k: unit.k,
        audience: unit.audience,
        asksText: unit.asksText,
        helpLines: helpLines(texts, organisation, content.crisisLines),
        privacyCommand: example('privacy'),
      },
    )
    return { reply: { type: 'form', form } }
  },
})

/**
 * Seals a member's answers in place of what their ballot held, and re-wraps every other ballot of
 * the check-in in the same statement. Writes nothing else. Sending again replaces all answers; a
 * repeat of the same request does no harm.
 */
export const checkInSubmit = answeringCommand({
  verb: 'checkin.submit',
  isTyped: false,
  access: { who: 'group', roles: ['member'] },
  subject: 'checkIn',
  isUntraced: true,
  input: formInput.required({ id: true }).extend(idInput.shape),
  run: async (context, { values }) => {
    const { texts, content, actor, organisation, ballotKeys, now, checkIn } = context
    const unit = mustBeOpen(texts, checkIn, checkIn.unit, now)
    const { isMember, boxes } = await listBoxes(context, checkIn, actor.personId)
    if (!isMember || !boxes.some(({ memberId }) => memberId === actor.personId))
      throw new UserError(texts.t('checkin.notInvited'))
    const set = content.questionSet(unit.questionSetId, unit.questionSetVersion)
    const ballot = readBallot(texts, set, values, unit.asksText)
    const fresh = boxes.map(({ memberId, box }) => {
      const bound = boundTo(unit, checkIn.id, memberId)
      const isOwn = memberId === actor.personId
      return {
        memberId,
        box: isOwn
          ? sealBallot(ballotKeys.keyring, unit.publicKey, bound, ballot)
          : rewrap(ballotKeys.keyring, bound, box),
      }
    })
    await replaceBallots(context, checkIn.id, fresh)
    return {
      type: 'done',
      card: checkInThanks(texts, {
        closesAt: checkIn.closesAt,
        timeZone: checkIn.timeZone,
        now,
        helpLines: helpLines(texts, organisation, content.crisisLines),
        contactGroupId: checkIn.contactHours === null ? null : checkIn.groupId,
      }),
    }
  },
})

/**
 * The unit of an open check-in: its row or its id. Throws UserError that says why nobody can answer
 * now.
 */
function mustBeOpen<U>(
  { t }: Texts,
  checkIn: Pick<CheckInRow, 'state' | 'closesAt'>,
  unit: U | null,
  now: Date,
): U {
  if (checkIn.state === 'planned' || checkIn.state === 'dropped' || !unit)
    throw new UserError(t('checkin.notOpen'))
  // The clock may not have closed it yet; nobody gets longer for that.
  if (checkIn.state === 'closed' || now >= checkIn.closesAt)
    throw new UserError(t('checkin.closed'))
  return unit
}

/**
 * Only offered values count; a skipped question is left out. Throws UserError when the words are
 * too many.
 */
function readBallot(
  { t }: Texts,
  set: QuestionSet,
  values: Record<string, FieldValue>,
  asksText: boolean,
): BallotAnswers {
  const answers: Record<string, number> = {}
  for (const question of set.questions) {
    const value = values[question.id]
    if (typeof value !== 'string' || value === SKIPPED) continue
    const chosen = optionsOf(set, question.id).find(
      (option) => String(option.value) === value,
    )?.value
    if (chosen !== undefined && chosen !== null) answers[question.id] = chosen
  }
  const text = asksText ? textValue(values, WORDS) : ''
  if (text.length > MAX_ANSWER_CHARS)
    throw new UserError(t('error.tooLong', { limit: MAX_ANSWER_CHARS, got: text.length }))
  return text === '' ? { answers } : { answers, text }
}

/**
 * A check-in's time has come: the roster freezes, the unit gets its key, every member a sealed
 * blank and a note.
 */
export async function openDueCheckIn(
  base: Base,
  occurrence: Due<'checkInOpens'>,
): Promise<DueOutcome> {
  const { now, ballotKeys } = base
  const planned = await findCheckIn(base, occurrence.checkInId)
  if (!planned) return { dropped: 'notPlanned' }
  // The group before the check-in, as a roster change takes them: what is frozen is one roster, not
  // half of two.
  await lockGroup(base, planned.groupId)
  const row = await lockCheckIn(base, planned.id)
  if (row?.state !== 'planned') return { dropped: 'notPlanned' }
  const group = await getGroup(base, row.groupId)
  if (group.endedAt) {
    return await drop(base, row, 'groupEnded')
  }
  const members = await listAskable(base, group.id)
  // One whose time is over is as good as closed: after a downtime, what is due comes in any order.
  const isOneOpen = (await listOpen(base, group.id)).some(
    ({ questionSetId, closesAt }) => questionSetId === row.questionSetId && closesAt > now,
  )
  const nextOne = row.planId ? await nextPlanned(base, group.id, row.opensAt, row.planId) : null
  const opening = decideOpening(
    now,
    row,
    members.length,
    isOneOpen ? now : (nextOne?.opensAt ?? null),
  )
  if (opening.decision === 'drop') return await drop(base, row, opening.reason)
  const running = row.planId ? await lockRunningUnit(base, row.planId) : null
  const unit = running ?? (await beginUnit(base, group, row, members.length))
  if (!unit) return await drop(base, row, 'budget')
  const blanks = members.map((memberId) => ({
    memberId,
    box: sealBallot(ballotKeys.keyring, unit.publicKey, boundTo(unit, row.id, memberId), BLANK),
  }))
  const opened = { id: row.id, closesAt: opening.closesAt, unitId: unit.id }
  await openCheckIn(base, opened, blanks)
  return {
    dropped: null,
    deliveries: noticesFor(members, row, 'check-in', opening.closesAt),
    occurrences: [
      ...(opening.nudgeAt
        ? [{ kind: 'checkInNudge' as const, dueAt: opening.nudgeAt, checkInId: row.id }]
        : []),
      { kind: 'checkInCloses', dueAt: opening.closesAt, checkInId: row.id },
    ],
  }
}

/** It does not open; the unit that waited for it may have no other left. */
async function drop(base: Base, row: CheckInRow, reason: DropReason): Promise<DueOutcome> {
  const { organisationId } = base
  await dropCheckIn(base, row.id, reason)
  const unitIds = await closeUnits(base, row.groupId)
  return { dropped: reason, jobs: releaseJobs(organisationId, unitIds) }
}

/**
 * A new unit with a key of its own; everything that decides what it shows is frozen here. Null: the
 * budget is spent.
 */
async function beginUnit(
  base: Base,
  group: GroupRow,
  row: CheckInRow,
  members: number,
): Promise<UnitRow | null> {
  const { now, ballotKeys, newId } = base
  const set = base.content.questionSets.get(row.questionSetId)
  if (!set) throw new Error(`question set ${row.questionSetId} is not in the content`)
  const { begun } = await readAsked(base, group.id)
  if (!fitsBudget(now, set.scales.length, begun)) return null
  const id = newId()
  const key = newUnitKey()
  const k = answersNeeded(row.audience, await getThresholds(base), row.leastAnswers)
  // Kept before the unit exists: a crash in between leaves a key without a unit, which the sweeper
  // destroys.
  ballotKeys.keyStore.put(id, { privateKey: key.privateKey, k })
  key.privateKey.fill(0)
  await createUnit(base, {
    id,
    groupId: group.id,
    questionSetId: set.id,
    questionSetVersion: set.version,
    k,
    audience: row.audience,
    publicKey: key.publicKey,
    rosterChanges: group.rosterChanges,
    checkInCount: row.unitSize,
    // With fewer members than must write, the words could never be shown: they are not asked for.
    asksText: row.asksText && members >= LEAST_WRITERS,
  })
  return await getUnit(base, id)
}

const noticesFor = (
  members: readonly string[],
  row: CheckInRow,
  kind: 'check-in' | 'check-in-nudge',
  closesAt: Date,
) =>
  members.map((personId) => ({
    key: `${kind} ${row.id}`,
    kind,
    personId,
    groupId: row.groupId,
    checkInId: row.id,
    expiresAt: closesAt,
  }))

/** One more note, to everyone alike. */
export async function nudge(base: Base, occurrence: Due<'checkInNudge'>): Promise<DueOutcome> {
  const { now } = base
  const row = await findCheckIn(base, occurrence.checkInId)
  if (row?.state !== 'open' || now >= row.closesAt) return { dropped: 'notOpen' }
  const members = await listAskable(base, row.groupId)
  const invited = []
  for (const memberId of members)
    if (await isInvited(base, row.id, memberId)) invited.push(memberId)
  return { dropped: null, deliveries: noticesFor(invited, row, 'check-in-nudge', row.closesAt) }
}

/** Closes a check-in; when it was its unit's last, the unit is made. */
export async function closeDueCheckIn(
  base: Base,
  occurrence: Due<'checkInCloses'>,
): Promise<DueOutcome> {
  const { organisationId } = base
  const row = await lockCheckIn(base, occurrence.checkInId)
  if (row?.state !== 'open' || !row.unitId) return { dropped: 'notOpen' }
  await closeCheckIn(base, row.id)
  const unitIds = await closeUnits(base, row.groupId)
  return { dropped: null, jobs: releaseJobs(organisationId, unitIds) }
}
