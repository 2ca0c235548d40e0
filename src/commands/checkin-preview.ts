import { HOUR_MS, plus } from '../domain/time.ts'
import { checkInForm } from '../views/checkin.ts'
import { previewDone } from '../views/checkin-now.ts'
import { noContactLine } from './checkin.ts'
import { FACILITATOR, neededBy, setOf } from './checkin-plan.ts'
import { aboutOf, command, groupOf } from './command.ts'
import { linesFor } from './help-lines-for.ts'
import { formInput, idInput } from './input.ts'

/** The very form that a member gets; sending it keeps nothing. */
export const checkInPreview = command({
  verb: 'checkin.preview',
  opens: 'form',
  isTyped: false,
  access: FACILITATOR,
  subject: 'plan',
  effect: 'read',
  input: idInput,
  run: async (context) => {
    const { texts, now, example } = context
    const group = groupOf(context)
    const plan = aboutOf(context, 'plan')
    const form = checkInForm(texts, setOf(context, plan.questionSetId), {
      asked: null,
      newcomers: 0,
      checkInId: group.id,
      alias: group.alias,
      closesAt: plus(now, plan.openHours * HOUR_MS),
      timeZone: group.timeZone,
      now,
      k: neededBy(context, plan),
      audience: plan.audience,
      asksText: plan.asksText,
      noContact: noContactLine(texts, group),
      helpLines: linesFor(context),
      privacyCommand: example('privacy'),
    })
    return {
      reply: {
        type: 'form',
        form: { ...form, kind: 'check-in-preview', verb: 'checkin.previewed' },
      },
    }
  },
})

export const checkInPreviewed = command({
  verb: 'checkin.previewed',
  isTyped: false,
  access: FACILITATOR,
  subject: 'group',
  effect: 'read',
  input: formInput,
  run: async ({ texts }) => ({ reply: { type: 'done', card: previewDone(texts) } }),
})
