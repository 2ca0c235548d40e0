import { LOOK_BACK_HOURS } from '../domain/limits.ts'
import { HOUR_MS, plus } from '../domain/time.ts'
import { UserError } from '../errors.ts'
import { listAfterSession, takeBackCheckIns } from '../store/checkin-back.ts'
import { lockGroup } from '../store/group.ts'
import type { DeliveryPlan } from '../store/outbox.ts'
import type { SessionDetails } from '../store/session.ts'
import { cancelSession } from '../store/session-change.ts'
import { notHeldDone } from '../views/cancel.ts'
import {
  aboutOf,
  type Context,
  command,
  groupOf,
  type Result,
  type WriteContext,
} from './command.ts'
import { idInput } from './input.ts'
import { releaseJobs, replan } from './programme.ts'
import { tellAll } from './tell-all.ts'

/** Whether it can still be said of a session that it did not take place. */
export async function mayBeTakenBack(
  context: Context,
  { id, state, startsAt, endsAt }: SessionDetails,
): Promise<boolean> {
  const { now } = context
  const isLately = startsAt <= now && plus(endsAt, LOOK_BACK_HOURS * HOUR_MS) > now
  if (state !== 'planned' || !isLately) return false
  return (await listAfterSession(context, id, now)).every((one) => one.state !== 'closed')
}

/** Says of a session that it did not take place; a button under a headcount of 0 offers it. */
export const sessionNotHeld = command({
  verb: 'session.notHeld',
  isTyped: false,
  access: { who: 'group', roles: ['facilitator'] },
  subject: 'session',
  effect: 'write',
  input: idInput,
  run: async (context) => {
    await lockGroup(context, groupOf(context).id)
    return await sayNotHeld(context, aboutOf(context, 'session'))
  },
})

/**
 * Takes a session that has begun out of the programme. The check-in after it does not open, or is
 * taken back with the answers that it has; one that has closed stays, and with it the session.
 * While it would still run, and where it was asked about, everybody is told. The caller holds the
 * group's lock.
 */
export async function sayNotHeld(context: WriteContext, session: SessionDetails): Promise<Result> {
  const { texts, now } = context
  const group = groupOf(context)
  if (session.startsAt > now) throw new UserError(texts.t('cancel.stale'))
  const about = { sessionId: session.id, groupId: group.id, now }
  const { isAnswered, checkInId, unitIds, asked } = await takeBackCheckIns(context, about)
  if (isAnswered) throw new UserError(texts.t('notHeld.answered'))
  if (!(await cancelSession(context, group.id, session.id, now)))
    throw new UserError(texts.t('cancel.stale'))
  const { occurrences, jobs } = await replan(context, group)
  // People who wait for it or were asked about it hear of it; else everybody knows.
  const until = plus(session.endsAt, checkInId ? 2 * LOOK_BACK_HOURS * HOUR_MS : 0)
  const isOfUse = session.endsAt > now || checkInId !== null
  const here = isOfUse ? await tellAll(context, session, 'session-cancelled', until) : []
  const deliveries = checkInId ? withAsked(here, { ...about, checkInId, asked, until }) : here
  const card = notHeldDone(texts, {
    alias: group.alias,
    startsAt: session.startsAt,
    timeZone: group.timeZone,
    people: deliveries.length,
    isTakenBack: checkInId !== null,
    now,
  })
  return {
    reply: { type: 'done', card },
    deliveries,
    occurrences,
    // The job of a unit that is gone destroys its key and cleans the files.
    jobs: [...jobs, ...releaseJobs(context.organisationId, unitIds)],
    audit: [
      { action: 'session.notHeld', subjectId: session.id },
      ...(checkInId ? [{ action: 'checkin.takenBack' as const, subjectId: session.id }] : []),
    ],
  }
}

/**
 * The same notices, where people who were asked read that what they sent is deleted; also those
 * whom staff took off the roster meanwhile.
 */
function withAsked(
  here: readonly DeliveryPlan[],
  facts: {
    sessionId: string
    groupId: string
    checkInId: string
    asked: readonly string[]
    until: Date
  },
): DeliveryPlan[] {
  const { asked, until: expiresAt, sessionId, groupId, checkInId } = facts
  const known = new Set(here.map(({ personId }) => personId))
  const gone = asked.filter((personId) => !known.has(personId))
  return [
    ...here.map((plan) =>
      plan.personId !== null && asked.includes(plan.personId) ? { ...plan, checkInId } : plan,
    ),
    ...gone.map((personId) => ({
      key: `session-cancelled ${sessionId} ${checkInId}`,
      kind: 'session-cancelled' as const,
      personId,
      groupId,
      sessionId,
      checkInId,
      expiresAt,
    })),
  ]
}
