import type { QuestionSet, Texts } from '../content/load.ts'
import { RELEASE_BUDGET, TIMINGS, type Timing } from '../domain/checkin.ts'
import { answersNeeded, LEAST_WRITERS, type Thresholds } from '../domain/disclosure.ts'
import { EVERY_NTH, OPEN_HOURS, RAISED_ANSWERS } from '../domain/limits.ts'
import { WORDS_DAYS } from '../domain/retention.ts'
import type { Stage } from '../domain/stage.ts'
import {
  type Block,
  button,
  buttons,
  type Card,
  card,
  compact,
  type Field,
  type Form,
  heading,
  list,
  note,
  text,
} from './card.ts'
import { timeWithZone } from './notice.ts'

/** A plan in words, for the people who made it. */
export type PlanWords = {
  set: QuestionSet
  timing: Timing
  openHours: number
  everyNth: number
  audience: 'shared' | 'staff'
  asksText: boolean
  stages: readonly Stage[]
}

const ALL_STAGES = 3

/** "How the session was: after each session, open for 48 hours." */
function planLine({ t, pick, join }: Texts, plan: PlanWords): string {
  const when = t(`checkin.when.${plan.timing}`, { nth: plan.everyNth })
  const line = t('checkin.planLine', { set: pick(plan.set.title), when, hours: plan.openHours })
  if (plan.stages.length === ALL_STAGES) return line
  return `${line} ${t('checkin.planStages', { stages: join(plan.stages.map((stage) => t(`stage.${stage}`))) })}`
}

/** `k`: answers needed before anything of it is shown. */
export type RunningPlan = PlanWords & {
  id: string
  k: number
  nextAt: Date | null
  unitSize: number
}

/** Shows what a group is asked, what it could be asked, and what is open now. */
export function checkInsCard(
  texts: Texts,
  facts: {
    groupId: string
    alias: string
    timeZone: string
    plans: readonly RunningPlan[]
    offered: readonly PlanWords[]
    open: readonly { title: string; closesAt: Date }[]
    now: Date
  },
): Card {
  const { t } = texts
  const time = (at: Date) => timeWithZone(texts, at, facts.timeZone, facts.now)
  return card('checkins', t('checkin.plansTitle', { alias: facts.alias }), [
    ...facts.open.map(({ title, closesAt }) =>
      text(t('checkin.openNow', { set: title, time: time(closesAt) })),
    ),
    facts.plans.length === 0 && text(t('checkin.noPlans')),
    ...facts.plans.flatMap((plan): Block[] =>
      compact([
        heading(texts.pick(plan.set.title)),
        text(planLine(texts, plan)),
        text(t(`checkin.sees.${plan.audience}`, { k: plan.k })),
        plan.asksText && note(t('checkin.asksWords', { least: LEAST_WRITERS })),
        plan.nextAt && text(t('checkin.nextOpens', { time: time(plan.nextAt) })),
        plan.unitSize > 1 &&
          note(t('checkin.unitOf', { count: plan.unitSize, limit: RELEASE_BUDGET.releases })),
        buttons(
          button(
            t('checkin.preview', { set: texts.pick(plan.set.title) }),
            'checkin.preview',
            plan.id,
          ),
          button(t('checkin.stop', { set: texts.pick(plan.set.title) }), 'checkin.stop', plan.id),
        ),
      ]),
    ),
    facts.offered.length > 0 && heading(t('checkin.offered')),
    facts.offered.length > 0 && list(facts.offered.map((plan) => planLine(texts, plan))),
    buttons(
      button(t('checkin.planOne'), 'checkin.plan', facts.groupId),
      button(t('checkin.openOne'), 'checkin.now', facts.groupId),
    ),
    note(t('checkin.refusedSets')),
  ])
}

/** The form for a plan (`isNow` false) or for one check-in at once. */
export function planForm(
  texts: Texts,
  facts: {
    groupId: string
    sets: readonly QuestionSet[]
    draft: {
      set: string
      timing: Timing
      everyNth: number
      openHours: number
      audience: 'shared' | 'staff'
    }
    thresholds: Thresholds
    isNow: boolean
  },
): Form {
  const { t, pick } = texts
  const { draft } = facts
  const when: Field[] = [
    {
      type: 'choice',
      name: 'timing',
      label: t('checkin.timing'),
      options: TIMINGS.map((value) => ({ value, label: t(`checkin.timing.${value}`) })),
      value: draft.timing,
    },
    {
      type: 'choice',
      name: 'everyNth',
      label: t('checkin.everyNth'),
      options: EVERY_NTH.map((nth) => ({ value: String(nth), label: t('checkin.nth', { nth }) })),
      value: String(draft.everyNth),
    },
  ]
  return {
    kind: facts.isNow ? 'checkin-now-form' : 'checkin-plan-form',
    verb: facts.isNow ? 'checkin.now.submit' : 'checkin.plan.submit',
    id: facts.groupId,
    title: t(facts.isNow ? 'checkin.nowTitle' : 'checkin.planTitle'),
    submitLabel: t(facts.isNow ? 'checkin.openOne' : 'button.save'),
    closeLabel: t('button.cancel'),
    intro: [note(t('checkin.refusedSets'))],
    fields: [
      {
        type: 'choice',
        name: 'set',
        label: t('checkin.set'),
        hint: t('checkin.setHint'),
        options: facts.sets.map((set) => ({
          value: set.id,
          label: t('checkin.setOption', {
            set: pick(set.title),
            count: set.questions.length,
            days: set.recallDays,
          }),
        })),
        value: draft.set,
      },
      ...(facts.isNow ? [] : when),
      {
        type: 'choice',
        name: 'openHours',
        label: t('checkin.openHours'),
        options: OPEN_HOURS.map((hours) => ({
          value: String(hours),
          label: t('checkin.hours', { hours }),
        })),
        value: String(draft.openHours),
      },
      {
        type: 'choice',
        name: 'audience',
        label: t('checkin.audience'),
        options: (['shared', 'staff'] as const).map((audience) => ({
          value: audience,
          label: t(`checkin.audience.${audience}`, {
            k: answersNeeded(audience, facts.thresholds, null),
          }),
        })),
        value: draft.audience,
      },
      {
        type: 'choice',
        name: 'leastAnswers',
        label: t('checkin.least'),
        options: [
          { value: 'usual', label: t('checkin.leastUsual') },
          ...RAISED_ANSWERS.map((count) => ({
            value: String(count),
            label: t('checkin.leastMore', { count }),
          })),
        ],
        value: 'usual',
      },
      {
        type: 'choice',
        name: 'words',
        label: t('checkin.wordsAsk'),
        hint: t('checkin.wordsAskHint', { least: LEAST_WRITERS, days: WORDS_DAYS }),
        options: (['no', 'yes'] as const).map((value) => ({
          value,
          label: t(`checkin.wordsAsk.${value}`),
        })),
        value: 'no',
      },
    ],
  }
}

/** A plan was made: its dates, and how results come. */
export function planDone(
  texts: Texts,
  facts: {
    plan: RunningPlan
    openings: readonly Date[]
    more: number
    timeZone: string
    now: Date
  },
): Card {
  const { t } = texts
  const { plan } = facts
  const dates = facts.openings.map((at) => timeWithZone(texts, at, facts.timeZone, facts.now))
  return card('checkin-plan-done', t('checkin.planTitle'), [
    text(planLine(texts, plan)),
    dates.length === 0 && text(t('checkin.noSessions')),
    dates.length > 0 && heading(t('checkin.opensOn')),
    dates.length > 0 &&
      list(facts.more > 0 ? [...dates, t('list.more', { count: facts.more })] : dates),
    text(t(`checkin.sees.${plan.audience}`, { k: plan.k })),
    plan.asksText && note(t('checkin.asksWords', { least: LEAST_WRITERS })),
    plan.unitSize > 1 &&
      note(t('checkin.unitOf', { count: plan.unitSize, limit: RELEASE_BUDGET.releases })),
    note(t('checkin.terms', { terms: texts.pick(plan.set.notice) })),
    buttons(
      button(t('checkin.preview', { set: texts.pick(plan.set.title) }), 'checkin.preview', plan.id),
    ),
  ])
}

export function planStopped(texts: Texts, set: QuestionSet): Card {
  return card('checkin-plan-stopped', texts.t('checkin.planTitle'), [
    text(texts.t('checkin.stopped', { set: texts.pick(set.title) })),
  ])
}
