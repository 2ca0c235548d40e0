import { UserError } from '../errors.ts'
import { lockGroup } from '../store/group.ts'
import type { DeliveryPlan } from '../store/outbox.ts'
import { listRoster } from '../store/roster.ts'
import { cancelSession, listAhead, type SessionDetails } from '../store/session.ts'
import { cancelDone, cancelForm, sessionCard } from '../views/session.ts'
import { aboutOf, type Context, command, groupOf } from './command.ts'
import { formInput, groupInput, idInput, textValue } from './input.ts'
import { replan } from './programme.ts'

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
    const sessions = (await aheadOf(context)).filter(({ state }) => state === 'planned')
    if (sessions.length === 0) throw nothingAhead(context)
    const form = cancelForm(context.texts, {
      groupId: group.id,
      sessions: sessions.map(choice),
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
 * follows.
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
    const chosen = await chosenSession(context, textValue(values, 'session'))
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

/**
 * One notice to each member and facilitator about a changed session; useless once it would have
 * begun.
 */
export async function tellAll(
  context: Context,
  { id, groupId }: { id: string; groupId: string },
  kind: 'session-cancelled' | 'session-moved',
  expiresAt: Date,
): Promise<DeliveryPlan[]> {
  const { newId } = context
  const change = newId()
  const roster = await listRoster(context, groupId)
  return roster
    .filter((entry) => entry.role !== 'supervisor' && !entry.isBot && !entry.isDeactivated)
    .map(({ personId }) => ({
      key: `${kind} ${id} ${change}`,
      kind,
      personId,
      groupId,
      sessionId: id,
      expiresAt,
    }))
}
