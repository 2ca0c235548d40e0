import { UserError } from '../errors.ts'
import { lockGroup } from '../store/group.ts'
import { listAhead, listLately, type SessionDetails } from '../store/session.ts'
import { cancelSession } from '../store/session-change.ts'
import { cancelDone, cancelForm, NOT_HELD } from '../views/cancel.ts'
import { sessionCard } from '../views/session.ts'
import { aboutOf, type Context, command, groupOf } from './command.ts'
import { formInput, groupInput, idInput, textValue } from './input.ts'
import { sayNotHeld } from './not-held.ts'
import { replan } from './programme.ts'
import { tellAll } from './tell-all.ts'

/** Sessions that a form offers: a Slack menu holds 100. */
const MOST_CHOICES = 60

/** Where and when a session is; the link stands behind a button of its own. */
export const session = command({
  verb: 'session',
  opens: 'content',
  isTyped: false,
  access: { who: 'group', roles: ['member', 'facilitator', 'supervisor'] },
  subject: 'session',
  effect: 'read',
  input: idInput,
  run: async (context) => {
    const { texts, now } = context
    const { alias, timeZone } = groupOf(context)
    const { startsAt, place, link, state } = aboutOf(context, 'session')
    const facts = {
      alias,
      startsAt,
      timeZone,
      place,
      link,
      isCancelled: state === 'cancelled',
      now,
    }
    return { reply: { type: 'content', card: sessionCard(texts, facts) } }
  },
})

export const cancel = command({
  verb: 'cancel',
  opens: 'form',
  isTyped: true,
  access: { who: 'group', roles: ['facilitator'] },
  subject: 'group',
  effect: 'read',
  input: groupInput,
  run: async (context) => {
    const group = groupOf(context)
    const ahead = (await aheadOf(context)).filter(({ state }) => state === 'planned')
    const lately = await listLately(context, group.id, context.now)
    if (ahead.length + lately.length === 0) throw nothingAhead(context)
    const form = cancelForm(context.texts, {
      groupId: group.id,
      ahead: ahead.map(choice),
      lately: lately.map(choice),
      timeZone: group.timeZone,
      now: context.now,
    })
    return { reply: { type: 'form', form } }
  },
})

export const choice = ({ id, startsAt, state }: SessionDetails) => ({
  id,
  startsAt,
  isCancelled: state === 'cancelled',
})

export const aheadOf = async (context: Context): Promise<SessionDetails[]> =>
  await listAhead(context, groupOf(context).id, context.now, MOST_CHOICES)

export const nothingAhead = ({ texts, group, example }: Context) =>
  new UserError(
    `${texts.t('next.none', { alias: group?.alias ?? '' })} ${texts.t('next.hint', { example: example('schedule') })}`,
  )

/**
 * Cancels one session: members are told at once, its check-in does not open, the others' plan
 * follows. One that has begun is said not to have taken place.
 */
export const cancelSubmit = command({
  verb: 'cancel.submit',
  isTyped: false,
  access: { who: 'group', roles: ['facilitator'] },
  subject: 'group',
  effect: 'write',
  form: 'cancel',
  input: formInput,
  run: async (context, { values }) => {
    const { texts, now, example } = context
    const group = groupOf(context)
    await lockGroup(context, group.id)
    const id = textValue(values, 'session')
    // Chosen as such: one that has begun since the form was opened is not taken for it.
    const begun = (await listLately(context, group.id, now)).find(
      (one) => id === `${NOT_HELD} ${one.id}`,
    )
    if (begun) return await sayNotHeld(context, begun)
    const chosen = await chosenSession(context, id)
    if (!(await cancelSession(context, group.id, chosen.id, now))) throw staleChoice(context)
    const { occurrences, jobs } = await replan(context, group)
    const deliveries = await tellAll(context, chosen, 'session-cancelled', chosen.startsAt)
    const facts = {
      alias: group.alias,
      startsAt: chosen.startsAt,
      timeZone: group.timeZone,
      people: deliveries.length,
      example: example('move'),
      now,
    }
    return {
      reply: { type: 'done', card: cancelDone(texts, facts) },
      deliveries,
      occurrences,
      jobs,
      audit: [{ action: 'session.cancelled', subjectId: chosen.id }],
    }
  },
})

const staleChoice = ({ texts }: Context) =>
  new UserError(texts.t('cancel.stale'), { session: texts.t('cancel.stale') })

export async function chosenSession(context: Context, id: string): Promise<SessionDetails> {
  const found = (await aheadOf(context)).find((one) => one.id === id)
  if (!found) throw staleChoice(context)
  return found
}
