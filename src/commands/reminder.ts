import { MAX_REMINDERS, REMINDER_CHOICES } from '../domain/limits.ts'
import type { SkipReason } from '../domain/occurrence.ts'
import { HOUR_MS, MINUTE_MS } from '../domain/time.ts'
import type { JobData } from '../store/engine/queue.ts'
import { lockGroup, setReminders } from '../store/group.ts'
import { finishTogether } from '../store/occurrence.ts'
import { type DeliveryPlan, planDeliveries } from '../store/outbox.ts'
import { type DueReminder, listReminded, lockReminders } from '../store/reminder.ts'
import { listUpcoming, type SessionRow } from '../store/session.ts'
import { remindDone, remindForm } from '../views/reminder.ts'
import { type Base, command, groupOf } from './command.ts'
import { formInput, groupInput, textValue } from './input.ts'
import { replan } from './programme.ts'
import type { Services } from './services.ts'

/** Asks which reminders go out, and whether one goes out now. */
export const remind = command({
  verb: 'remind',
  opens: 'form',
  isTyped: true,
  access: { who: 'group', roles: ['facilitator'] },
  subject: 'group',
  effect: 'read',
  input: groupInput,
  run: async (context) => {
    const { texts, now } = context
    const group = groupOf(context)
    const first = (await listUpcoming(context, group.id, now, 2)).find(
      ({ startsAt }) => startsAt > now,
    )
    const facts = {
      groupId: group.id,
      minutes: group.reminderMinutes,
      nextAt: first?.startsAt ?? null,
      timeZone: group.timeZone,
      now,
    }
    return { reply: { type: 'form', form: remindForm(texts, facts) } }
  },
})

export const remindSubmit = command({
  verb: 'remind.submit',
  isTyped: false,
  access: { who: 'group', roles: ['facilitator'] },
  subject: 'group',
  effect: 'write',
  form: 'remind',
  input: formInput,
  run: async (context, { values }) => {
    const { texts, now, newId } = context
    const group = groupOf(context)
    const { id } = group
    await lockGroup(context, id)
    const fields = Array.from({ length: MAX_REMINDERS }, (_, index) =>
      textValue(values, `reminder${index + 1}`),
    )
    const chosen = REMINDER_CHOICES.filter((minutes) => fields.includes(String(minutes))).sort(
      (a, b) => b - a,
    )
    await setReminders(context, id, chosen)
    const { occurrences, jobs } = await replan(context, { ...group, reminderMinutes: chosen })
    const first = (await listUpcoming(context, id, now, 2)).find(({ startsAt }) => startsAt > now)
    const isNow = textValue(values, 'now') === 'yes' && first
    const deliveries = isNow ? await remindersFor(context, first, `remind-now ${newId()}`) : null
    return {
      reply: {
        type: 'done',
        card: remindDone(texts, { minutes: chosen, people: deliveries?.length ?? null }),
      },
      deliveries: deliveries ?? [],
      occurrences,
      jobs,
      audit: [{ action: 'reminders.changed', subjectId: id }],
    }
  },
})

/** One notice to each member and facilitator. */
async function remindersFor(
  { tx, organisationId }: Base,
  { id, groupId, startsAt }: SessionRow,
  key: string,
): Promise<DeliveryPlan[]> {
  const people = await listReminded(tx, [{ organisationId, groupId }])
  return people.map(({ personId }) =>
    reminderPlan(personId, { sessionId: id, groupId, startsAt }, key),
  )
}

const reminderPlan = (
  personId: string,
  { sessionId, groupId, startsAt }: { sessionId: string; groupId: string; startsAt: Date },
  key: string,
): DeliveryPlan => ({ key, kind: 'reminder', personId, groupId, sessionId, expiresAt: startsAt })

/** Why a due reminder comes to nothing; null when it goes out. */
function skipReason(due: DueReminder, now: Date): SkipReason | null {
  if (due.state !== 'planned') return 'sessionGone'
  if (now >= due.startsAt) return 'sessionBegun'
  // The session was moved a moment ago: its own reminders are planned anew.
  if (due.startsAt.getTime() - due.dueAt.getTime() > LONGEST_LEAD_MS) return 'sessionMoved'
  return due.isSuperseded ? 'superseded' : null
}

/**
 * Does the reminders of a batch of jobs, of any organisations, in one transaction: on the hour
 * thousands are due at once. Returns the ids of those done; whatever else the batch holds is not
 * its business.
 */
export async function remindTogether(
  services: Services,
  jobs: readonly JobData[],
): Promise<ReadonlySet<string>> {
  return await services.database.transaction(async (tx) => {
    const now = services.clock.now()
    const due = await lockReminders(tx, jobs, now)
    if (due.length === 0) return new Set<string>()
    const outcomes = due.map((one) => ({ ...one, dropped: skipReason(one, now) }))
    const going = outcomes.filter(({ dropped }) => dropped === null)
    const people = going.length > 0 ? await listReminded(tx, going) : []
    const plans = going.flatMap((one) =>
      people
        .filter(
          (person) =>
            person.groupId === one.groupId && person.organisationId === one.organisationId,
        )
        .map(({ organisationId, personId }) => ({
          organisationId,
          ...reminderPlan(personId, one, `reminder ${one.id}`),
        })),
    )
    await planDeliveries(tx, plans, now)
    await finishTogether(tx, outcomes)
    return new Set(due.map(({ id }) => id))
  })
}

/** A week on the wall is longer by what the clocks are put back, two hours at most. */
const LONGEST_LEAD_MS = Math.max(...REMINDER_CHOICES) * MINUTE_MS + 2 * HOUR_MS
