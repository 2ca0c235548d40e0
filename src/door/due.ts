import { sessionEnded } from '../commands/attendance.ts'
import { closeDueCheckIn, nudge, openDueCheckIn } from '../commands/checkin-due.ts'
import type { DueOutcome } from '../commands/command.ts'
import { type Base, step } from '../commands/command.ts'
import { contactDue } from '../commands/contact-path.ts'
import { deleteDueGroup } from '../commands/ending.ts'
import { messageDue } from '../commands/message-due.ts'
import type { Due, OccurrenceKind } from '../domain/occurrence.ts'
import { finishOccurrence, lockOccurrence } from '../store/occurrence.ts'

/**
 * Due at the same minute by the thousand, and done many at a time (remindTogether,
 * digestTogether).
 */
const TOGETHER = ['reminder', 'digest'] as const
type Together = (typeof TOGETHER)[number]

/** Each other kind's due handler. */
type DueHandlers = {
  [K in Exclude<OccurrenceKind, Together>]: (base: Base, occurrence: Due<K>) => Promise<DueOutcome>
}

const DUE_HANDLERS: DueHandlers = {
  sessionEnded,
  message: messageDue,
  checkInOpens: openDueCheckIn,
  checkInNudge: nudge,
  checkInCloses: closeDueCheckIn,
  groupDeletion: deleteDueGroup,
  contactDue,
}

const handle = <K extends keyof DueHandlers>(
  base: Base,
  occurrence: Due<K> & { kind: K },
): Promise<DueOutcome> => DUE_HANDLERS[occurrence.kind](base, occurrence)

/**
 * One that comes here all the same is another worker's at this moment, or waits for its own turn.
 */
const isTogether = (occurrence: Due): occurrence is Due<Together> =>
  TOGETHER.some((kind) => kind === occurrence.kind)

/**
 * Does what is due, once: the row is locked, and done in the same transaction as what it causes.
 */
export const handleDue = step<{ occurrenceId: string }, null>({
  verb: 'occurrence.due',
  access: { who: 'system' },
  run: async (base, { occurrenceId }) => {
    const occurrence = await lockOccurrence(base, occurrenceId)
    if (!occurrence || isTogether(occurrence)) return { result: null }
    const { dropped, ...effects } = await handle(base, occurrence)
    await finishOccurrence(base, occurrenceId, dropped)
    return { ...effects, result: null }
  },
})
