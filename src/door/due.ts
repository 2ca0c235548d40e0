import { sessionEnded } from '../commands/attendance.ts'
import { closeDueCheckIn, nudge, openDueCheckIn } from '../commands/checkin.ts'
import { type Base, type Effects, step } from '../commands/command.ts'
import { escalate } from '../commands/contact-staff.ts'
import { sendDigest } from '../commands/digest.ts'
import { deleteDueGroup } from '../commands/ending.ts'
import { messageDue } from '../commands/message-due.ts'
import { finishOccurrence, lockOccurrence, type OccurrenceKind, type OccurrenceRow } from '../store/occurrence.ts'

/** What happens at each kind of time. `dropped` is the reason when it came to nothing. */
type DueHandler = (base: Base, occurrence: OccurrenceRow) => Promise<Effects & { dropped: string | null }>

const DUE_HANDLERS: Record<Exclude<OccurrenceKind, 'reminder'>, DueHandler> = {
  sessionEnded,
  message: messageDue,
  checkInOpens: openDueCheckIn,
  checkInNudge: nudge,
  checkInCloses: closeDueCheckIn,
  digest: sendDigest,
  groupDeletion: deleteDueGroup,
  contactDue: escalate,
}

/** Does what is due, once: the row is locked, and done in the same transaction as what it causes. */
export const handleDue = step<{ occurrenceId: string }, null>({
  verb: 'occurrence.happen',
  access: { who: 'system' },
  run: async (base, { occurrenceId }) => {
    const occurrence = await lockOccurrence(base, occurrenceId)
    // Reminders are done many at a time (remindTogether); one that comes here is another worker's at this moment.
    if (!occurrence || occurrence.kind === 'reminder') return { result: null }
    const { dropped, ...effects } = await DUE_HANDLERS[occurrence.kind](base, occurrence)
    await finishOccurrence(base, occurrenceId, dropped)
    return { ...effects, result: null }
  },
})
