import { REMOVED_DAYS } from '../domain/retention.ts'
import { DAY_MS, plus } from '../domain/time.ts'
import { UserError } from '../errors.ts'
import { countBallotsOf } from '../store/ballot.ts'
import { listOpenContacts } from '../store/contact.ts'
import { lockGroup } from '../store/group.ts'
import { clearRemovals, listRemovals, noteRemovals } from '../store/removal.ts'
import { removedCard, withdrawnCard } from '../views/removed.ts'
import { blankBallotsOf } from './ballots.ts'
import { type Context, command, type WriteContext } from './command.ts'
import { reachedSteps } from './contact-path.ts'
import { linesFor } from './help-lines-for.ts'
import { idInput } from './input.ts'
import { disownWins } from './win.ts'

/**
 * Settles what is left of members who are taken off. Their answers stay in a check-in that has
 * begun, and they are asked in it to its end: nobody chooses by it whose answers count. They are
 * told, and forgotten a week later.
 */
export async function leaveBehind(
  context: WriteContext,
  groupId: string,
  { added, goneMembers }: { added: readonly string[]; goneMembers: readonly string[] },
): Promise<void> {
  const { now, newId } = context
  await clearRemovals(context, groupId, added)
  const people = goneMembers.map((personId) => ({ id: newId(), personId }))
  const forgetOn = plus(now, REMOVED_DAYS * DAY_MS)
  await noteRemovals(context, groupId, people, { today: now, forgetOn })
  await disownWins(context, groupId, goneMembers)
}

/**
 * Somebody goes for good: what they answered in groups that staff took them off a short time ago
 * goes with them.
 */
export async function takeOutRemoved(context: WriteContext, personId: string): Promise<void> {
  for (const { groupId } of await listRemovals(context, personId)) {
    await lockGroup(context, groupId)
    await blankBallotsOf(context, groupId, [personId])
    await clearRemovals(context, groupId, [personId])
  }
}

/** The removal that a person asks about, of themselves. Throws UserError when there is none. */
async function ownRemoval(context: Context, groupId: string) {
  const { actor, texts, example } = context
  const all = await listRemovals(context, actor.personId)
  const own = all.find((one) => one.groupId === groupId)
  if (!own) throw new UserError(texts.t('error.notFound', { example: example('next') }))
  return own
}

/** For somebody whom staff took off the roster: what that means. */
export const removed = command({
  verb: 'removed',
  opens: 'content',
  isTyped: false,
  access: { who: 'anyone' },
  effect: 'read',
  input: idInput,
  run: async (context, { id }) => {
    const { texts, actor, now } = context
    const { alias, forgetOn } = await ownRemoval(context, id)
    const open = await listOpenContacts(context, { groupIds: [id], personId: actor.personId })
    const facts = {
      groupId: id,
      alias,
      hasBox: (await countBallotsOf(context, actor.personId, id)) > 0,
      steps: open[0] ? await reachedSteps(context, open[0]) : null,
      forgetOn,
      timeZone: context.zone.timeZone,
      lines: linesFor(context),
      now,
    }
    return { reply: { type: 'content', card: removedCard(texts, facts) } }
  },
})

/** Takes their answers out of what is not counted yet: only they can. */
export const removedWithdraw = command({
  verb: 'removed.withdraw',
  isTyped: false,
  access: { who: 'anyone' },
  effect: 'write',
  input: idInput,
  run: async (context, { id }) => {
    await ownRemoval(context, id)
    await lockGroup(context, id)
    await blankBallotsOf(context, id, [context.actor.personId])
    return { reply: { type: 'content', card: withdrawnCard(context.texts) } }
  },
})
