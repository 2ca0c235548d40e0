import { isTimeZone } from './time.ts'

/**
 * The time zone that somebody's own hours count in: the one that their platform told, or else that
 * of a group of theirs, or else UTC. It is always one that this runtime knows.
 */
export type OwnZone = { timeZone: string; isFrom: 'platform' | 'group' | 'nobody' }

/** Null: none was told, or there is no group. A zone that the runtime does not know is none. */
export function ownZone(told: string | null, ofGroup: string | null): OwnZone {
  if (isKnownZone(told)) return { timeZone: told, isFrom: 'platform' }
  if (isKnownZone(ofGroup)) return { timeZone: ofGroup, isFrom: 'group' }
  return { timeZone: 'UTC', isFrom: 'nobody' }
}

const isKnownZone = (name: string | null): name is string => name !== null && isTimeZone(name)
