import { type QuestionSet, sharesItems } from '../content/question-set.ts'
import { RELEASE_BUDGET, TIMINGS } from '../domain/checkin.ts'
import { answersNeeded } from '../domain/disclosure.ts'
import {
  EVERY_NTH,
  MAX_PLANS,
  OPEN_HOURS,
  PREVIEW_DATES,
  RAISED_ANSWERS,
} from '../domain/limits.ts'
import { UserError } from '../errors.ts'
import type { FieldValue } from '../platform.ts'
import { listOpen, nextPlanned } from '../store/checkin.ts'
import type { Reader } from '../store/engine/transaction.ts'
import { lockGroup } from '../store/group.ts'
import { createPlans, listPlans, type PlanRow, stopPlan } from '../store/plan.ts'
import {
  checkInsCard,
  type PlanWords,
  planDone,
  planForm,
  planStopped,
} from '../views/checkin-plan.ts'
import { aboutOf, type Base, type Context, command, groupOf } from './command.ts'
import { formInput, groupInput, idInput, textValue } from './input.ts'
import { cutReason, replan } from './programme.ts'

export const FACILITATOR = { who: 'group', roles: ['facilitator'] } as const

/**
 * Lists what the group is asked around its sessions, what its kind offers besides, and what is open
 * now.
 */
export const checkIns = command({
  verb: 'checkin',
  opens: 'content',
  isTyped: true,
  access: FACILITATOR,
  subject: 'group',
  effect: 'read',
  input: groupInput,
  run: async (context) => {
    const { texts, now } = context
    const group = groupOf(context)
    const rows = await listPlans(context, group.id)
    const plans = await Promise.all(
      rows.map(async (row) => {
        const next = await nextPlanned(context, group.id, now, row.id)
        return {
          ...row,
          set: setOf(context, row.questionSetId),
          k: neededBy(context, row),
          nextAt: next?.opensAt ?? null,
          unitSize: next?.unitSize ?? 1,
        }
      }),
    )
    const open = (await listOpen(context, group.id)).map(({ questionSetId, closesAt }) => ({
      title: texts.pick(setOf(context, questionSetId).title),
      closesAt,
    }))
    const { id: groupId, alias, timeZone } = group
    const facts = { groupId, alias, timeZone, plans, offered: offeredTo(context, rows), open, now }
    return { reply: { type: 'content', card: checkInsCard(texts, facts) } }
  },
})

export function setOf({ content }: Base<Reader>, id: string): QuestionSet {
  const set = content.questionSets.get(id)
  if (!set) throw new Error(`question set ${id} is not in the content`)
  return set
}

/** Question sets that the group's kind suggests and that it is not asked yet. */
function offeredTo(context: Context, plans: readonly PlanRow[]): PlanWords[] {
  const kind = context.content.kinds.get(groupOf(context).kind)
  return (kind?.checkIns ?? [])
    .filter(({ questionSet }) => !plans.some((plan) => plan.questionSetId === questionSet))
    .map((preset) => ({ ...preset, set: setOf(context, preset.questionSet), asksText: false }))
}

/** The form for one more plan; it starts with what the kind offers. */
export const checkInPlan = command({
  verb: 'checkin.plan',
  opens: 'form',
  isTyped: false,
  access: FACILITATOR,
  subject: 'group',
  effect: 'read',
  input: groupInput,
  run: async (context) => {
    const group = groupOf(context)
    const rows = await listPlans(context, group.id)
    const first = offeredTo(context, rows)[0]
    const draft = {
      set: first?.set.id ?? DRAFT_SET,
      timing: first?.timing ?? 'after',
      everyNth: first?.everyNth ?? 1,
      openHours: first?.openHours ?? 48,
      audience: first?.audience ?? 'shared',
    } as const
    const sets = [...context.content.questionSets.values()]
    const formFacts = {
      groupId: group.id,
      sets,
      draft,
      thresholds: context.organisation,
      isNow: false,
    }
    return { reply: { type: 'form', form: planForm(context.texts, formFacts) } }
  },
})

export const DRAFT_SET = 'pulse'

/**
 * Makes a plan; refused with the reason when it asks too often for its questions, or publishes more
 * than is safe.
 */
export const checkInPlanSubmit = command({
  verb: 'checkin.plan.submit',
  isTyped: false,
  access: FACILITATOR,
  subject: 'group',
  effect: 'write',
  form: 'checkin.plan',
  input: formInput,
  run: async (context, { values }) => {
    const { texts, now, newId, content } = context
    const group = groupOf(context)
    await lockGroup(context, group.id)
    const known = await listPlans(context, group.id)
    const { set, openHours, audience, leastAnswers, asksText } = readCommon(context, values)
    if (known.length >= MAX_PLANS)
      throw onSet(texts.t('checkin.tooManyPlans', { limit: MAX_PLANS }))
    if (known.some(({ questionSetId }) => questionSetId === set.id))
      throw onSet(texts.t('checkin.planned', { set: texts.pick(set.title) }))
    const alike = known.find((one) => sharesItems(set, setOf(context, one.questionSetId)))
    if (alike)
      throw onSet(
        texts.t('checkin.sharesItems', {
          set: texts.pick(setOf(context, alike.questionSetId).title),
        }),
      )
    const preset = content.kinds
      .get(group.kind)
      ?.checkIns.find(({ questionSet }) => questionSet === set.id)
    const row: PlanRow = {
      id: newId(),
      questionSetId: set.id,
      timing: TIMINGS.find((one) => one === textValue(values, 'timing')) ?? 'after',
      openHours,
      everyNth: EVERY_NTH.find((nth) => String(nth) === textValue(values, 'everyNth')) ?? 1,
      audience,
      leastAnswers,
      asksText,
      stages: preset?.stages ?? ['beginning', 'middle', 'ending'],
    }
    await createPlans(context, group.id, [row], now)
    const programme = await replan(context, group)
    const cut = cutReason(programme, row.id) ?? cutReason(programme, null)
    if (cut) throw refusal(context, cut, set)
    const own = programme.checkIns.filter(({ planId }) => planId === row.id)
    const openings = own.map(({ opensAt }) => opensAt)
    const next = { nextAt: openings[0] ?? null, unitSize: own[0]?.unitSize ?? 1 }
    const plan = { ...row, set, k: neededBy(context, row), ...next }
    const facts = {
      plan,
      openings: openings.slice(0, PREVIEW_DATES),
      more: Math.max(0, openings.length - PREVIEW_DATES),
      timeZone: group.timeZone,
      now,
    }
    return {
      reply: { type: 'done', card: planDone(texts, facts) },
      occurrences: programme.occurrences,
      jobs: programme.jobs,
      audit: [{ action: 'checkins.planned', subjectId: group.id }],
    }
  },
})

export const onSet = (message: string) => new UserError(message, { set: message })

function refusal({ texts }: Context, cut: 'cadence' | 'budget', set: QuestionSet): UserError {
  const message =
    cut === 'cadence'
      ? texts.t('checkin.tooOften', { days: set.recallDays })
      : texts.t('checkin.overBudget', { limit: RELEASE_BUDGET.releases, cost: set.scales.length })
  return new UserError(message, { everyNth: message })
}

/** The fields of both forms. */
export function readCommon({ content, texts }: Context, values: Record<string, FieldValue>) {
  const set = content.questionSets.get(textValue(values, 'set'))
  if (!set)
    throw onSet(texts.t('checkin.badSet', { known: [...content.questionSets.keys()].join(', ') }))
  const openHours =
    OPEN_HOURS.find((hours) => String(hours) === textValue(values, 'openHours')) ?? 48
  const audience =
    textValue(values, 'audience') === 'staff' ? ('staff' as const) : ('shared' as const)
  const leastAnswers =
    RAISED_ANSWERS.find((count) => String(count) === textValue(values, 'leastAnswers')) ?? null
  const asksText = textValue(values, 'words') === 'yes'
  return { set, openHours, audience, leastAnswers, asksText }
}

/** Answers that a plan's results need now. */
export const neededBy = (
  { organisation }: Context,
  plan: Pick<PlanRow, 'audience' | 'leastAnswers'>,
): number => answersNeeded(plan.audience, organisation, plan.leastAnswers)

/**
 * Stops a plan: what it had not opened does not open. Check-ins that are open close as they would
 * have.
 */
export const checkInStop = command({
  verb: 'checkin.stop',
  isTyped: false,
  access: FACILITATOR,
  subject: 'plan',
  effect: 'write',
  input: idInput,
  run: async (context, { id }) => {
    const { texts } = context
    const group = groupOf(context)
    await lockGroup(context, group.id)
    const plan = aboutOf(context, 'plan')
    if (!(await stopPlan(context, group.id, id))) throw new UserError(texts.t('checkin.noSuchPlan'))
    const { occurrences, jobs } = await replan(context, group)
    return {
      reply: { type: 'content', card: planStopped(texts, setOf(context, plan.questionSetId)) },
      occurrences,
      jobs,
      audit: [{ action: 'checkins.stopped', subjectId: group.id }],
    }
  },
})
