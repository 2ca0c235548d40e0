import type { OccurrenceKind } from '../domain/occurrence.ts'
import { stageOf } from '../domain/stage.ts'
import { UserError } from '../errors.ts'
import type { Membership } from '../store/membership.ts'
import { listGoingOut } from '../store/occurrence.ts'
import { listNext, type NextSession } from '../store/session-place.ts'
import { type NextGroup, nextCard, type Upcoming } from '../views/next.ts'
import { leadTimes } from '../views/reminder.ts'
import { type Context, command } from './command.ts'
import { isSameAlias } from './group.ts'
import { groupInput } from './input.ts'
import { cardOfUnread } from './unread.ts'

/** Sessions of each group that `next` shows. */
const NEXT_SESSIONS = 3
/** Lines about what goes out next that facilitators see. */
const NEXT_GOING_OUT = 8
const WHAT: Partial<Record<OccurrenceKind, Upcoming['what']>> = {
  reminder: 'goesOut.reminder',
  sessionEnded: 'goesOut.sessionEnded',
  message: 'goesOut.message',
  checkInOpens: 'goesOut.checkInOpens',
  checkInNudge: 'goesOut.checkInNudge',
  checkInCloses: 'goesOut.checkInCloses',
}

export const next = command({
  verb: 'next',
  isTyped: true,
  access: { who: 'anyone' },
  takesText: true,
  ignoresText: true,
  effect: 'read',
  input: groupInput,
  run: async (context, { text = '' }) => {
    const { texts, now, example, publicUrl } = context
    // The name of a group, or words that are none: those may be anything.
    const memberships = context.memberships.filter(
      ({ alias }) => text === '' || isSameAlias(alias, text),
    )
    if (memberships.length === 0 && text !== '')
      return { reply: { type: 'card', card: cardOfUnread(context) } }
    if (memberships.length === 0)
      throw new UserError(texts.t('error.noGroup', { example: example('help') }))
    const ids = memberships.map(({ id }) => id)
    const sessions = await listNext(context, ids, now, NEXT_SESSIONS)
    const led = memberships.filter(({ role }) => role === 'facilitator')
    const facts = {
      groups: memberships.map((membership) => nextOf(context, membership, sessions)),
      upcoming: await goingOut(context, led),
      example: example('schedule'),
      isFacilitator: led.length > 0,
      hasCalendar: publicUrl !== null,
      timeZone: led[0]?.timeZone ?? 'UTC',
      now,
    }
    return { reply: { type: 'card', card: nextCard(texts, facts) } }
  },
})

function nextOf(
  { texts, content }: Context,
  membership: Membership,
  sessions: readonly NextSession[],
): NextGroup {
  const { id, alias, timeZone, kind, reminderMinutes, role } = membership
  const own = sessions.filter((session) => session.groupId === id)
  const first = role === 'facilitator' ? own[0] : undefined
  const stage = first && stageOf(first.number, first.total)
  const prompt = stage && content.kinds.get(kind)?.stagePrompts[stage]
  return {
    id,
    alias,
    timeZone,
    startsAt: own.map(({ startsAt }) => startsAt),
    reminders: leadTimes(texts, reminderMinutes),
    stage:
      first && stage && prompt
        ? { number: first.number, total: first.total, stage, prompt: texts.pick(prompt) }
        : null,
  }
}

/** Lists what will go out for the groups that somebody leads, and when. */
export async function goingOut(context: Context, led: readonly Membership[]): Promise<Upcoming[]> {
  const { now } = context
  if (led.length === 0) return []
  const rows = await listGoingOut(
    context,
    led.map(({ id }) => id),
    now,
    NEXT_GOING_OUT,
  )
  return rows.flatMap(({ dueAt, kind, groupId }) => {
    const what = WHAT[kind]
    const alias = led.find(({ id }) => id === groupId)?.alias
    return what && alias ? [{ at: dueAt, what, alias }] : []
  })
}
