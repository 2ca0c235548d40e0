/** Everything that happens at a time, and the column that names what it is about. */
export const SUBJECTS = {
  reminder: 'sessionId',
  sessionEnded: 'sessionId',
  message: 'messageId',
  checkInOpens: 'checkInId',
  checkInNudge: 'checkInId',
  checkInCloses: 'checkInId',
  digest: 'personId',
  groupDeletion: 'groupId',
  contactDue: 'contactId',
} as const

export type OccurrenceKind = keyof typeof SUBJECTS
type About<K extends OccurrenceKind> = { [Column in (typeof SUBJECTS)[K]]: string }

/** Something planned for a time. Without what it is about it does not compile. */
export type OccurrencePlan = {
  [K in OccurrenceKind]: { kind: K; dueAt: Date } & About<K>
}[OccurrenceKind]

/** A row whose time has come; of one kind, or of any. */
export type Due<K extends OccurrenceKind = OccurrenceKind> = {
  [One in K]: { id: string; kind: One; dueAt: Date } & About<One>
}[K]

/** Why something that was due came to nothing. */
export type SkipReason =
  | 'sessionGone'
  | 'sessionBegun'
  | 'sessionMoved'
  /** A later reminder of the same session is due as well. */
  | 'superseded'
  | 'tooLate'
  /** The message was stopped. */
  | 'stopped'
  | 'notPlanned'
  | 'notOpen'
  | 'noPlan'
  | 'noGroups'
  | 'notEnded'
  /** The contact request is over. */
  | 'closed'
  | 'tooFewMembers'
  | 'overlap'
  | 'budget'
  /** Nobody can be asked for in a group that needs it. */
  | 'noContact'
  | 'groupEnded'
