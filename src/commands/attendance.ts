import { LOOK_BACK_HOURS, MAX_HEADCOUNT } from '../domain/limits.ts'
import type { Due } from '../domain/occurrence.ts'
import { HOUR_MS, plus } from '../domain/time.ts'
import { UserError } from '../errors.ts'
import { listRoster } from '../store/roster.ts'
import { findSession, listHeld } from '../store/session.ts'
import { setHeadcount } from '../store/session-change.ts'
import { attendanceDone, attendanceForm } from '../views/attendance.ts'
import {
  type Base,
  type Context,
  command,
  type DueOutcome,
  groupOf,
  type Result,
} from './command.ts'
import { echo, formInput, groupInput, idInput, textValue } from './input.ts'
import { mayBeTakenBack } from './not-held.ts'

/** Sessions back that a headcount can be entered for. */
const PAST_SESSIONS = 12

/** How many came to a session: a number, no names. */
export const attendance = command({
  verb: 'attendance',
  opens: 'form',
  isTyped: true,
  access: { who: 'group', roles: ['facilitator'] },
  subject: 'group',
  effect: 'read',
  input: groupInput,
  run: async (context) => await showForm(context, null),
})

/** The same form for the session that a notice asked about. */
export const attendanceEnter = command({
  verb: 'attendance.enter',
  opens: 'form',
  isTyped: false,
  access: { who: 'group', roles: ['facilitator'] },
  subject: 'session',
  effect: 'read',
  input: idInput,
  run: async (context, { id }) => await showForm(context, id),
})

async function showForm(context: Context, sessionId: string | null): Promise<Result> {
  const { texts, now } = context
  const group = groupOf(context)
  const sessions = await listHeld(context, group.id, now, PAST_SESSIONS)
  const chosen = sessions.find(({ id }) => id === sessionId) ?? sessions[0]
  if (!chosen) throw new UserError(texts.t('attendance.none', { alias: group.alias }))
  const facts = { groupId: group.id, sessions, chosen: chosen.id, timeZone: group.timeZone, now }
  return { reply: { type: 'form', form: attendanceForm(texts, facts) } }
}

export const attendanceSubmit = command({
  verb: 'attendance.submit',
  isTyped: false,
  access: { who: 'group', roles: ['facilitator'] },
  subject: 'group',
  effect: 'write',
  form: 'attendance',
  input: formInput,
  run: async (context, { values }) => {
    const { texts, now } = context
    const group = groupOf(context)
    const typed = textValue(values, 'headcount')
    const count = /^\d{1,3}$/.test(typed) ? Number(typed) : Number.NaN
    if (!(count <= MAX_HEADCOUNT)) {
      const message = texts.t('schedule.badNumber', {
        from: 0,
        to: MAX_HEADCOUNT,
        got: echo(typed),
      })
      throw new UserError(message, { headcount: message })
    }
    const sessions = await listHeld(context, group.id, now, PAST_SESSIONS)
    const chosen = sessions.find(({ id }) => id === textValue(values, 'session'))
    if (!chosen || !(await setHeadcount(context, { groupId: group.id, id: chosen.id }, count, now)))
      throw new UserError(texts.t('cancel.stale'), { session: texts.t('cancel.stale') })
    const askedAbout = count === 0 && (await mayBeTakenBack(context, chosen)) ? chosen.id : null
    return {
      reply: { type: 'done', card: attendanceDone(texts, count, askedAbout) },
      audit: [{ action: 'headcount.entered', subjectId: chosen.id }],
    }
  },
})

/**
 * A session is over: its facilitators are asked how many came. Late is better than never, for a
 * day.
 */
export async function sessionEnded(
  base: Base,
  occurrence: Due<'sessionEnded'>,
): Promise<DueOutcome> {
  const { now } = base
  const session = await findSession(base, occurrence.sessionId)
  if (session?.state !== 'planned') return { dropped: 'sessionGone' }
  const expiresAt = plus(session.endsAt, LOOK_BACK_HOURS * HOUR_MS)
  if (now >= expiresAt) return { dropped: 'tooLate' }
  const roster = await listRoster(base, session.groupId)
  return {
    dropped: null,
    deliveries: roster
      .filter(({ role, isDeactivated }) => role === 'facilitator' && !isDeactivated)
      .map(({ personId }) => ({
        key: `session-ended ${session.id} ${session.endsAt.getTime()}`,
        kind: 'session-ended' as const,
        personId,
        groupId: session.groupId,
        sessionId: session.id,
        expiresAt,
      })),
  }
}
