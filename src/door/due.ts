import { sessionEnded } from '../commands/attendance.ts'
import { closeDueCheckIn, nudge, openDueCheckIn } from '../commands/checkin-due.ts'
import type { DueOutcome } from '../commands/command.ts'
import { type Base, step } from '../commands/command.ts'
import { contactDue } from '../commands/contact-path.ts'
import { sendDigest } from '../commands/digest.ts'
import { deleteDueGroup } from '../commands/ending.ts'
import { messageDue } from '../commands/message-due.ts'
import type { Due, OccurrenceKind } from '../domain/occurrence.ts'
import { finishOccurrence, lockOccurrence } from '../store/occurrence.ts'

/** Each kind's due handler. Reminders are done many at a time (remindTogether). */
type DueHandlers = {
  [K in Exclude<OccurrenceKind, 'reminder'>]: (
    base: Base,
    occurrence: Due<K>,
  ) => Promise<DueOutcome>
}

const DUE_HANDLERS: DueHandlers = {
  sessionEnded,
  message: messageDue,
  checkInOpens: openDueCheckIn,
  checkInNudge: nudge,
  checkInCloses: closeDueCheckIn,
  digest: sendDigest,
  groupDeletion: deleteDueGroup,
  contactDue,
}

const handle = <K extends keyof DueHandlers>(
  base: Base,
  occurrence: Due<K> & { kind: K },
): Promise<DueOutcome> => DUE_HANDLERS[occurrence.kind](base, occurrence)

/**
 * Does what is due, once: the row is locked, and done in the same transaction as what it causes.
 */
export const handleDue = step<{ occurrenceId: string }, null>({
  verb: 'occurrence.due',
  access: { who: 'system' },
  run: async (base, { occurrenceId }) => {
    const occurrence = await lockOccurrence(base, occurrenceId)
    // Reminders are done many at a time (remindTogether); one that comes here is another worker's
    // at this moment.
    if (!occurrence || occurrence.kind === 'reminder') return { result: null }
    const { dropped, ...effects } = await handle(base, occurrence)
    await finishOccurrence(base, occurrenceId, dropped)
    return { ...effects, result: null }
  },
})
