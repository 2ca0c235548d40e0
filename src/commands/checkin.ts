import type { BallotAnswers } from '../ballot/box.ts'
import { refill, rewrap } from '../ballot/seal.ts'
import type { Texts } from '../content/load.ts'
import { optionsOf, type QuestionSet } from '../content/question-set.ts'
import { MAX_ANSWER_CHARS } from '../domain/limits.ts'
import { UserError } from '../errors.ts'
import type { FieldValue } from '../platform.ts'
import { isInvited, listBoxes, replaceBallots } from '../store/ballot.ts'
import type { CheckInRow } from '../store/checkin.ts'
import type { GroupRow } from '../store/group.ts'
import { getUnit, KEY_LOST } from '../store/unit.ts'
import type { Form } from '../views/card.ts'
import { checkInForm, checkInThanks, SKIPPED, WORDS } from '../views/checkin.ts'
import { acceptNow, agreementToAccept } from './agreement.ts'
import { boundTo } from './ballots.ts'
import { aboutOf, answeringCommand, type Context, command, groupOf } from './command.ts'
import { linesFor } from './help-lines-for.ts'
import { formInput, idInput, linesValue } from './input.ts'

/** The questions. The same form for who answered and who did not; opening it leaves no trace. */
export const checkInAnswer = command({
  verb: 'checkin.answer',
  opens: 'form',
  isTyped: false,
  access: { who: 'group', roles: ['member'] },
  subject: 'checkIn',
  worksAfterRemoval: true,
  effect: 'read',
  isUntraced: true,
  input: idInput,
  run: async (context, { id }) => {
    const { texts, actor, now } = context
    const row = aboutOf(context, 'checkIn')
    const unitId = mustBeOpen(texts, row, row.unitId, now)
    if (!(await isInvited(context, id, actor.personId)))
      throw new UserError(texts.t('checkin.notInvited'))
    // Nobody has used this id so far: the agreement first, so that somebody real is behind it.
    if (!actor.hasActed)
      return { reply: { type: 'form', form: agreementToAccept(context, 'checkin.begin', id) } }
    return { reply: { type: 'form', form: await formOf(context, row, unitId) } }
  },
})

/** Accepting the agreement as the first page of somebody's first check-in; the questions follow. */
export const checkInBegin = command({
  verb: 'checkin.begin',
  isTyped: false,
  access: { who: 'group', roles: ['member'] },
  subject: 'checkIn',
  worksAfterRemoval: true,
  effect: 'write',
  input: formInput.required({ id: true }).extend(idInput.shape),
  run: async (context, { version }) => {
    const { texts, actor, now } = context
    const row = aboutOf(context, 'checkIn')
    const unitId = mustBeOpen(texts, row, row.unitId, now)
    await acceptNow(context, version)
    if (!(await isInvited(context, row.id, actor.personId)))
      throw new UserError(texts.t('checkin.notInvited'))
    return { reply: { type: 'form', form: await formOf(context, row, unitId) } }
  },
})

/** The line in place of the offer where nobody can be asked; null: somebody can. */
export const noContactLine = (
  { t }: Texts,
  { contactHours, noContactReason }: Pick<GroupRow, 'contactHours' | 'noContactReason'>,
): string | null => (contactHours === null ? t(`contact.off.${noContactReason ?? 'none'}`) : null)

async function formOf(context: Context, row: CheckInRow, unitId: string): Promise<Form> {
  const { texts, content, now, example } = context
  const group = groupOf(context)
  const unit = await getUnit(context, unitId)
  return checkInForm(texts, content.questionSet(unit.questionSetId, unit.questionSetVersion), {
    checkInId: row.id,
    alias: group.alias,
    closesAt: row.closesAt,
    timeZone: group.timeZone,
    now,
    k: unit.k,
    audience: unit.audience,
    asked: row.asked,
    newcomers: row.newcomers ?? 0,
    asksText: unit.asksText,
    noContact: noContactLine(texts, group),
    helpLines: linesFor(context),
    privacyCommand: example('privacy'),
  })
}

/**
 * Seals a member's answers in place of what their ballot held, and re-wraps every other ballot of
 * the check-in in the same statement. Writes nothing else. Sending again replaces all answers; a
 * repeat of the same request does no harm, nor does one that comes after a later one, at whichever
 * process.
 */
export const checkInSubmit = answeringCommand({
  verb: 'checkin.submit',
  isTyped: false,
  access: { who: 'group', roles: ['member'] },
  subject: 'checkIn',
  isUntraced: true,
  form: 'checkin.answer',
  input: formInput.required({ id: true }).extend(idInput.shape),
  run: async (context, { values }) => {
    const { texts, content, actor, ballotKeys, now, checkIn, sentAt } = context
    const unit = mustBeOpen(texts, checkIn, checkIn.unit, now)
    const { isMember, boxes } = await listBoxes(context, checkIn, actor.personId)
    if (!isMember || !boxes.some(({ memberId }) => memberId === actor.personId))
      throw new UserError(texts.t('checkin.notInvited'))
    const set = content.questionSet(unit.questionSetId, unit.questionSetVersion)
    const ballot = readBallot(texts, set, values, unit.asksText)
    const timeKey = await ballotKeys.keyStore.timeKey(unit.id)
    const fresh = boxes.map(({ memberId, box }) => {
      const bound = boundTo(unit, checkIn.id, memberId)
      const isOwn = memberId === actor.personId
      return {
        memberId,
        box: isOwn
          ? refill(ballotKeys.keyring, unit.publicKey, bound, { box, ballot, sentAt, timeKey })
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
        helpLines: linesFor(context),
        contactGroupId: checkIn.contactHours === null ? null : checkIn.groupId,
        noContact: noContactLine(texts, checkIn),
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
  checkIn: Pick<CheckInRow, 'state' | 'reason' | 'closesAt'>,
  unit: U | null,
  now: Date,
): U {
  // People who were asked find it dropped only when it was taken back.
  if (checkIn.state === 'dropped') throw new UserError(t('checkin.takenBack'))
  if (checkIn.state === 'planned' || !unit) throw new UserError(t('checkin.notOpen'))
  if (checkIn.reason === KEY_LOST) throw new UserError(t('checkin.keyLost'))
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
  const text = asksText ? linesValue(values, WORDS) : ''
  if (text.length > MAX_ANSWER_CHARS)
    throw new UserError(t('error.tooLong', { limit: MAX_ANSWER_CHARS, got: text.length }))
  return text === '' ? { answers } : { answers, text }
}
