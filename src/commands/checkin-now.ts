import { sharesItems } from '../content/question-set.ts'
import { daysToWait, fitsBudget, RELEASE_BUDGET } from '../domain/checkin.ts'
import { LEAST_MEMBERS_AT_OPEN } from '../domain/limits.ts'
import { HOUR_MS, plus } from '../domain/time.ts'
import { createCheckIns, listOpen } from '../store/checkin.ts'
import { lockGroup } from '../store/group.ts'
import { listAskable } from '../store/roster.ts'
import { nowDone } from '../views/checkin-now.ts'
import { planForm } from '../views/checkin-plan.ts'
import { DRAFT_SET, FACILITATOR, onSet, readCommon, setOf } from './checkin-plan.ts'
import { command, groupOf } from './command.ts'
import { formInput, groupInput } from './input.ts'
import { readAsked, replan } from './programme.ts'

/** The form for one check-in at once. */
export const checkInNow = command({
  verb: 'checkin.now',
  opens: 'form',
  isTyped: false,
  access: FACILITATOR,
  subject: 'group',
  effect: 'read',
  input: groupInput,
  run: async (context) => {
    const sets = [...context.content.questionSets.values()]
    const draft = {
      set: DRAFT_SET,
      timing: 'after',
      everyNth: 1,
      openHours: 24,
      audience: 'shared',
    } as const
    const thresholds = context.organisation
    const form = planForm(context.texts, {
      groupId: groupOf(context).id,
      sets,
      draft,
      thresholds,
      isNow: true,
    })
    return { reply: { type: 'form', form } }
  },
})

/** Opens one check-in at once, as a unit of its own, within the same limits as what is planned. */
export const checkInNowSubmit = command({
  verb: 'checkin.now.submit',
  isTyped: false,
  access: FACILITATOR,
  subject: 'group',
  effect: 'write',
  form: 'checkin.now',
  input: formInput,
  run: async (context, { values }) => {
    const { texts, now, newId } = context
    const group = groupOf(context)
    await lockGroup(context, group.id)
    const { set, openHours, audience, leastAnswers, asksText } = readCommon(context, values)
    const members = (await listAskable(context, group.id, now)).filter(({ hasActed }) => hasActed)
    if (members.length < LEAST_MEMBERS_AT_OPEN)
      throw onSet(texts.t('checkin.fewMembers', { least: LEAST_MEMBERS_AT_OPEN }))
    const shares = (questionSetId: string) => sharesItems(set, setOf(context, questionSetId))
    const open = await listOpen(context, group.id)
    if (open.some(({ questionSetId }) => shares(questionSetId)))
      throw onSet(texts.t('checkin.isOpen'))
    const { earlier, begun } = await readAsked(context, group.id)
    const last = earlier
      .filter(({ questionSetId, opensAt }) => shares(questionSetId) && opensAt <= now)
      .reduce<Date | null>(
        (latest, { opensAt }) => (latest && latest > opensAt ? latest : opensAt),
        null,
      )
    const wait = daysToWait(set.recallDays, last, now)
    if (wait > 0) throw onSet(texts.t('checkin.wait', { days: set.recallDays, wait }))
    if (!fitsBudget(now, set.scales.length, begun))
      throw onSet(
        texts.t('checkin.overBudget', { limit: RELEASE_BUDGET.releases, cost: set.scales.length }),
      )
    const id = newId()
    await createCheckIns(context, group.id, [
      {
        id,
        sessionId: null,
        planId: null,
        questionSetId: set.id,
        audience,
        leastAnswers,
        asksText,
        unitSize: 1,
        opensAt: now,
        closesAt: plus(now, openHours * HOUR_MS),
      },
    ])
    const programme = await replan(context, group)
    const facts = { set, hours: openHours, cut: programme.cut.length }
    return {
      reply: { type: 'done', card: nowDone(texts, facts) },
      occurrences: [{ kind: 'checkInOpens', dueAt: now, checkInId: id }, ...programme.occurrences],
      jobs: programme.jobs,
      audit: [{ action: 'checkin.opened', subjectId: group.id }],
    }
  },
})
