import { FLAGS, setFlag, toFlag } from '../store/flag.ts'
import { flagDone, flagForm } from '../views/flag.ts'
import { command, groupOf } from './command.ts'
import { formInput, groupInput, textValue } from './input.ts'

const FACILITATOR = { who: 'group', roles: ['facilitator'] } as const

/** Tells the supervisors something in their next digests, until it is taken back. */
export const flag = command({
  verb: 'flag',
  opens: 'form',
  isTyped: true,
  access: FACILITATOR,
  subject: 'group',
  effect: 'read',
  input: groupInput,
  run: async (context) => {
    const { id, alias, flag } = groupOf(context)
    return {
      reply: {
        type: 'form',
        form: flagForm(context.texts, { groupId: id, alias, flags: FLAGS, now: toFlag(flag) }),
      },
    }
  },
})

export const flagSubmit = command({
  verb: 'flag.submit',
  isTyped: false,
  access: FACILITATOR,
  subject: 'group',
  effect: 'write',
  form: 'flag',
  input: formInput,
  run: async (context, { values }) => {
    const { texts } = context
    const { id } = groupOf(context)
    const chosen = FLAGS.find((one) => one === textValue(values, 'flag')) ?? null
    await setFlag(context, id, chosen)
    return {
      reply: { type: 'done', card: flagDone(texts, chosen) },
      audit: [{ action: chosen ? 'group.flagged' : 'group.unflagged', subjectId: id }],
    }
  },
})
